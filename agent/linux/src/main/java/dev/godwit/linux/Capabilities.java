package dev.godwit.linux;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What can be done to another process on this machine, and exactly what is missing for the rest. Looks only: the process
 * is neither stopped nor moved. A filter of system calls (seccomp) can still refuse what looks possible here.
 */
public final class Capabilities {
    /** What may be wanted of another process. */
    public enum Ability {
        /** {@link ProcessMemory}, {@link ProcessMaps} and {@link Pagemap#scanPresent}. */
        READ_MEMORY,
        /** {@link ProcessPause} by the freezer of cgroup v2. */
        FREEZE,
        /** {@link Ptrace}: a pause, and what needs system calls in the process. */
        TRACE,
        /** {@link ProcessPause} by {@code SIGSTOP}. */
        SIGNAL,
        /** {@link RemoteUserfaultfd#forTracking}: which pages are written, without an agent in the process. */
        TRACK_WRITES,
        /** {@link RemoteUserfaultfd#forMissingPages}: post-copy. */
        MISSING_PAGES
    }

    private static final int LIMIT_BYTES = 1 << 16;
    /** Bit of {@code CAP_SYS_PTRACE} in the masks of {@code /proc/PID/status}. */
    private static final int CAP_SYS_PTRACE = 19;

    private static final Pattern KERNEL = Pattern.compile("(\\d{1,4})\\.(\\d{1,4}).*");

    private final long pid;
    private final Map<Ability, String> missing = new EnumMap<>(Ability.class);

    private Capabilities(long pid) {
        this.pid = pid;
    }

    /** Looks what can be done to a process. Never fails: a process that is not there lacks everything. */
    public static Capabilities probe(long pid) {
        Capabilities found = new Capabilities(pid);
        found.probeSignal();
        found.probeReading();
        found.probeFreezer();
        found.probeTracing();
        found.probeTracking();
        found.probeMissingPages();
        return found;
    }

    /** True if nothing is known to be in the way. */
    public boolean can(Ability ability) {
        return !missing.containsKey(ability);
    }

    /** What is missing for it, one line; empty if nothing is known to be. */
    public Optional<String> missing(Ability ability) {
        return Optional.ofNullable(missing.get(ability));
    }

    /** One line per ability: whether it is there, or what is missing. */
    public String describe() {
        StringBuilder text = new StringBuilder();
        for (Ability ability : Ability.values()) {
            text.append(ability)
                    .append(": ")
                    .append(missing.getOrDefault(ability, "yes"))
                    .append('\n');
        }
        return text.toString();
    }

    private void probeSignal() {
        String status = status(pid);
        if (status.isEmpty()) {
            lacks(Ability.SIGNAL, "process " + pid + " is not there");
        } else if (PlainLibC.kill((int) pid, 0) < 0) {
            lacks(Ability.SIGNAL, "process " + pid + " belongs to another user: run as that user or as root");
        }
    }

    private void probeReading() {
        try (ProcessMemory memory = ProcessMemory.of(pid);
                NativeBuffer byteRead = NativeBuffer.shared(1)) {
            for (ProcessMaps.Entry mapping : ProcessMaps.of(pid).read()) {
                if (mapping.isReadable() && !mapping.isKernelPage()) {
                    memory.read(mapping.start(), byteRead.address(), 1);
                    return;
                }
            }
            lacks(Ability.READ_MEMORY, "process " + pid + " has no readable memory (it has ended)");
        } catch (IOException | SystemCallException failure) {
            lacks(Ability.READ_MEMORY, denied(failure.getMessage()));
        }
    }

    private void probeFreezer() {
        String obstacle = CgroupFreezer.obstacle(pid);
        if (obstacle != null) {
            lacks(Ability.FREEZE, obstacle);
        }
    }

