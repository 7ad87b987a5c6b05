package io.aquifer.broker;

import static io.aquifer.broker.BrokerFixture.LIMIT;
import static org.assertj.core.api.Assertions.assertThat;

import io.aquifer.harness.Await;
import io.aquifer.harness.History;
import io.aquifer.harness.HistoryChecker.Isolation;
import io.aquifer.harness.Load;
import io.aquifer.harness.Payload;
import io.aquifer.harness.Readback;
import io.aquifer.harness.Topics;
import io.aquifer.harness.TransactionalLoad;
import io.aquifer.harness.Verdict;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListTransactionsOptions;
import org.apache.kafka.clients.admin.TransactionState;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;

/**
 * Clients of every kind: a producer writes a topic, which consumer groups read and commit, a share group
 * acknowledges, and transactions copy; other transactions stand alone and are read, one stays open; a table changes.
 *
 * <p>The names of groups and transactions are such that every partition of the coordinators' topics has some.
 */
final class EveryClient implements AutoCloseable {

    static final String TABLE = "table";
    private static final String SOURCE = "source";
    private static final String COPY = "copy";
    private static final String TRANSACTIONS = "transactions";
    /** Of each topic but one, those of Kafka's coordinators, too. */
    static final int PARTITIONS = 3;

    /** How long the transaction that is kept open may stay so. */
    static final Duration LONGEST_TRANSACTION = Duration.ofHours(2);

    private static final long SOME = 10;
    private static final Load.Options MODEST =
            Load.Options.DEFAULT.withRecordsPerSecond(500).withValueBytes(400);

    private final BrokerFixture fixture;
    private final Admin admin;
    private final History written = new History();
    private final History transacted = new History();
    private final Load load;
    private final TransactionalLoad transactions;
    private final OpenTransaction open = new OpenTransaction("kept-open", LONGEST_TRANSACTION);
    private final TransactionalCopy copy;
    private final CommittedReader reader;
    private final List<CommittingGroup> groups;
    private final ShareGroup shareGroup;
    private final ChangingTable table;

    /** What each group was told to be committed. */
    record Promises(Map<String, Map<TopicPartition, Long>> committed) {}

    EveryClient(BrokerFixture fixture) {
        this.fixture = fixture;
        String bootstrap = fixture.bootstrap();
        admin = fixture.broker().admin();
        load = new Load(bootstrap, SOURCE, written, MODEST.with("enable.idempotence", true));
        transactions = new TransactionalLoad(bootstrap, TRANSACTIONS, "alone", transacted);
        copy = new TransactionalCopy(bootstrap, SOURCE, COPY);
        reader = new CommittedReader(bootstrap, TRANSACTIONS, PARTITIONS);
        groups = List.of(
                new CommittingGroup(bootstrap, SOURCE, "classic-first", "classic"),
                new CommittingGroup(bootstrap, SOURCE, "classic-second", "classic"),
                new CommittingGroup(bootstrap, SOURCE, "consumer-third", "consumer"));
        shareGroup = new ShareGroup(bootstrap, SOURCE, "sharing");
        table = new ChangingTable(bootstrap, TABLE);
    }

    /** All topics of theirs and of Kafka's coordinators, but the one of the transaction that is kept open. */
    List<String> topics() {
        return List.of(
                SOURCE, COPY, TRANSACTIONS, TABLE, "__consumer_offsets", "__transaction_state", "__share_group_state");
    }

    /** Creates all topics but the table, and sets everybody to work. */
    void start() throws Exception {
        for (String topic : List.of(SOURCE, COPY, TRANSACTIONS)) {
            fixture.topics().create(topic, PARTITIONS, 1, Topics.TIERED);
        }
        fixture.topics().create(open.topic(), 1, 1, Topics.TIERED);
        shareGroup.create(admin);
        load.start();
        transactions.start();
        workers().forEach(Worker::start);
        open.begin(fixture.bootstrap());
    }

    private List<Worker> workers() {
        return Stream.concat(groups.stream(), Stream.of(copy, reader, shareGroup, table))
                .toList();
    }

    /** Returns when everybody has got on since this was called. */
    void awaitProgress() {
        open.sendMore();
        Map<String, Long> before = progress();
        Await.until(
                () -> "progress of everybody, from " + before + " to " + progress() + "; the brokers:"
                        + fixture.whatBrokersDo(),
                LIMIT,
                () -> progress().entrySet().stream()
                        .allMatch(entry -> entry.getValue() > before.get(entry.getKey()) + SOME));
    }

    private Map<String, Long> progress() {
        Map<String, Long> progress = new HashMap<>();
        workers().forEach(worker -> progress.put(worker.toString(), worker.done()));
        progress.put(SOURCE, written.acknowledged());
        progress.put(TRANSACTIONS, transactions.committed());
        return progress;
    }

