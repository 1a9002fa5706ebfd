package dev.godwit.linux;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ProcessMemoryTest {

    @Test
    void aReadAcrossTheEndOfAMappingIsShortAndDoesNotFault() {
        int page = PageSize.bytes();
        NativeBuffer gone = NativeBuffer.privateMemory(2L * page);
        try (ProcessMemory memory = ProcessMemory.ofSelf();
                NativeBuffer source = NativeBuffer.privateMemory(2L * page);
                NativeBuffer target = NativeBuffer.shared(4L * page)) {
            source.slice(0, page).putLong(8, 42);

            assertThat(memory.read(source.address(), target.address(), 2L * page))
                    .isEqualTo(2L * page);
            assertThat(target.slice(0, page).getLong(8)).isEqualTo(42);
            gone.close();
            assertThat(memory.read(8, target.address(), 16)).isZero();
        }
    }

    @Test
    void errorsNameTheCallAndTheErrno() {
        try (ProcessMemory memory = ProcessMemory.of(Integer.MAX_VALUE);
                NativeBuffer target = NativeBuffer.shared(8)) {
            SystemCallException refused = org.assertj.core.api.Assertions.catchThrowableOfType(
                    SystemCallException.class, () -> memory.read(target.address(), target.address(), 8));

            assertThat(refused.errno()).isEqualTo(Errno.ESRCH);
            assertThat(refused).hasMessage("process_vm_readv pid=2147483647 failed: ESRCH");
        }
    }
}
