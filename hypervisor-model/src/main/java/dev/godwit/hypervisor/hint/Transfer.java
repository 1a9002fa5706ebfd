package dev.godwit.hypervisor.hint;

/** What becomes of a page that the destination does not have as it is. */
public enum Transfer {
    /** It goes over the link now. */
    SEND,
    /** Not now: it will be looked at again, at the latest at the pause. A hint suffices. */
    DEFER,
    /** Never: it holds nothing. Needs a proof. */
    DROP,
    /** The destination reads it from storage that both hosts reach. Needs a proof: nobody has written it since it was the same there. */
    REFETCH
}
