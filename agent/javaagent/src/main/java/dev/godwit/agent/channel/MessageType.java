package dev.godwit.agent.channel;

/** Types of messages and their codes; zero is never one. */
enum MessageType {
    HELLO(1, Message.Hello.class),
    REFUSED(2, Message.Refused.class),
    PREPARE(3, Message.Prepare.class),
    PREPARED(4, Message.Prepared.class),
    FAILED(5, Message.Failed.class),
    ACCEPTED(6, Message.Accepted.class),
    PAUSED(7, Message.Paused.class),
    RESUMED(8, Message.Resumed.class),
    DONE(9, Message.Done.class),
    ABORTED(10, Message.Aborted.class),
    STALLS_BEGIN(11, Message.StallsBegin.class),
    STALLS_READ(12, Message.StallsRead.class),
    STALLS_END(13, Message.StallsEnd.class),
    STALLS(14, Message.Stalls.class),
    LAYOUT_READ(15, Message.LayoutRead.class),
    LAYOUT(16, Message.Layout.class),
    SIGNALS_READ(17, Message.SignalsRead.class),
    SIGNALS(18, Message.Signals.class),
    PROGRESS_READ(19, Message.ProgressRead.class),
    PROGRESS(20, Message.Progress.class),
    SECTIONS_READ(21, Message.SectionsRead.class),
    SECTIONS(22, Message.Sections.class),
    DECLARED_READ(23, Message.DeclaredRead.class),
    DECLARED(24, Message.DeclaredAnswer.class);

    private final int code;
    private final Class<? extends Message> messageClass;

    MessageType(int code, Class<? extends Message> messageClass) {
        this.code = code;
        this.messageClass = messageClass;
    }

    int code() {
        return code;
    }

    static MessageType of(Message message) {
        for (MessageType type : values()) {
            if (type.messageClass.isInstance(message)) {
                return type;
            }
        }
        throw new IllegalArgumentException("a message without a type: " + message);
    }

    static MessageType of(int code) throws ChannelException {
        for (MessageType type : values()) {
            if (type.code == code) {
                return type;
            }
        }
        throw new ChannelException("a control frame has the unknown type " + code);
    }
}
