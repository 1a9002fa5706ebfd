package dev.godwit.hypervisor.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import me.tongfei.progressbar.ConsoleProgressBarConsumer;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;

/** Whether someone watches, and what they see. */
public final class Terminal {
    private static final int WIDTH = 100;

    private Terminal() {}

    /**
     * True if standard error is a terminal. {@code System.console()} would answer for standard input and output, and
     * differently from JDK to JDK.
     */
    public static boolean isWatched() {
        try {
            String target = Files.readSymbolicLink(Path.of("/proc/self/fd/2")).toString();
            return target.startsWith("/dev/pts/") || target.startsWith("/dev/tty") || target.equals("/dev/console");
        } catch (IOException | UnsupportedOperationException e) {
            return false;
        }
    }

    /**
     * A bar on standard error, gone when it is closed.
     *
     * @param most where it ends; negative when that is not known
     * @param unit behind the figures
     */
    public static ProgressBar bar(String task, long most, String unit) {
        return new ProgressBarBuilder()
                .setTaskName(task)
                .setInitialMax(most)
                .setUnit(unit, 1)
                .setStyle(ProgressBarStyle.ASCII)
                .setUpdateIntervalMillis(500)
                .setConsumer(new ConsoleProgressBarConsumer(System.err, WIDTH))
                .clearDisplayOnFinish()
                .build();
    }
}
