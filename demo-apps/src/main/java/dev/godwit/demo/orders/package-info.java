/**
 * An order-entry service in the manner of TPC-C's new-order and payment transactions, on embedded Apache Derby.
 *
 * <p>It is a workload for recording migrations, not a TPC-C implementation: no think times, a smaller database, and
 * its figures must not be compared with TPC-C results. What it shares with TPC-C is what matters here: real
 * transactions with a skewed choice of customers and items, and invariants that hold only if every one of them was
 * atomic.
 */
package dev.godwit.demo.orders;
