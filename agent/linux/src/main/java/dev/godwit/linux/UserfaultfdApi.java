package dev.godwit.linux;

/** Numbers and layouts of {@code linux/userfaultfd.h}, up to Linux 6.18; the same on x86-64 and aarch64. */
final class UserfaultfdApi {
    /** Flag of {@code userfaultfd(2)}: faults of user mode only, which needs no privilege. */
    static final int USER_MODE_ONLY = 1;

    static final long API_VERSION = 0xAA;

    /** {@code struct uffdio_api {u64 api; u64 features; u64 ioctls}}. */
    static final long API = 0xc018_aa3fL;
    /** {@code struct uffdio_register {u64 start; u64 len; u64 mode; u64 ioctls}}. */
    static final long REGISTER = 0xc020_aa00L;
    /** {@code struct uffdio_range {u64 start; u64 len}}. */
    static final long UNREGISTER = 0x8010_aa01L;
    /** {@code struct uffdio_range}. */
    static final long WAKE = 0x8010_aa02L;
    /** {@code struct uffdio_copy {u64 dst; u64 src; u64 len; u64 mode; s64 copy}}. */
    static final long COPY = 0xc028_aa03L;
    /** {@code struct uffdio_zeropage {u64 start; u64 len; u64 mode; s64 zeropage}}. */
    static final long ZEROPAGE = 0xc020_aa04L;

    /** {@code struct uffdio_writeprotect {u64 start; u64 len; u64 mode}}; mode 0 takes the protection away. */
    static final long WRITEPROTECT = 0xc018_aa06L;

    static final long MODE_MISSING = 1;
    static final long MODE_WP = 2;
    static final long COPY_MODE_WP = 2;

    static final long FEATURE_PAGEFAULT_FLAG_WP = 1;
    static final long FEATURE_EVENT_FORK = 1L << 1;
    static final long FEATURE_EVENT_REMAP = 1L << 2;
    static final long FEATURE_EVENT_REMOVE = 1L << 3;
    static final long FEATURE_EVENT_UNMAP = 1L << 6;
    static final long FEATURE_EXACT_ADDRESS = 1L << 11;
    static final long FEATURE_WP_HUGETLBFS_SHMEM = 1L << 12;
    static final long FEATURE_WP_UNPOPULATED = 1L << 13;
    static final long FEATURE_WP_ASYNC = 1L << 15;

    /** Write tracking that needs nobody to serve faults; Linux 6.7. */
    static final long TRACKING_FEATURES = FEATURE_WP_HUGETLBFS_SHMEM | FEATURE_WP_UNPOPULATED | FEATURE_WP_ASYNC;

    /** What the process does to its mappings is told, and waits until it is read. */
    static final long EVENT_FEATURES = FEATURE_EVENT_FORK
            | FEATURE_EVENT_REMAP
            | FEATURE_EVENT_REMOVE
            | FEATURE_EVENT_UNMAP
            | FEATURE_EXACT_ADDRESS
            | FEATURE_PAGEFAULT_FLAG_WP;

    private UserfaultfdApi() {}
}
