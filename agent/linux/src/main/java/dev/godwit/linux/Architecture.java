package dev.godwit.linux;

/** Processor architectures whose system call numbers are known. */
enum Architecture {
    X86_64(323),
    AARCH64(282);

    private final int userfaultfd;

    Architecture(int userfaultfd) {
        this.userfaultfd = userfaultfd;
    }

    /** Number of {@code userfaultfd(2)}, from the kernel's table of system calls. */
    int userfaultfd() {
        return userfaultfd;
    }

    /**
     * The architecture of this JVM.
     *
     * @throws NativeAccessException if it is another one
     */
    static Architecture current() {
        String name = System.getProperty("os.arch", "");
        return switch (name) {
            case "amd64", "x86_64" -> X86_64;
            case "aarch64" -> AARCH64;
            default ->
                throw new NativeAccessException(
                        "system call numbers of architecture " + name + " are not known, only of amd64 and aarch64");
        };
    }

    /**
     * Refuses what needs the registers and the system call instruction of x86-64.
     *
     * @throws NativeAccessException on another architecture
     */
    static void requireX86(String what) {
        String name = System.getProperty("os.arch", "");
        if (!name.equals("amd64") && !name.equals("x86_64")) {
            throw new NativeAccessException(what + " works on x86-64 only, this is " + name);
        }
    }
}
