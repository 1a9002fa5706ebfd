package dev.godwit.hypervisor.migration.check;

import dev.godwit.hypervisor.machine.VirtualMachine;
import dev.godwit.hypervisor.memory.GuestMemory;
import dev.godwit.hypervisor.memory.PageBitmap;
import java.util.function.Consumer;

/**
 * Watches that no page which the guest has given back is transferred, neither before the pause nor after it, and that the
 * destination knows of each.
 */
final class BalloonWatch implements GuestMemory.Observer {
    private final VirtualMachine source;
    private final VirtualMachine destination;
    private final Consumer<String> problems;
    private final PageBitmap atPause;

    BalloonWatch(VirtualMachine source, VirtualMachine destination, Consumer<String> problems) {
        this.source = source;
        this.destination = destination;
        this.problems = problems;
        this.atPause = new PageBitmap(source.memory().pages());
    }

    @Override
    public void received(int gfn, long content) {
        boolean given = destination.isRunning()
                ? atPause.get(gfn)
                : source.memory().balloon().holds(gfn);
        if (given) {
            problems.accept("ballooned frame " + gfn + " was transferred");
        }
    }

    @Override
    public void written(int gfn) {
        // A write to a page that was given back gets a cleared frame; that is the memory's business.
    }

    /** The source stands still: what is given back now stays so until the guest runs on. */
    void rememberPause() {
        atPause.clear();
        for (int gfn = 0; gfn < atPause.pages(); gfn++) {
            if (source.memory().balloon().holds(gfn)) {
                atPause.set(gfn);
            }
        }
    }

    /** The destination begins to run; nothing was executed there yet. */
    void compare() {
        for (int gfn = 0; gfn < atPause.pages(); gfn++) {
            boolean there = destination.memory().balloon().holds(gfn);
            if (there != atPause.get(gfn)) {
                problems.accept("frame " + gfn + (there ? " is" : " is not")
                        + " ballooned at the destination, at the pause it " + (there ? "was not" : "was"));
            } else if (there && destination.memory().frame(gfn) != GuestMemory.NO_FRAME) {
                problems.accept("ballooned frame " + gfn + " has a machine frame at the destination");
            } else if (there && destination.memory().isMissing(gfn)) {
                problems.accept("ballooned frame " + gfn + " would be waited for");
            }
        }
    }

    /** Pages that were given back at the pause. */
    int pages() {
        return atPause.count();
    }
}
