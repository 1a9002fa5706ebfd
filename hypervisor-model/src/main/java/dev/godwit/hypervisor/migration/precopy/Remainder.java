package dev.godwit.hypervisor.migration.precopy;

import dev.godwit.hypervisor.hint.CollectionPolicy;
import dev.godwit.hypervisor.hint.CollectionPolicy.Choice;
import dev.godwit.hypervisor.hint.CollectionPolicy.Outlook;
import dev.godwit.hypervisor.migration.Course;
import dev.godwit.hypervisor.migration.Liaison;
import dev.godwit.hypervisor.migration.MigrationSetting;
import dev.godwit.hypervisor.migration.MigrationStatistics;
import dev.godwit.hypervisor.migration.PageSender;
import dev.godwit.hypervisor.migration.PendingPages;
import dev.godwit.hypervisor.migration.RoundStatistics;

/**
 * What is left to send at the end of a round, and what to do with the young part of it.
 *
 * <p>Rounds are stuck when twice in a row they have not made the application's stop shorter by a tenth.
 */
final class Remainder {
    private static final int STUCK_AFTER = 2;
    private static final double SHRINKS = 0.9;

    private final MigrationSetting setting;
    private final Course course;
    private final PageSender sender;
    private final PendingPages pending;
    private final Liaison liaison;
    private final MigrationStatistics statistics;
    private boolean deferring = true;
    private double bestStopNanos = Double.MAX_VALUE;
    private double lastRestBytes = Double.MAX_VALUE;
    private int roundsWithoutGain;
    private Outlook outlook;
    private Choice choice = Choice.PAUSE_AT_ONCE;

    Remainder(MigrationSetting setting, Course course, PageSender sender) {
        this.setting = setting;
        this.course = course;
        this.sender = sender;
        pending = course.pending();
        liaison = course.liaison();
        statistics = course.statistics();
    }

    /** What a pause now would have to carry, pages and state, if nothing were collected before it. */
    long ifPausedAtOnceBytes() {
        return (long) Math.ceil(pending.sentInPause(sender::expectedBytes)) + course.stateBytes();
    }

    /** The same with a collection before it, if there is one to be had. */
    long expectedBytes() {
        if (!liaison.canCollect()) {
            return ifPausedAtOnceBytes();
        }
        statistics.setPredictedSurvivorBytes(liaison.predictedSurvivorBytes());
        double young = pending.youngInPause(sender::expectedBytes);
        return (long) Math.ceil(pending.sentInPause(sender::expectedBytes) - young + survivorBytes())
                + course.stateBytes();
    }

    /**
     * Looks at what is left, and decides.
     *
     * @param lastRound true if there may be no more
     * @return what a pause now would have to carry, pages and state, with a collection before it if that is the choice
     */
    long decide(boolean lastRound) {
        if (!liaison.canCollect()) {
            choice = isYoungTooMuchForAPause() ? Choice.SEND_YOUNG : Choice.PAUSE_AT_ONCE;
            if (choice == Choice.SEND_YOUNG) {
                sendYoungFromNowOn();
            }
            return ifPausedAtOnceBytes();
        }
        outlook = look(lastRound);
        choice = setting.rules().collection().decide(outlook);
        if (choice == Choice.SEND_YOUNG) {
            sendYoungFromNowOn();
        }
        if (choice == Choice.PAUSE_AT_ONCE) {
            statistics
                    .moments()
                    .notCollected(CollectionPolicy.reasonNotTo(
                            outlook.youngBytes() - outlook.survivorBytes(), outlook.collectionNanos()));
        } else {
            statistics.moments().collected();
        }
        double left =
                outlook.restBytes() + (choice == Choice.PAUSE_AT_ONCE ? outlook.youngBytes() : outlook.survivorBytes());
        return (long) Math.ceil(left);
    }

    /** Left out of the rounds it would never become less. */
    private boolean isYoungTooMuchForAPause() {
        return deferring
                && setting.rules().collection() == CollectionPolicy.IF_IT_PAYS
                && !setting.convergence()
                        .fits(course.statisticsOf(0, (long) Math.ceil(pending.youngInPause(sender::expectedBytes))));
    }

    private Outlook look(boolean lastRound) {
        double young = pending.youngInPause(sender::expectedBytes);
        double rest = pending.sentInPause(sender::expectedBytes) - young + course.stateBytes();
        boolean shrinking = rest < SHRINKS * lastRestBytes;
        lastRestBytes = rest;
        if (!shrinking) {
            liaison.hopeForLess();
        }
        statistics.setPredictedSurvivorBytes(liaison.predictedSurvivorBytes());
        Outlook now = new Outlook(
                rest,
                young,
                survivorBytes(),
                liaison.expectedCollectionNanos(),
                setting.cpu().carriedBytesPerSecond(setting.link()),
                setting.link().latencyNanos(),
                setting.convergence().downtimeLimitNanos(),
                writtenBytesPerSecond(),
                deferring,
                shrinking,
                lastRound || roundsWithoutGain >= STUCK_AFTER);
        double stop = Math.min(now.atOnceNanos(), now.collectionNanos() + now.collectedNanos());
        roundsWithoutGain = stop < SHRINKS * bestStopNanos ? 0 : roundsWithoutGain + 1;
        bestStopNanos = Math.min(stop, bestStopNanos);
        return now;
    }

    /** At least what was distinct within the round that is over; 0 if the agent cannot say more. */
    private double writtenBytesPerSecond() {
        RoundStatistics last = statistics.rounds().get(statistics.rounds().size() - 1);
        int pageBytes = setting.source().memory().pageSizeBytes();
        return liaison.moment()
                .map(moment -> Math.max(
                        last.dirtiedBytesPerSecond(pageBytes),
                        moment.allocationBytesPerSecond() + moment.outsideYoungBytesPerSecond()))
                .orElse(0.0);
    }

    /** What a collection is expected to leave alive, as it would be sent. */
    private double survivorBytes() {
        long survivors =
                statistics.predictedSurvivorBytes() / setting.source().memory().pageSizeBytes();
        return survivors * sender.expectedSurvivorBytes();
    }

    private void sendYoungFromNowOn() {
        deferring = false;
        bestStopNanos = Double.MAX_VALUE;
        roundsWithoutGain = 0;
        pending.sendYoungInRounds();
        statistics.notice(
                "the young generation is too much to be left to the pause, collected or not: it is sent in the rounds too");
    }

    Choice choice() {
        return choice;
    }

    /**
     * True if the pause would be too long even if nothing but the survivors were left, and the young generation is left out of
     * the rounds all the same.
     */
    boolean isKeptBySurvivorsAlone() {
        return choice == Choice.NEXT_ROUND
                && deferring
                && course.liaison().canCollect()
                && !setting.convergence().fits(course.statisticsOf(0, (long) Math.ceil(survivorBytes())));
    }
}
