/**
 * The migration stream: what goes between two hosts, specified in {@code hypervisor-model/STREAM.md}.
 *
 * <pre>{@code
 * StreamSession session = new StreamSession();                     // what both directions of one end know of the guest
 * StreamWriter writer = StreamWriter.forward(session, channel);    // the destination has StreamWriter.reverse
 * StreamReader reader = StreamReader.reverse(session, channel);
 * writer.write(new StreamRecord.Hello(sessionId, StreamFormat.FEATURE_SEND_BACK, token));
 * writer.write(new StreamRecord.Guest(4096, 0, "orders", "pre-copy"));
 * ...
 * PageBatch batch = new PageBatch(4096, 256, 1 << 20);             // reused; nothing is allocated for a page
 * fill(batch.room(), 256 * 4096);                                  // for instance by process_vm_readv
 * batch.raw(firstPage, 256);
 * writer.write(batch);
 * }</pre>
 *
 * <p>A writer refuses what the order of records does not allow with an IllegalStateException: a defect of the caller. A
 * reader refuses it with a {@link dev.godwit.hypervisor.stream.StreamException}: a defect of the peer, one line. Both
 * know records, not contents: encoding pages is the business of {@code page}.
 *
 * <p>{@code stream.verify} is a second reader, written from the specification, of whole captures.
 */
package dev.godwit.hypervisor.stream;
