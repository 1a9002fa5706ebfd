package dev.godwit.hypervisor.guest.live;

import dev.godwit.linux.RemoteUserfaultfd;

/** Who stops a process, lets it go on, and gets the userfaultfd that its writes are tracked by. */
public interface ProcessControl extends AutoCloseable {
    /** Makes the userfaultfd, for {@link RemoteUserfaultfd#WRITES}; it is the caller's to close. */
    RemoteUserfaultfd openTracker();

    /** Stops every thread of the process, which runs. */
    void stop();

    /** Lets the process, which stands, go on. */
    void goOn();

    /** Lets go of the process, which runs. */
    @Override
    void close();
}
