package dev.godwit.agent.it;

import dev.godwit.agent.channel.AgentConnection;
import dev.godwit.agent.channel.ControlSocket;
import java.time.Duration;

/** A controller that goes as far as it is told, says so, and waits to be killed. */
public final class ControllerProgram {
    private static final Duration LIMIT = Duration.ofSeconds(30);

    private ControllerProgram() {}

    /** Arguments: process number, and how far to go. */
    @SuppressWarnings("SystemOut")
    public static void main(String[] arguments) throws Exception {
        long pid = Long.parseLong(arguments[0]);
        try (ControlSocket socket = ControlSocket.create(pid)) {
            Attachment.load(pid, "control=" + socket.path());
            try (AgentConnection agent = socket.accept(LIMIT)) {
                go(agent, arguments[1]);
                System.out.println(arguments[1]);
                Thread.sleep(LIMIT.toMillis());
            }
        }
    }

    private static void go(AgentConnection agent, String state) throws Exception {
        switch (state) {
            case "connected" -> agent.hello();
            case "prepared" -> agent.prepare(LIMIT);
            case "stalls" -> agent.beginStalls(LIMIT);
            case "paused" -> agent.paused();
            case "resumed" -> {
                agent.beginStalls(LIMIT);
                agent.paused();
                agent.resumed();
            }
            default -> throw new IllegalArgumentException(state);
        }
    }
}
