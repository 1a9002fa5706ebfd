/**
 * Page encoders: what a page weighs on the wire.
 */
package dev.godwit.hypervisor.page;
