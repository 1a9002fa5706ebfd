package dev.godwit.hypervisor.migration.demand;

import static org.assertj.core.api.Assertions.assertThat;

import dev.godwit.hypervisor.memory.GuestMemory;
import dev.godwit.hypervisor.memory.HostMemory;
import dev.godwit.hypervisor.memory.NestedPagingDirtyLog;
import dev.godwit.hypervisor.memory.PageBitmap;
import dev.godwit.hypervisor.memory.PageContent;
import dev.godwit.trace.MemoryKind;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class PushOrderTest {
    private final PageBitmap unsent = new PageBitmap(200);

    @Test
    void aBubbleGrowsOnBothSidesOfTheLastFaultAndPassesOverWhatWasSent() {
        unsent.setAll();
        unsent.clear(100);
        unsent.clear(102);
        PushOrder order = PushOrder.aroundTheLastFault();
        order.faulted(100);

        assertThat(take(order, PushOrder.RUN_PAGES)).isEqualTo(without(102, ascending(101, 117)));
        assertThat(take(order, PushOrder.RUN_PAGES)).isEqualTo(ascending(84, 99));
        assertThat(take(order, 2)).containsExactly(118, 119);
        order.faulted(10);
        assertThat(take(order, PushOrder.RUN_PAGES)).isEqualTo(ascending(11, 26));
        assertThat(take(order, 11)).startsWith(0, 1, 2).endsWith(9, 27);
    }

    @Test
    void aRunPassesOverWhatWasAskedForMeanwhile() {
        unsent.setAll();
        PushOrder order = PushOrder.aroundTheLastFault();
        order.faulted(100);
        unsent.clear(100);

        take(order, 3);
        unsent.clear(104);
        assertThat(take(order, 2)).containsExactly(105, 106);
    }

    @Test
    void aBubbleThatMeetsAnEndGoesOnAtTheOther() {
        unsent.setAll();
        PushOrder order = PushOrder.aroundTheLastFault();
        order.faulted(1);

        assertThat(take(order, 20)).isEqualTo(concat(concat(ascending(2, 17), List.of(0)), ascending(18, 20)));
    }

    @Test
    void everyPageComesOnceWhateverTheFaults() {
        unsent.setAll();
        PushOrder order = PushOrder.aroundTheLastFault();
        List<Integer> all = new ArrayList<>();
        for (int fault = 17; unsent.count() > 0; fault = (fault * 31 + 7) % 200) {
            order.faulted(fault);
            all.addAll(take(order, Math.min(7, unsent.count())));
        }

        assertThat(all).hasSize(200).doesNotHaveDuplicates();
    }

    @Test
    void aJvmNeedsItsStacksFirstAndItsEdenLast() {
        MemoryKind[] kinds = {
            MemoryKind.EDEN, MemoryKind.GUEST_FREE, MemoryKind.OLD, MemoryKind.SURVIVOR, MemoryKind.NATIVE,
            MemoryKind.METASPACE, MemoryKind.CODE_CACHE, MemoryKind.STACK, MemoryKind.PAGE_CACHE, MemoryKind.STACK
        };
        GuestMemory memory = new GuestMemory(200, 4096, new HostMemory(200), new NestedPagingDirtyLog(200));
        for (int gfn = 0; gfn < kinds.length; gfn++) {
            memory.receive(gfn, PageContent.first(gfn, kinds[gfn], false));
            unsent.set(gfn);
        }
        PushOrder order = PushOrder.asAJvmNeeds(memory, unsent);

        assertThat(take(order, 4)).containsExactly(7, 9, 6, 5);
        // A fault on the page cache: its neighbours go first, whatever they are.
        unsent.clear(8);
        order.faulted(8);
        assertThat(take(order, 5)).containsExactly(0, 1, 2, 3, 4);
    }

    @Test
    void behindTheBubbleTheListGoesOn() {
        GuestMemory memory = new GuestMemory(200, 4096, new HostMemory(200), new NestedPagingDirtyLog(200));
        for (int gfn = 0; gfn < 200; gfn++) {
            memory.receive(gfn, PageContent.first(gfn, gfn < 100 ? MemoryKind.EDEN : MemoryKind.OLD, false));
            unsent.set(gfn);
        }
        PushOrder order = PushOrder.asAJvmNeeds(memory, unsent);
        order.faulted(0);

        assertThat(take(order, PushOrder.PREPAGED_PAGES)).allMatch(gfn -> gfn <= PushOrder.PREPAGED_PAGES);
        assertThat(take(order, 2)).containsExactly(100, 101);
    }

    private static List<Integer> ascending(int first, int last) {
        return IntStream.rangeClosed(first, last).boxed().toList();
    }

    private static List<Integer> without(int gfn, List<Integer> pages) {
        return pages.stream().filter(page -> page != gfn).toList();
    }

    private static List<Integer> concat(List<Integer> first, List<Integer> second) {
        return Stream.concat(first.stream(), second.stream()).toList();
    }

    private List<Integer> take(PushOrder order, int pages) {
        List<Integer> taken = new ArrayList<>();
        for (int i = 0; i < pages; i++) {
            int gfn = order.next(unsent);
            unsent.clear(gfn);
            taken.add(gfn);
        }
        return taken;
    }
}
