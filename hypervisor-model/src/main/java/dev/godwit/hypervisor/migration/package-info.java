/**
 * What every migration has, whatever its technique: the state machine, the rule that ends the rounds,
 * statistics, and what engines have in common: how they set out and come to an end ({@code Course}), pages that are pending,
 * pages that are sent, the work that all this is for the processors of both hosts ({@code MigrationCpu}), words with the agent.
 *
 * <p>Engines live in packages of their own and never see each other. A result's {@code verified} comes from
 * {@code migration.check}, which shares no code with them. To compare techniques on a recorded run, see
 * {@code migration.compare}.
 */
package dev.godwit.hypervisor.migration;
