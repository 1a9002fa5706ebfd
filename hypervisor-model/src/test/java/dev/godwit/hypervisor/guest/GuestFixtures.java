package dev.godwit.hypervisor.guest;

import dev.godwit.trace.PageRuns;
import java.util.Optional;

/** Parts of a guest, for tests of other packages. */
public final class GuestFixtures {
    private GuestFixtures() {}

    /** A guest whose JVM has the given pages; kernel and nothing else beside it. */
    public static GuestFrames frames(PageRuns jvmPages, int pageSizeBytes) {
        PageTable.Builder table = new PageTable.Builder();
        table.add(jvmPages);
        return GuestFrames.layOut(
                table.build(),
                pageSizeBytes,
                jvmPages.pages() * pageSizeBytes + GuestFrames.MINIMUM_REST_BYTES,
                Optional.empty());
    }
}
