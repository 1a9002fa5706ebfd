package dev.godwit.hypervisor.migration.rehearse;

import static org.assertj.core.api.Assertions.assertThat;

import dev.godwit.hypervisor.transport.TcpOptions;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;

/** A destination host in this JVM. */
final class HostThread implements AutoCloseable {
    private final DestinationHost host;
    private final List<String> log;

    private HostThread(DestinationHost host, List<String> log) {
        this.host = host;
        this.log = log;
    }

    static HostThread start(List<String> log) throws IOException {
        return start(TcpOptions.defaults(), 1L << 30, log);
    }

    static HostThread start(TcpOptions options, long memoryBytes, List<String> log) throws IOException {
        DestinationHost host = DestinationHost.listen(
                new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), options, memoryBytes, log::add);
        Thread thread = new Thread(
                () -> {
                    try {
                        host.serve();
                    } catch (IOException | InterruptedException ended) {
                        log.add("ended: " + ended);
                    }
                },
                "test-host");
        thread.setDaemon(true);
        thread.start();
        return new HostThread(host, log);
    }

    InetSocketAddress address() throws IOException {
        return host.address();
    }

    void awaitLog(String text) throws InterruptedException {
        for (int i = 0; i < 2000 && log.stream().noneMatch(line -> line.contains(text)); i++) {
            Thread.sleep(10);
        }
        assertThat(log).anyMatch(line -> line.contains(text));
    }

    @Override
    public void close() throws IOException {
        host.close();
    }
}
