package dev.godwit.hypervisor.network;

/** Is told what becomes of each request of a conversation, by both ends. */
public interface ConversationWatch {
    /** Watches nothing. */
    ConversationWatch NONE = new ConversationWatch() {};

    /** The client's application asks; retransmissions are not told. */
    default void asked(long number, long nanos) {}

    /** The application in the guest gets the request and does what it asks for. */
    default void served(long number, long nanos) {}

    /** The client's application gets the answer. */
    default void answered(long number, long nanos) {}
}
