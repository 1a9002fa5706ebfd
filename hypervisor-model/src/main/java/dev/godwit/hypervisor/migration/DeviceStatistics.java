package dev.godwit.hypervisor.migration;

import dev.godwit.hypervisor.device.DeviceBoard;
import dev.godwit.hypervisor.device.VirtualDisk;
import dev.godwit.hypervisor.network.Client;

/**
 * What a migration was like for a VM's disk and for its client.
 *
 * @param diskRequests of the guest, from before the migration until its effects were over
 * @param inFlightAtPause requests that the storage had not answered when the VM was paused to move
 * @param carriedOver of these, requests that travelled and were made again at the destination
 * @param clientRequests of the client, in the same time
 * @param retransmissions requests that the client sent again
 * @param longestGapNanos longest time from one answer to the next
 * @param connectionLost true if the client gave up
 * @param announcements gratuitous ARPs sent by the host that the VM is on
 */
public record DeviceStatistics(
        long diskRequests,
        int inFlightAtPause,
        int carriedOver,
        long clientRequests,
        long retransmissions,
        long longestGapNanos,
        boolean connectionLost,
        int announcements) {

    /** As the client and the devices of the VM, where it is now, have counted. */
    public static DeviceStatistics of(DeviceBoard board, Client client) {
        VirtualDisk disk = board.disk();
        return new DeviceStatistics(
                disk.requests(),
                disk.inFlightAtPause(),
                disk.carriedOver(),
                client.requests(),
                client.retransmissions(),
                client.longestGapNanos(),
                client.isConnectionLost(),
                board.nic().announcements());
    }
}
