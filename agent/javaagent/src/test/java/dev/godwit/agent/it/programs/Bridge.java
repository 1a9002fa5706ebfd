package dev.godwit.agent.it.programs;

import java.util.concurrent.Callable;

/** What the agent's bridge in the boot loader has counted, for programs that check it from inside. */
final class Bridge {
    private static final long TIMEOUT_NANOS = 120_000_000_000L;

    private Bridge() {}

    /** How many sections of a name are open. */
    static long openNow(String name) throws ReflectiveOperationException {
        return count(name, "openNow");
    }

    /** How many sections of a name were opened so far. */
    static long opened(String name) throws ReflectiveOperationException {
        return count(name, "opened");
    }

    private static long count(String name, String method) throws ReflectiveOperationException {
        Object slot = slot(name);
        if (slot == null) {
            return 0;
        }
        Class<?> slots = boot("HintSlot");
        Object sections = slots.getMethod("sections").invoke(slot);
        return (long) slots.getMethod(method, long.class).invoke(null, sections);
    }

    /** Null if nothing was said under the name yet. */
    private static Object slot(String name) throws ReflectiveOperationException {
        int count = (int) boot("HintBridge").getMethod("count").invoke(null);
        for (int i = 1; i <= count; i++) {
            Object slot = boot("HintBridge").getMethod("slot", int.class).invoke(null, i);
            if (boot("HintSlot").getMethod("name").invoke(slot).equals(name)) {
                return slot;
            }
        }
        return null;
    }

    static long tasksBegun() throws ReflectiveOperationException {
        return (long) boot("TaskHints").getMethod("begun").invoke(null);
    }

    static long tasksInProgress() throws ReflectiveOperationException {
        return (long) boot("TaskHints").getMethod("inProgress").invoke(null);
    }

    /** How often the program was said to be busy under a name. */
    static long busySaid(String name) throws ReflectiveOperationException {
        Object slot = slot(name);
        return slot == null ? 0 : (long) boot("HintSlot").getMethod("busies").invoke(slot);
    }

    /** Does what a recorder does at each reading. */
    static void read() throws ReflectiveOperationException {
        boot("HintBridge").getMethod("readAt", long.class).invoke(null, System.nanoTime());
    }

    private static Class<?> boot(String name) throws ClassNotFoundException {
        return Class.forName("dev.godwit.bootstrap." + name, true, null);
    }

    /** Waits until something holds. */
    static void await(String what, Callable<Boolean> holds) throws Exception {
        long until = System.nanoTime() + TIMEOUT_NANOS;
        while (!holds.call()) {
            if (System.nanoTime() > until) {
                throw new AssertionError("waited in vain: " + what);
            }
            Thread.sleep(5);
        }
    }

    /** Does something until a section of the name has been seen: classes are woven soon after they are loaded. */
    static void awaitSeen(String name, Callable<?> action) throws Exception {
        long before = opened(name);
        await(name + " is seen", () -> {
            action.call();
            return opened(name) > before;
        });
    }

    /** Checks how many sections are open. */
    static void check(String when, String name, long open) throws ReflectiveOperationException {
        long found = openNow(name);
        if (found != open) {
            throw new AssertionError(when + ": " + found + " of \"" + name + "\" are open, expected " + open);
        }
    }
}
