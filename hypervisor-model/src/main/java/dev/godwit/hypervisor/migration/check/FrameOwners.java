package dev.godwit.hypervisor.migration.check;

import dev.godwit.hypervisor.memory.GuestMemory;
import dev.godwit.hypervisor.memory.HostMemory;
import java.util.function.Consumer;

/**
 * A frame has one owner: what a guest's table says of a frame, the host says too, and the guest's frames at the host are
 * those in its table and no others. Two guests, or two pages, that share a frame cannot both agree with the host.
 */
final class FrameOwners {
    private FrameOwners() {}

    static void verify(String name, GuestMemory memory, Consumer<String> problems) {
        HostMemory host = memory.host();
        int inTable = 0;
        for (int gfn = 0; gfn < memory.pages(); gfn++) {
            int mfn = memory.frame(gfn);
            if (mfn != GuestMemory.NO_FRAME) {
                inTable++;
                if (host.owner(mfn) != memory.owner() || host.gfn(mfn) != gfn) {
                    problems.accept(name + ": page " + gfn + " lies in machine frame " + mfn
                            + ", which the host gave to " + owner(host, mfn));
                }
            }
        }
        int atHost = 0;
        for (int mfn = 0; mfn < host.frames(); mfn++) {
            if (host.owner(mfn) == memory.owner()) {
                atHost++;
            }
        }
        if (atHost != inTable) {
            problems.accept(name + ": has " + atHost + " frames of its host and " + inTable + " in its table");
        }
    }

    private static String owner(HostMemory host, int mfn) {
        int owner = host.owner(mfn);
        return owner == HostMemory.NO_OWNER ? "nobody" : "guest " + owner + " as its page " + host.gfn(mfn);
    }
}
