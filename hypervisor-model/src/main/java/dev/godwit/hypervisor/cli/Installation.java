package dev.godwit.hypervisor.cli;

import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.CodeSource;

/**
 * Where the parts of Godwit are that a command starts: system property {@code godwit.home} names the top directory (the
 * launcher sets it), else it is found from where this class was loaded; {@code godwit.agent.jar} and, for example,
 * {@code godwit.orders.jar} name a jar elsewhere.
 */
public final class Installation {
    private Installation() {}

    /** The jar of the Java agent. */
    public static Path agentJar() {
        return jar("godwit.agent.jar", "agent/javaagent/target/godwit-agent.jar");
    }

    /** The jar of a demo application, which has its name. */
    public static Path demoJar(String name) {
        return jar("godwit." + name + ".jar", "demo-apps/target/" + name + ".jar");
    }

    private static Path jar(String property, String place) {
        String named = System.getProperty(property);
        Path jar = named == null ? home().resolve(place) : Path.of(named);
        if (!Files.isRegularFile(jar)) {
            throw new CommandFailure(
                    ExitCode.FAILED,
                    "there is no " + jar + "; build Godwit with mvn package, or name the jar with -D" + property);
        }
        return jar.toAbsolutePath().normalize();
    }

    private static Path home() {
        String named = System.getProperty("godwit.home");
        if (named != null) {
            return Path.of(named);
        }
        CodeSource source = Installation.class.getProtectionDomain().getCodeSource();
        try {
            // hypervisor-model/target/godwit.jar, or hypervisor-model/target/classes.
            return Path.of(source.getLocation().toURI()).resolve("../../..").normalize();
        } catch (URISyntaxException e) {
            throw new CommandFailure(
                    ExitCode.FAILED, "cannot tell where Godwit is installed; set -Dgodwit.home to its directory", e);
        }
    }
}
