/**
 * Which technique, when, and why: pure figures computed from replays of one recorded run that begin at many of its moments.
 */
package dev.godwit.hypervisor.advise;