    private void probeTracing() {
        String status = status(pid);
        String tracer = field(status, "TracerPid");
        String architecture = System.getProperty("os.arch", "");
        if (!architecture.equals("amd64") && !architecture.equals("x86_64")) {
            lacks(Ability.TRACE, "works on x86-64 only, this is " + architecture);
        } else if (!can(Ability.READ_MEMORY)) {
            lacks(Ability.TRACE, missing.get(Ability.READ_MEMORY));
        } else if (!tracer.isEmpty() && !tracer.equals("0")) {
            // The kernel names the thread that traces.
            String process = field(statusOf(tracer), "Tgid");
            lacks(Ability.TRACE, "process " + pid + " is traced by process " + process + " already: detach it first");
        } else if (field(status, "State").startsWith("T")) {
            lacks(
                    Ability.TRACE,
                    "process " + pid + " is stopped by a signal: continue it first (kill -CONT " + pid + ")");
        }
    }

    private void probeTracking() {
        String old = oldKernel(System.getProperty("os.version", ""));
        if (!can(Ability.TRACE)) {
            lacks(Ability.TRACK_WRITES, missing.get(Ability.TRACE));
        } else if (old != null) {
            lacks(Ability.TRACK_WRITES, old);
        } else {
            try {
                Userfaultfd.open().close();
            } catch (SystemCallException | NativeAccessException failure) {
                lacks(Ability.TRACK_WRITES, failure.getMessage());
            }
        }
    }

    private void probeMissingPages() {
        if (!can(Ability.TRACK_WRITES)) {
            lacks(Ability.MISSING_PAGES, missing.get(Ability.TRACK_WRITES));
        } else if (!hasTracePrivilege("self")) {
            lacks(Ability.MISSING_PAGES, "this process lacks CAP_SYS_PTRACE: run as root");
        } else if (!hasTracePrivilege(Long.toString(pid)) && !isUserfaultfdForAll()) {
            lacks(
                    Ability.MISSING_PAGES,
                    "process " + pid + " lacks CAP_SYS_PTRACE, which userfaultfd asks of it: run it as root, or set"
                            + " vm.unprivileged_userfaultfd=1");
        }
    }

    /** Why a kernel release is too old for asynchronous write-protection; null if it is not, or cannot be told. */
    static String oldKernel(String release) {
        Matcher matcher = KERNEL.matcher(release);
        if (!matcher.matches()) {
            return null;
        }
        int major = Integer.parseInt(matcher.group(1));
        int minor = Integer.parseInt(matcher.group(2));
        boolean old = major < 6 || (major == 6 && minor < 7);
        return old ? "needs Linux 6.7 or newer, this is " + release : null;
    }

    /** The reason for a refusal, with what usually is behind it. */
    private static String denied(String why) {
        try {
            long scope = ProcNumbers.readSingle("/proc/sys/kernel/yama/ptrace_scope");
            if (scope > 0 && !hasTracePrivilege("self")) {
                return why + " (kernel.yama.ptrace_scope=" + scope + ": run as root)";
            }
        } catch (IOException noYama) {
            // Then the rule is the usual one: the same user, or the privilege.
        }
        return hasTracePrivilege("self") ? why : why + " (run as root or as the user of the process)";
    }

    private static boolean isUserfaultfdForAll() {
        try {
            return ProcNumbers.readSingle("/proc/sys/vm/unprivileged_userfaultfd") == 1;
        } catch (IOException notThere) {
            return false;
        }
    }

    private static boolean hasTracePrivilege(String process) {
        String mask = field(statusOf(process), "CapEff");
        return mask.matches("[0-9a-f]{1,16}") && (Long.parseUnsignedLong(mask, 16) >>> CAP_SYS_PTRACE & 1) == 1;
    }

    private void lacks(Ability ability, String why) {
        missing.put(ability, why);
    }

    private static String status(long pid) {
        return statusOf(Long.toString(pid));
    }

    private static String statusOf(String process) {
        try {
            ProcFile file = new ProcFile("/proc/" + process + "/status", LIMIT_BYTES);
            file.read();
            return new String(file.content(), 0, file.length(), StandardCharsets.ISO_8859_1);
        } catch (IOException ended) {
            return "";
        }
    }

    /** Value of a line {@code Name:\tvalue}; empty if there is none. */
    private static String field(String status, String name) {
        return status.lines()
                .filter(line -> line.startsWith(name + ":"))
                .map(line -> line.substring(name.length() + 1).trim())
                .findFirst()
                .orElse("");
    }
}
