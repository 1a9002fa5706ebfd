package dev.godwit.agent.manage;

import java.lang.management.ManagementFactory;
import java.util.function.BooleanSupplier;
import javax.management.JMException;
import javax.management.MBeanServer;
import javax.management.MBeanServerFactory;
import javax.management.ObjectName;

/** Registers the bean. Loaded only where there is a module {@code java.management}. */
final class JmxRegistration {
    private final Migration bean;
    private boolean registered;

    JmxRegistration(BooleanSupplier recording) {
        bean = new Migration(recording);
    }

    Migration bean() {
        return bean;
    }

    /**
     * Registers the bean, once.
     *
     * @param make whether to make the platform's MBean server; programs that choose their own logging or MBean server builder
     *     must do so before anybody does
     * @throws IllegalStateException if it is refused
     */
    void register(boolean make) {
        if (registered || (!make && MBeanServerFactory.findMBeanServer(null).isEmpty())) {
            return;
        }
        registered = true;
        // A server that is there may be one of the application's own; then the platform's is not made for us.
        MBeanServer server = make
                ? ManagementFactory.getPlatformMBeanServer()
                : MBeanServerFactory.findMBeanServer(null).get(0);
        try {
            server.registerMBean(bean, new ObjectName("dev.godwit:type=Migration"));
        } catch (JMException e) {
            // Not for the caller to name: without the module it could not even be loaded.
            throw new IllegalStateException(e.toString(), e);
        }
    }
}
