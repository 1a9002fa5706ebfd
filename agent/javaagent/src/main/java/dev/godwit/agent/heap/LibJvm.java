package dev.godwit.agent.heap;

import com.sun.jna.NativeLibrary;
import com.sun.jna.Pointer;
import dev.godwit.linux.NativeAccess;

/** The VM's library, found by its path in the memory map: it need not be visible to the dynamic linker by name. */
final class LibJvm implements VmSymbols {
    private final NativeLibrary library;

    private LibJvm(NativeLibrary library) {
        this.library = library;
    }

    /**
     * Finds the library that the process runs.
     *
     * @throws UnreadableVmException if no {@code libjvm.so} is mapped
     * @throws dev.godwit.linux.NativeAccessException if native code cannot be called
     */
    static LibJvm open() {
        NativeAccess.initialise();
        for (String path : MappedMemory.read().paths()) {
            if (path.endsWith("/libjvm.so")) {
                return new LibJvm(NativeLibrary.getInstance(path));
            }
            if (path.endsWith("/libjvm.so (deleted)")) {
                throw new UnreadableVmException("libjvm.so was replaced since this JVM started: restart the JVM");
            }
        }
        throw new UnreadableVmException("no libjvm.so is mapped into this process");
    }

    @Override
    public long address(String symbol) {
        try {
            return Pointer.nativeValue(library.getGlobalVariableAddress(symbol));
        } catch (UnsatisfiedLinkError e) {
            return 0;
        }
    }
}
