package dev.godwit.hypervisor.stream.verify;

import java.util.Arrays;

/** What the two hosts tell each other before the first page: session, features, and the shape of the guest. */
final class Greeting {
    private byte[] session = {};
    private long features;
    private boolean greeted;
    private boolean ready;
    private boolean sendsBack;
    private int pageBytes;
    private String name = "";
    private String technique = "";

    void hello(Payload in) throws StreamRefused {
        session = in.take(16);
        features = in.u32();
        in.require(features <= 3, "features " + features);
        token(in);
        greeted = true;
    }

    void ready(Payload in) throws StreamRefused {
        in.require(greeted && !ready, "Ready before Hello, or twice");
        in.require(Arrays.equals(session, in.take(16)), "Ready of another session");
        long accepted = in.u32();
        in.require((accepted & ~features) == 0, "features that were not offered");
        features = accepted;
        token(in);
        ready = true;
    }

    private static void token(Payload in) throws StreamRefused {
        int length = in.u16();
        in.zeros(2);
        in.require(length <= 64, "a token of " + length + " bytes");
        in.take(length);
    }

    void guest(Payload in) throws StreamRefused {
        in.require(pageBytes == 0, "Guest twice, or before Hello");
        long size = in.u32();
        in.require(size >= 4096 && size <= 65536 && Long.bitCount(size) == 1, "pages of " + size + " bytes");
        long flags = in.u32();
        in.require(flags <= 1, "flags " + flags);
        sendsBack = flags == 1;
        name = in.text(256);
        technique = in.text(256);
        pageBytes = (int) size;
    }

    boolean isReady() {
        return ready;
    }

    /** True if pages come back from the destination, and both hosts can do that. */
    boolean allowsBackRounds() {
        return sendsBack && (features & 1) == 1;
    }

    /** True if the destination reads pages from files. */
    boolean allowsFiles() {
        return ready && (features & 2) == 2;
    }

    /** True if a cancel behind the switch is possible. */
    boolean sendsBack() {
        return sendsBack;
    }

    int pageBytes() {
        return pageBytes;
    }

    String name() {
        return name;
    }

    String technique() {
        return technique;
    }
}
