package dev.godwit.agent.record;

/** Runs what one part of a recording does; when it fails, the part is left out from then on and a notice says so. */
final class Part {
    private final String name;
    private final TraceSink sink;
    private boolean failed;

    /** What a part does. */
    @FunctionalInterface
    interface Action {
        void run() throws Exception;
    }

    Part(String name, TraceSink sink) {
        this.name = name;
        this.sink = sink;
    }

    /** Runs the action unless the part failed before; true if it succeeded. */
    boolean run(Action action) {
        if (failed) {
            return false;
        }
        try {
            action.run();
            return true;
        } catch (Exception | LinkageError | AssertionError | StackOverflowError | OutOfMemoryError e) {
            failed = true;
            sink.notice(name + " failed and is left out from now on: " + describe(e));
            return false;
        }
    }

    boolean hasFailed() {
        return failed;
    }

    private static String describe(Throwable e) {
        boolean telling = e instanceof IllegalStateException && e.getMessage() != null;
        return telling ? e.getMessage() : e.toString();
    }
}
