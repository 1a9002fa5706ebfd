package dev.godwit.linux;

import java.nio.ByteBuffer;

/**
 * Registers of a stopped thread on x86-64: {@code struct user_regs_struct} of {@code sys/user.h}, 27 fields of 8 bytes,
 * as {@code PTRACE_GETREGS} gives them.
 */
final class Registers {
    static final int BYTES = 27 * Long.BYTES;
    static final int R10 = 56;
    static final int R9 = 64;
    static final int R8 = 72;
    static final int RAX = 80;
    static final int RDX = 96;
    static final int RSI = 104;
    static final int RDI = 112;
    static final int ORIG_RAX = 120;
    static final int RIP = 128;
    static final int RSP = 152;
    static final int FS_BASE = 168;

    /** Where a system call takes its arguments from, in order. */
    private static final int[] ARGUMENTS = {RDI, RSI, RDX, R10, R8, R9};

    private Registers() {}

    /** Makes registers that execute a system call at {@code instruction}, out of those that the thread has. */
    static void prepareCall(ByteBuffer registers, long instruction, long number, long... arguments) {
        for (int i = 0; i < arguments.length; i++) {
            registers.putLong(ARGUMENTS[i], arguments[i]);
        }
        // Not inside a system call: else the kernel would set out to restart the one that was interrupted.
        registers.putLong(RAX, number).putLong(ORIG_RAX, -1).putLong(RIP, instruction);
    }
}
