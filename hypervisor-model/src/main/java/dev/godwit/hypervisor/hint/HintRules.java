package dev.godwit.hypervisor.hint;

/**
 * What a hypervisor makes of what the guest says, beside which pages it sends.
 *
 * @param collection what becomes of the young generation before the pause
 * @param pause when the guest is paused
 */
public record HintRules(CollectionPolicy collection, PausePolicy pause) {
    /** Collects if it pays, and pauses as soon as it can. */
    public static final HintRules DEFAULT = new HintRules(CollectionPolicy.IF_IT_PAYS, PausePolicy.AT_ONCE);

    public HintRules withPause(PausePolicy value) {
        return new HintRules(collection, value);
    }

    public HintRules withCollection(CollectionPolicy value) {
        return new HintRules(value, pause);
    }
}