    /** Returns when every transaction that is open when this is called is over, but the one that is kept open. */
    void awaitSettled() {
        for (String topic : List.of(COPY, TRANSACTIONS, "__consumer_offsets")) {
            for (int partition = 0; partition < PARTITIONS; partition++) {
                int each = partition;
                long end = fixture.topics().end(topic, each);
                Await.until(
                        () -> "end of the transactions in " + topic + "-" + each + " below offset " + end
                                + "; the brokers:" + fixture.whatBrokersDo(),
                        LIMIT,
                        () -> fixture.topics().lastStableOffset(topic, each) >= end);
            }
        }
    }

    /** What was promised until now, while a broker is down. */
    Promises promises() {
        return new Promises(
                groups.stream().collect(Collectors.toMap(CommittingGroup::group, CommittingGroup::committed)));
    }

    /** Fails if a group's offset went back. */
    void assertKept(Promises promises) {
        promises.committed().forEach((group, offsets) -> {
            Map<TopicPartition, Long> now = committed(group);
            offsets.forEach((partition, offset) -> assertThat(now.getOrDefault(partition, 0L))
                    .as("committed by %s for %s", group, partition)
                    .isGreaterThanOrEqualTo(offset));
        });
    }

    private Map<TopicPartition, Long> committed(String group) {
        Map<TopicPartition, OffsetAndMetadata> committed = new HashMap<>();
        Await.until("the offsets of " + group, LIMIT, () -> {
            committed.putAll(Topics.answer(admin.listConsumerGroupOffsets(group).partitionsToOffsetAndMetadata()));
            return true;
        });
        return committed.entrySet().stream()
                .collect(Collectors.toMap(
                        Map.Entry::getKey, entry -> entry.getValue().offset()));
    }

    /** Ends all work, the reading of what was written when that was all read. */
    void stop() {
        load.stop(LIMIT);
        assertThat(load.firstFailure()).isNull();
        transactions.stop(LIMIT);
        open.commit();
        table.stop(LIMIT);
        awaitAllRead();
        groups.forEach(group -> group.stop(LIMIT));
        shareGroup.stop(LIMIT);
        copy.stop(LIMIT);
        reader.stop(LIMIT);
    }

    /** However much there is left to read: as long as somebody gets on. */
    private void awaitAllRead() {
        while (!allRead()) {
            long before = steps();
            Await.until(
                    () -> "reading by anybody of what is left; the brokers:" + fixture.whatBrokersDo(),
                    LIMIT,
                    () -> steps() > before || allRead());
        }
    }

    private long steps() {
        return workers().stream().mapToLong(Worker::done).sum();
    }

    private boolean allRead() {
        for (int partition = 0; partition < PARTITIONS; partition++) {
            TopicPartition source = new TopicPartition(SOURCE, partition);
            long end = fixture.topics().end(SOURCE, partition);
            boolean all = Stream.concat(groups.stream().map(CommittingGroup::group), Stream.of(copy.group()))
                    .allMatch(group -> committed(group).getOrDefault(source, 0L) == end);
            boolean committed = reader.next(partition) == fixture.topics().end(TRANSACTIONS, partition);
            if (!all || !committed || shareGroup.firstUnread(partition) < end) {
                return false;
            }
        }
        return true;
    }

    /** Looks at everything that is there. After the end. */
    void assertNothingLost() {
        fixture.assertIntact(SOURCE, written);
        assertThat(payloads(COPY)).isEqualTo(payloads(SOURCE));
        assertRight(fixture.check(TRANSACTIONS, transacted, Isolation.READ_COMMITTED));
        assertRight(reader.verdict(transacted));
        assertThat(payloads(open.topic()).get(0)).isEqualTo(open.sent());
        table.assertIntact(LIMIT);
        assertNoTransactionIsOpen();
    }

    private static void assertRight(Verdict verdict) {
        assertThat(verdict.examples()).isEmpty();
        assertThat(verdict.acknowledged()).isPositive();
    }

    private Map<Integer, List<Payload>> payloads(String topic) {
        Map<Integer, List<Payload>> payloads = new HashMap<>();
        Readback.readAll(
                fixture.bootstrap(),
                topic,
                Isolation.READ_COMMITTED,
                LIMIT,
                (partition, offset, value) -> payloads.computeIfAbsent(partition, key -> new ArrayList<>())
                        .add(Payload.decode(value)));
        return payloads;
    }

    private void assertNoTransactionIsOpen() {
        for (String topic : List.of(COPY, TRANSACTIONS, "__consumer_offsets")) {
            for (int partition = 0; partition < PARTITIONS; partition++) {
                assertThat(fixture.topics().lastStableOffset(topic, partition))
                        .as("end of what is settled of %s-%d", topic, partition)
                        .isEqualTo(fixture.topics().end(topic, partition));
            }
        }
        Set<TransactionState> unsettled = Set.of(
                TransactionState.ONGOING,
                TransactionState.PREPARE_ABORT,
                TransactionState.PREPARE_COMMIT,
                TransactionState.PREPARE_EPOCH_FENCE);
        assertThat(Topics.answer(admin.listTransactions(new ListTransactionsOptions().filterStates(unsettled))
                        .all()))
                .isEmpty();
    }

    @Override
    public void close() {
        workers().forEach(Worker::close);
        load.close();
        transactions.close();
        open.close();
        admin.close();
    }
}
