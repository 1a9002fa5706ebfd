/**
 * Results for people and for programs: a table with an explanation, and JSON. Everything here is modelled, and says so.
 */
package dev.godwit.hypervisor.report;
