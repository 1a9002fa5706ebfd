package dev.godwit.agent.manage;

/** When the management bean is registered. */
public enum Jmx {
    /** Once the platform's MBean server is there, for whatever reason. */
    AUTO,
    /** At once; makes the platform's MBean server if need be. */
    ON,
    /** Never. */
    OFF
}
