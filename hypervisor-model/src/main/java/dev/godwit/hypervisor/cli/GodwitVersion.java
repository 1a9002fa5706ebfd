package dev.godwit.hypervisor.cli;

import picocli.CommandLine.IVersionProvider;

/** The version as the build wrote it into the jar. */
final class GodwitVersion implements IVersionProvider {
    @Override
    public String[] getVersion() {
        String version = GodwitVersion.class.getPackage().getImplementationVersion();
        return new String[] {
            "godwit " + (version == null ? "(not built into a jar)" : version),
            "JVM " + System.getProperty("java.vm.version") + ", Java " + System.getProperty("java.version")
        };
    }
}
