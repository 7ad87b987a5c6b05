package io.aquifer.harness;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * What the producers of one topic were told, record by record, to be held against what consumers read.
 *
 * <p>Thread-safe. A producer is a sequence of records numbered from 0; the same number survives the client that sent
 * it, so that a client replaced after a failure goes on in the same sequence.
 */
public final class History {

    /** How a transaction ended, as far as its producer knows. */
    public enum Outcome {
        COMMITTED,
        ABORTED,
        /** The producer asked for an end and never had the answer: all of it is visible, or nothing. */
        UNKNOWN
    }

    /** Records {@code [first, end)} of a producer, sent in one transaction. */
    public record Transaction(long first, long end, Outcome outcome) {}

    private static final long UNACKNOWLEDGED = -1;
    private static final int OFFSET_BITS = 48;

    private final List<Records> producers = new ArrayList<>();
    private long acknowledged;

    /** Begins a sequence. */
    public synchronized int newProducer() {
        producers.add(new Records());
        return producers.size() - 1;
    }

    /** Notes that a record is about to be sent, and answers its number. */
    public synchronized long sending(int producer) {
        return producers.get(producer).add();
    }

    /** Notes that a record was acknowledged at {@code offset} of {@code partition}. */
    public synchronized void acknowledged(int producer, long sequence, int partition, long offset) {
        producers.get(producer).places[(int) sequence] = place(partition, offset);
        acknowledged++;
    }

    /** Notes how the transaction of the records from {@code first} up to the last one sent has ended. */
    public synchronized void ended(int producer, long first, Outcome outcome) {
        Records records = producers.get(producer);
        records.transactions.add(new Transaction(first, records.sent, outcome));
    }

    /** Number of records acknowledged until now. */
    public synchronized long acknowledged() {
        return acknowledged;
    }

    /** Number of records sent until now, acknowledged or not. */
    public synchronized long sent() {
        return producers.stream().mapToLong(records -> records.sent).sum();
    }

    synchronized int producers() {
        return producers.size();
    }

    /** Number of records that {@code producer} sent. */
    synchronized int sent(int producer) {
        return producers.get(producer).sent;
    }

    /** Place of each record of {@code producer} as {@link #place} writes it, negative where unacknowledged. */
    synchronized long[] places(int producer) {
        Records records = producers.get(producer);
        return Arrays.copyOf(records.places, records.sent);
    }

    synchronized List<Transaction> transactions(int producer) {
        return List.copyOf(producers.get(producer).transactions);
    }

    static long place(int partition, long offset) {
        return (long) partition << OFFSET_BITS | offset;
    }

    static int partition(long place) {
        return (int) (place >>> OFFSET_BITS);
    }

    static long offset(long place) {
        return place & ((1L << OFFSET_BITS) - 1);
    }

    private static final class Records {
        private final List<Transaction> transactions = new ArrayList<>();
        private long[] places = new long[1024];
        private int sent;

        long add() {
            if (sent == places.length) {
                places = Arrays.copyOf(places, 2 * sent);
            }
            places[sent] = UNACKNOWLEDGED;
            return sent++;
        }
    }
}
