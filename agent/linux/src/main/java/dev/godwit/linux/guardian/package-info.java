/**
 * The guardian: a small process that takes the pages of a JVM away and brings them back, and that nobody else's end can
 * keep from it.
 *
 * <p>{@link dev.godwit.linux.guardian.Guardian} is what a controller uses, {@link
 * dev.godwit.linux.guardian.SafetyCopy} the memory that both share. In the guardian's own process {@code GuardianLoop}
 * takes commands, {@code PageServer} answers page faults, and {@code TargetControl} stops the process and drops its
 * pages. A process without its guardian is lost while pages are missing: that is why the guardian does nothing else,
 * ignores every signal but {@code SIGKILL}, and needs nobody.
 */
package dev.godwit.linux.guardian;
