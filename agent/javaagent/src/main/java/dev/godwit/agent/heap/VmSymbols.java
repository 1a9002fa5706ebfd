package dev.godwit.agent.heap;

/** Addresses of exported symbols of the VM's library. */
@FunctionalInterface
interface VmSymbols {

    /** Address of the symbol, zero if the library does not export it. */
    long address(String symbol);
}
