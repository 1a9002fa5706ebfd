package dev.godwit.hypervisor.device;

/** Is told what becomes of each request to a disk. */
public interface DiskWatch {
    /** Watches nothing. */
    DiskWatch NONE = new DiskWatch() {};

    /** The guest asks. */
    default void submitted(DiskRequest request) {}

    /** The storage does it. */
    default void applied(DiskRequest request) {}

    /** The guest is told that it is done. */
    default void completed(DiskRequest request) {}
}
