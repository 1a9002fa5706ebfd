package dev.godwit.agent.heap;

import dev.godwit.trace.HeapLayout;
import dev.godwit.trace.SpaceKind;
import java.io.IOException;
import java.lang.ref.Reference;
import java.util.concurrent.locks.LockSupport;

/**
 * Reads its own layout before and after it waits for a byte from whoever stops it, and prints both. With the argument
 * {@code busy} it allocates and collects meanwhile, and only waits.
 */
public final class RemoteHeapMain {
    private static final int HUMONGOUS_BYTES = 3 << 20;

    private RemoteHeapMain() {}

    public static void main(String[] arguments) throws IOException {
        HeapProbe probe = HeapProbes.open(TestAgent.instrumentation());
        AgreementMain.require(probe.hasLayout(), probe.limitation());
        byte[] humongous = new byte[HUMONGOUS_BYTES];
        Object[] kept = new Object[4096];
        for (int i = 0; i < kept.length; i++) {
            kept[i] = new byte[1024];
        }
        if (arguments.length > 0) {
            Garbage.start(2, -1);
            collectForEver();
        } else {
            System.gc();
        }
        try {
            answer(probe);
        } finally {
            Reference.reachabilityFence(humongous);
            Reference.reachabilityFence(kept);
        }
    }

    private static void answer(HeapProbe probe) throws IOException {
        HeapLayout before = probe.read(0);
        System.out.println("ready");
        while (System.in.read() > 0) {
            HeapLayout after = probe.read(0);
            System.out.println(text(before) + ";" + text(after));
            before = probe.read(0);
            System.out.println("ready");
        }
    }

    private static void collectForEver() {
        Thread thread = new Thread(() -> {
            while (true) {
                System.gc();
                LockSupport.parkNanos(2_000_000);
            }
        });
        thread.setDaemon(true);
        thread.start();
    }

    /** One line: epoch, then kind, bottom, top and end of each space. */
    static String text(HeapLayout layout) {
        StringBuilder text = new StringBuilder().append(layout.epoch());
        for (int i = 0; i < layout.size(); i++) {
            text.append(' ').append(layout.kind(i));
            text.append(',').append(layout.bottom(i));
            text.append(',').append(layout.top(i));
            text.append(',').append(layout.end(i));
        }
        return text.toString();
    }

    /** The layout that the text describes. */
    static HeapLayout layout(String text) {
        String[] words = text.split(" ", -1);
        int count = words.length - 1;
        SpaceKind[] kinds = new SpaceKind[count];
        long[][] bounds = new long[3][count];
        for (int i = 0; i < count; i++) {
            String[] fields = words[i + 1].split(",", -1);
            kinds[i] = SpaceKind.valueOf(fields[0]);
            for (int bound = 0; bound < 3; bound++) {
                bounds[bound][i] = Long.parseLong(fields[bound + 1]);
            }
        }
        return new HeapLayout(0, Long.parseLong(words[0]), kinds, bounds[0], bounds[1], bounds[2]);
    }
}
