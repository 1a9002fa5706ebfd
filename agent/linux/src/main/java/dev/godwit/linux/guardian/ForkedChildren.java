package dev.godwit.linux.guardian;

import dev.godwit.linux.DescriptorPoll;
import dev.godwit.linux.Errno;
import dev.godwit.linux.PageSize;
import dev.godwit.linux.RemoteUserfaultfd;
import dev.godwit.linux.UserfaultfdEvents;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;

/**
 * Children that a process forked while pages of it were missing: they miss the same pages until they execute another
 * program, and are served from the copy. (A JVM starts programs without such a child, unless {@code
 * jdk.lang.Process.launchMechanism} says FORK.)
 */
final class ForkedChildren implements AutoCloseable {
    /** More at the same time are not served: a page that such a child misses reads as zeros. */
    static final int LIMIT = 256;

    private final SafetyCopy copy;
    private final List<RemoteUserfaultfd> alive = new ArrayList<>();
    private final UserfaultfdEvents events = new UserfaultfdEvents();

    ForkedChildren(SafetyCopy copy) {
        this.copy = copy;
    }

    void add(int descriptor) {
        RemoteUserfaultfd child = RemoteUserfaultfd.ofDescriptor(descriptor);
        if (alive.size() == LIMIT) {
            child.close();
        } else {
            alive.add(child);
        }
    }

    boolean isEmpty() {
        return alive.isEmpty();
    }

    void addTo(DescriptorPoll poll) {
        for (int i = 0; i < alive.size(); i++) {
            poll.add(alive.get(i).fd());
        }
    }

    void serve() {
        for (int i = 0; i < alive.size(); i++) {
            RemoteUserfaultfd child = alive.get(i);
            int count = events.read(child);
            for (int k = 0; k < count; k++) {
                int event = events.event(k);
                if (event == UserfaultfdEvents.PAGEFAULT) {
                    serveFault(child, events.faultAddress(k) & -PageSize.bytes());
                } else if (event == UserfaultfdEvents.FORK) {
                    add(events.childDescriptor(k));
                }
            }
        }
    }

    private void serveFault(RemoteUserfaultfd child, long address) {
        int slot = copy.spans().slotOf(address);
        boolean zero = slot < 0 || copy.state(slot) == PageState.NOTHING;
        long answer = zero
                ? child.zero(address, PageSize.bytes())
                : child.copy(address, copy.pageAddress(slot), PageSize.bytes(), false);
        if (answer < 0 && answer != -Errno.ESRCH) {
            child.wake(address, PageSize.bytes());
        }
    }

    /** Closes what belongs to children that ended or execute another program. */
    void removeEnded() {
        for (Iterator<RemoteUserfaultfd> each = alive.iterator(); each.hasNext(); ) {
            RemoteUserfaultfd child = each.next();
            if (!child.isAlive(copy.pageAddress(0))) {
                each.remove();
                child.close();
            }
        }
    }

    @Override
    public void close() {
        alive.forEach(RemoteUserfaultfd::close);
        alive.clear();
        events.close();
    }
}
