package dev.godwit.agent.it.programs;

import dev.godwit.hint.MigrationHints;
import dev.godwit.hint.MigrationListener;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.util.concurrent.locks.LockSupport;
import javax.management.JMException;
import javax.management.MBeanServer;
import javax.management.ObjectName;

/** Has listeners long before there is an agent: one that says what it is told, one that throws, one that hangs. */
public final class Listening {
    private static final MigrationListener TELLING = new MigrationListener() {
        @Override
        public void preparing() {
            say("preparing");
        }

        @Override
        public void resumed() {
            say("resumed");
        }

        @Override
        public void aborted() {
            say("aborted");
        }
    };

    private static final MigrationListener THROWING = new MigrationListener() {
        @Override
        public void preparing() {
            throw new AssertionError("of no concern to anybody");
        }
    };

    private static final MigrationListener HANGING = new MigrationListener() {
        @Override
        public void preparing() {
            while (true) {
                LockSupport.park(this);
            }
        }
    };

    private Listening() {}

    @SuppressWarnings("SystemOut")
    private static void say(String line) {
        System.out.println(line);
    }

    public static void main(String[] arguments) throws IOException, JMException {
        MBeanServer server = ManagementFactory.getPlatformMBeanServer();
        MigrationHints.addListener(TELLING);
        MigrationHints.addListener(THROWING);
        MigrationHints.addListener(HANGING);
        MigrationHints.safePoint("listening");
        MigrationHints.critical("listening").close();
        say("ready");
        while (System.in.read() >= 0) {
            MigrationHints.safePoint("read");
        }
        ObjectName bean = new ObjectName("dev.godwit:type=Migration");
        for (String name : new String[] {"LastEvent", "Preparings", "Resumptions", "Aborts"}) {
            say(name + " " + server.getAttribute(bean, name));
        }
    }
}
