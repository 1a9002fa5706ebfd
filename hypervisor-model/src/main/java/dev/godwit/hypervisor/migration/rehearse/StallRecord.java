package dev.godwit.hypervisor.migration.rehearse;

import dev.godwit.hypervisor.guest.live.InsideAgent;
import java.io.IOException;
import java.util.Optional;
import java.util.function.Consumer;

/** Has the agent, if there is one, record the stalls that are felt inside; an agent that cannot changes nothing. */
final class StallRecord {
    private final Optional<InsideAgent> agent;
    private final Consumer<String> notices;

    StallRecord(Optional<InsideAgent> agent, Consumer<String> notices) {
        this.agent = agent;
        this.notices = notices;
    }

    void begin() {
        if (agent.isPresent()) {
            try {
                agent.get().beginStalls();
            } catch (IOException deaf) {
                notices.accept("no stalls were recorded: " + deaf.getMessage());
            }
        }
    }

    Optional<InsideAgent.Stalls> end() {
        if (agent.isPresent()) {
            try {
                return Optional.of(agent.get().endStalls());
            } catch (IOException deaf) {
                notices.accept("the stalls could not be read: " + deaf.getMessage());
            }
        }
        return Optional.empty();
    }
}
