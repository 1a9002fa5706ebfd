package dev.godwit.hypervisor.memory;

/** How a host translates guest frames, and with it how it learns which pages a guest has written. */
public enum Paging {
    /** EPT, NPT: {@link NestedPagingDirtyLog}. */
    NESTED("nested"),
    /** Shadow page tables: {@link ShadowPagingDirtyLog}. */
    SHADOW("shadow");

    private final String label;

    Paging(String label) {
        this.label = label;
    }

    /** Name in reports and options. */
    public String label() {
        return label;
    }

    /** A fresh log for a guest of so many pages. */
    public DirtyLog dirtyLog(int pages) {
        return switch (this) {
            case NESTED -> new NestedPagingDirtyLog(pages);
            case SHADOW -> new ShadowPagingDirtyLog(pages);
        };
    }
}
