/**
 * Which technique, when, and why: pure figures computed from replays of one recorded run that begin at many of its moments,
 * and from what replays were wrong by when they were held against rehearsals: those by the same technique, or by its nearest relatives,
 * which is then said.
 */
package dev.godwit.hypervisor.advise;
