package dev.godwit.hypervisor.memory;

import static org.assertj.core.api.Assertions.assertThat;

import dev.godwit.hypervisor.vcpu.Overhead;
import dev.godwit.hypervisor.vcpu.Vcpu;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class DirtyLogTest {
    private static final int PAGES_OF_A_GIB = 262_144;

    @ParameterizedTest
    @EnumSource
    void aScanReportsExactlyThePagesWritten(Paging paging) {
        DirtyLog log = paging.dirtyLog(1000);
        log.written(1);
        log.start();
        log.written(2);
        log.written(999);
        log.written(2);
        PageBitmap dirty = new PageBitmap(1000);
        dirty.set(500);
        assertThat(log.getAndClear(dirty)).isEqualTo(2);
        assertThat(dirty.count()).isEqualTo(3);
        assertThat(dirty.get(2) && dirty.get(999) && dirty.get(500)).isTrue();
        assertThat(log.getAndClear(dirty)).isZero();
        log.written(2);
        assertThat(log.getAndClear(dirty)).isEqualTo(1);
        log.written(3);
        log.stop();
        log.start();
        assertThat(log.getAndClear(dirty)).isZero();
    }

    @ParameterizedTest
    @EnumSource
    void whatTheHypervisorDoesIsChargedOnce(Paging paging) {
        DirtyLog log = paging.dirtyLog(PAGES_OF_A_GIB);
        log.start();
        assertThat(log.takeCostNanos()).isEqualTo(9_100_000);
        assertThat(log.takeCostNanos()).isZero();
    }

    @Test
    void underNestedPagingTheScanCostsAndTheWriteDoesNot() {
        Vcpu vcpu = new Vcpu("vcpu", Vcpu.Owner.VM, 0);
        DirtyLog log = started(Paging.NESTED, vcpu);
        log.getAndClear(new PageBitmap(PAGES_OF_A_GIB));
        assertThat(log.takeCostNanos()).isEqualTo(400_000);
        for (int gfn = 0; gfn < PAGES_OF_A_GIB; gfn++) {
            log.written(gfn);
        }
        log.getAndClear(new PageBitmap(PAGES_OF_A_GIB));
        assertThat(log.takeCostNanos()).isEqualTo(16_000_000);
        assertThat(vcpu.owedNanos()).isZero();
    }

    @Test
    void underShadowPagingTheFirstWriteOfAPageCostsTheVcpuThatWrites() {
        Vcpu vcpu = new Vcpu("vcpu", Vcpu.Owner.VM, 0);
        DirtyLog log = started(Paging.SHADOW, vcpu);
        log.written(1);
        log.written(1);
        log.written(2);
        assertThat(vcpu.owedNanos()).isEqualTo(1600);
        log.getAndClear(new PageBitmap(PAGES_OF_A_GIB));
        assertThat(log.takeCostNanos()).isEqualTo(119);
        log.written(1);
        assertThat(vcpu.owedNanos()).isEqualTo(2400);
        assertThat(vcpu.payOverhead(2000)).isEqualTo(2000);
        assertThat(vcpu.overheadByCause()).containsOnlyKeys(Overhead.WRITE_FAULT);
    }

    private static DirtyLog started(Paging paging, Vcpu vcpu) {
        DirtyLog log = paging.dirtyLog(PAGES_OF_A_GIB);
        log.attach(vcpu);
        log.start();
        log.takeCostNanos();
        return log;
    }
}
