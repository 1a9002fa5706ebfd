package dev.godwit.hypervisor.vcpu;

import java.util.EnumMap;
import java.util.Map;

/** What a VCPU owes to the hypervisor and what it has paid, by cause. */
final class OverheadAccount {
    private static final Overhead[] CAUSES = Overhead.values();

    private final long[] owedByCause = new long[CAUSES.length];
    private final long[] paidByCause = new long[CAUSES.length];
    private long owedNanos;
    private long paidNanos;

    void owe(Overhead cause, long nanos) {
        if (nanos < 0) {
            throw new IllegalArgumentException("nanos=" + nanos + ": the hypervisor gives no time back");
        }
        owedByCause[cause.index()] += nanos;
        owedNanos += nanos;
    }

    long pay(long atMostNanos) {
        if (owedNanos == 0) {
            return 0;
        }
        long left = atMostNanos;
        for (int cause = 0; cause < owedByCause.length; cause++) {
            long pay = Math.min(left, owedByCause[cause]);
            owedByCause[cause] -= pay;
            paidByCause[cause] += pay;
            left -= pay;
        }
        long paid = atMostNanos - left;
        owedNanos -= paid;
        paidNanos += paid;
        return paid;
    }

    long owedNanos() {
        return owedNanos;
    }

    long paidNanos() {
        return paidNanos;
    }

    Map<Overhead, Long> paidByCause() {
        Map<Overhead, Long> byCause = new EnumMap<>(Overhead.class);
        for (Overhead cause : CAUSES) {
            if (paidByCause[cause.index()] > 0) {
                byCause.put(cause, paidByCause[cause.index()]);
            }
        }
        return byCause;
    }
}
