package dev.godwit.demo.settlement;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.SplittableRandom;

/**
 * Accounts and what is still to be settled between them. Balances live in objects of their own, and each settled payment
 * leaves a statement for the account that replaces the one before: old objects that change, and young ones that stay for
 * a while. Used by one thread.
 */
final class Ledger {
    private static final int STATEMENTS_KEPT = 50_000;

    private final Account[] accounts;
    private final SplittableRandom random;
    private final Deque<String> statements = new ArrayDeque<>();
    private long settled;

    private static final class Account {
        private long cents;
        private long payments;
    }

    Ledger(int accounts, long seed) {
        this.accounts = new Account[accounts];
        for (int i = 0; i < accounts; i++) {
            this.accounts[i] = new Account();
        }
        random = new SplittableRandom(seed);
    }

    /** Settles one payment between two accounts. */
    void settle() {
        Account payer = accounts[random.nextInt(accounts.length)];
        Account payee = accounts[random.nextInt(accounts.length)];
        long cents = random.nextLong(1, 100_000);
        payer.cents -= cents;
        payee.cents += cents;
        payer.payments++;
        payee.payments++;
        settled++;
        statements.addLast("payment " + settled + " over " + cents + " cents, balance " + payee.cents);
        if (statements.size() > STATEMENTS_KEPT) {
            statements.removeFirst();
        }
    }

    /** Payments settled so far. */
    long settled() {
        return settled;
    }

    /** True if no money came or went, and each payment was entered on both sides. */
    boolean addsUp() {
        long cents = 0;
        long payments = 0;
        for (Account account : accounts) {
            cents += account.cents;
            payments += account.payments;
        }
        return cents == 0 && payments == 2 * settled;
    }
}
