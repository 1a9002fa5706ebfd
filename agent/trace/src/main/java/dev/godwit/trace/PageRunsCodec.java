package dev.godwit.trace;

import dev.godwit.trace.PayloadReader.BadPayloadException;

/**
 * Codes a set of pages.
 *
 * <pre>
 * pages = runs:varint run*
 * run   = gap:varint length-1:varint
 * </pre>
 *
 * <p>{@code gap} counts the pages between the end of the previous run (page zero for the first) and this one. Example:
 * pages 5, 6, 7 and 9 are the bytes 02, 05 02, 01 00.
 */
final class PageRunsCodec {
    private static final int MINIMUM_RUN_BYTES = 2;

    private PageRunsCodec() {}

    static void encode(PageRuns pages, PayloadWriter out) {
        out.putVarint(pages.size());
        long end = 0;
        for (int i = 0; i < pages.size(); i++) {
            out.putVarint(pages.first(i) - end);
            out.putVarint(pages.count(i) - 1L);
            end = pages.first(i) + pages.count(i);
            if (pages.first(i) > TraceLimits.MAX_PAGE || end > TraceLimits.MAX_PAGE + 1) {
                throw new IllegalArgumentException("page=" + (end - 1) + " exceeds " + TraceLimits.MAX_PAGE);
            }
        }
    }

    static PageRuns decode(PayloadReader in, String field) {
        int runs = in.takeCount(field + " runs", TraceLimits.MAX_RECORD_BYTES, MINIMUM_RUN_BYTES);
        PageRuns.Builder builder = new PageRuns.Builder();
        long end = 0;
        for (int i = 0; i < runs; i++) {
            long gap = in.takeVarint(field + " gap");
            long more = in.takeVarint(field + " length");
            if (gap > TraceLimits.MAX_PAGE - end || more > TraceLimits.MAX_PAGE - end - gap) {
                throw new BadPayloadException(field + " run " + i + " exceeds page " + TraceLimits.MAX_PAGE);
            }
            if (more >= Integer.MAX_VALUE) {
                throw new BadPayloadException(field + " run " + i + " has " + more + " pages or more");
            }
            builder.add(end + gap, more + 1);
            end += gap + more + 1;
        }
        return builder.build();
    }
}
