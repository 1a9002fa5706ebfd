package dev.godwit.agent.pages;

/** The pages that have content, now and at the scan before; what is gone was dropped, what is new has appeared. */
final class PresentPages {
    private AddressRanges now = new AddressRanges();
    private AddressRanges before = new AddressRanges();
    private final AddressRanges scratch = new AddressRanges();

    /** Begins a new scan; the caller fills the set that is returned. */
    AddressRanges next() {
        AddressRanges oldest = before;
        before = now;
        now = oldest;
        now.clear();
        return now;
    }

    /** Pages that have content. */
    AddressRanges now() {
        return now;
    }

    /** Takes pages out that turned out to have no content any more. */
    void remove(AddressRanges gone) {
        scratch.setDifference(now, gone);
        now.setCopy(scratch);
    }

    /** Pages that had content at the scan before and have none now; valid until the next call. */
    AddressRanges dropped() {
        scratch.setDifference(before, now);
        return scratch;
    }

    /** Pages that have content and had none at the scan before; valid until the next call. */
    AddressRanges appeared() {
        scratch.setDifference(now, before);
        return scratch;
    }
}
