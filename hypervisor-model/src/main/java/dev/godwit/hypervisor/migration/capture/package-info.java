/**
 * Modelled migrations written down as migration streams, with bytes made up for their pages, so that the whole path of a
 * real one, encoders, stream and its verifier, is walked by every technique.
 */
package dev.godwit.hypervisor.migration.capture;
