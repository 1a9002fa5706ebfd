package dev.godwit.hypervisor.network;

/** Whoever is plugged into a switch. */
@FunctionalInterface
public interface Station {

    /** A frame arrives, addressed to this station or not. */
    void receive(Frame frame);
}
