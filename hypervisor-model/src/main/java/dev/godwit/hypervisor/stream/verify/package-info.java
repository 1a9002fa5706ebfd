/**
 * A second reader of the migration stream, written from {@code hypervisor-model/STREAM.md}, of whole captures. It shares
 * no code with the writer and the reader, so that it does not share their mistakes; a test holds this.
 */
package dev.godwit.hypervisor.stream.verify;
