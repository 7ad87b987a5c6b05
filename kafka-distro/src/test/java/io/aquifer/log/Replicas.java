package io.aquifer.log;

import java.io.File;
import java.util.HashMap;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import kafka.cluster.Partition;
import kafka.server.AlterPartitionManager;
import kafka.server.KafkaConfig;
import kafka.server.QuotaFactory;
import kafka.server.QuotaFactory.QuotaManagers;
import kafka.server.ReplicaManager;
import org.apache.kafka.common.TopicIdPartition;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.metrics.Metrics;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.requests.ProduceResponse.PartitionResponse;
import org.apache.kafka.common.utils.Time;
import org.apache.kafka.metadata.KRaftMetadataCache;
import org.apache.kafka.metadata.LeaderAndIsr;
import org.apache.kafka.metadata.LeaderRecoveryState;
import org.apache.kafka.metadata.PartitionRegistration;
import org.apache.kafka.server.DelayedActionQueue;
import org.apache.kafka.server.common.DirectoryEventHandler;
import org.apache.kafka.server.common.KRaftVersion;
import org.apache.kafka.server.common.RequestLocal;
import org.apache.kafka.server.purgatory.TopicPartitionOperationKey;
import org.apache.kafka.storage.internals.checkpoint.LazyOffsetCheckpoints;
import org.apache.kafka.storage.internals.log.AppendOrigin;
import org.apache.kafka.storage.internals.log.UnifiedLog;
import org.apache.kafka.storage.log.metrics.BrokerTopicStats;
import scala.Option;
import scala.jdk.javaapi.CollectionConverters;
import scala.runtime.AbstractFunction1;
import scala.runtime.BoxedUnit;

/** What of a broker leads and follows partitions: a replica manager over the logs of a {@link Broker}. */
final class Replicas implements AutoCloseable {

    static final int LOCAL = 1;
    static final int REMOTE = 2;

    private final Broker broker;
    private final Metrics metrics = new Metrics();
    private final QuotaManagers quotas;
    private final KafkaConfig config;
    private final ReplicaManager manager;

    Replicas(Broker broker) {
        this.broker = broker;
        config = kafkaConfig();
        quotas = QuotaFactory.instantiate(config, metrics, Time.SYSTEM, "", "broker");
        manager = new ReplicaManager(
                config,
                metrics,
                Time.SYSTEM,
                broker.scheduler(),
                broker.logManager(),
                Option.empty(),
                quotas,
                new KRaftMetadataCache(LOCAL, () -> KRaftVersion.KRAFT_VERSION_1),
                broker.failures(),
                new NoController(),
                new BrokerTopicStats(true),
                Option.empty(),
                Option.empty(),
                Option.empty(),
                Option.empty(),
                Option.empty(),
                Option.empty(),
                () -> -1L,
                Option.empty(),
                DirectoryEventHandler.NOOP,
                new DelayedActionQueue());
    }

    private KafkaConfig kafkaConfig() {
        Properties properties = new Properties();
        properties.put("process.roles", "broker");
        properties.put("node.id", "" + LOCAL);
        properties.put("controller.listener.names", "CONTROLLER");
        properties.put("controller.quorum.bootstrap.servers", "localhost:1");
        properties.put("listeners", "PLAINTEXT://localhost:0");
        properties.put("log.dirs", broker.dir(0).getAbsolutePath());
        properties.put("remote.log.storage.system.enable", "true");
        properties.put("replica.fetch.backoff.ms", "1");
        return KafkaConfig.fromProps(properties);
    }

    /** Asks no controller for a smaller or larger ISR. */
    private static final class NoController implements AlterPartitionManager {
        @Override
        public void start() {}

        @Override
        public void shutdown() {}

        @Override
        public CompletableFuture<LeaderAndIsr> submit(
                org.apache.kafka.server.common.TopicIdPartition partition, LeaderAndIsr leaderAndIsr) {
            return new CompletableFuture<>();
        }
    }

    KafkaConfig config() {
        return config;
    }

    ReplicaManager manager() {
        return manager;
    }

    Partition partition(TopicPartition partition) {
        return manager.getPartitionOrException(partition);
    }

    /** This broker leads the partition alone, from now on. */
    UnifiedLog lead(TopicPartition partition, int leaderEpoch) {
        return lead(partition, leaderEpoch, LOCAL);
    }

    /** This broker leads the partition, with those replicas in sync. */
    UnifiedLog lead(TopicPartition partition, int leaderEpoch, int... isr) {
        Partition led = manager.getPartitionOrError(partition).isRight()
                ? partition(partition)
                : manager.createPartition(partition);
        led.makeLeader(registration(LOCAL, leaderEpoch, isr), false, checkpoints(), topicId(partition), Option.empty());
        return led.localLogOrException();
    }

    /** Another broker leads the partition from now on. */
    UnifiedLog follow(TopicPartition partition, int leaderEpoch) {
        Partition led = manager.getPartitionOrError(partition).isRight()
                ? partition(partition)
                : manager.createPartition(partition);
        led.makeFollower(
                registration(REMOTE, leaderEpoch, LOCAL, REMOTE),
                false,
                checkpoints(),
                topicId(partition),
                Option.empty());
        return led.localLogOrException();
    }

    /** The partition begins to move to another log directory of this broker: the log that is to become its own. */
    UnifiedLog moveTo(TopicPartition moved, File dir) {
        broker.logManager().maybeUpdatePreferredLogDir(moved, dir.getAbsolutePath());
        partition(moved).maybeCreateFutureReplica(dir.getAbsolutePath(), checkpoints(), topicId(moved));
        return partition(moved).futureLocalLogOrException();
    }

    private LazyOffsetCheckpoints checkpoints() {
        return new LazyOffsetCheckpoints(CollectionConverters.asJava(manager.highWatermarkCheckpoints()));
    }

    private Option<Uuid> topicId(TopicPartition partition) {
        return Option.apply(broker.topicId(partition.topic()));
    }

    private static PartitionRegistration registration(int leader, int leaderEpoch, int... isr) {
        return new PartitionRegistration.Builder()
                .setReplicas(isr)
                .setDirectories(
                        IntStream.of(isr).mapToObj(i -> Uuid.randomUuid()).toArray(Uuid[]::new))
                .setIsr(isr)
                .setLeader(leader)
                .setLeaderRecoveryState(LeaderRecoveryState.RECOVERED)
                .setLeaderEpoch(leaderEpoch)
                .setPartitionEpoch(leaderEpoch)
                .build();
    }

    /** What the metadata say when this broker alone leads a partition, and others are being added. */
    static PartitionRegistration adding(int leaderEpoch, int... added) {
        int[] replicas =
                IntStream.concat(IntStream.of(LOCAL), IntStream.of(added)).toArray();
        return new PartitionRegistration.Builder()
                .setReplicas(replicas)
                .setDirectories(
                        IntStream.of(replicas).mapToObj(i -> Uuid.randomUuid()).toArray(Uuid[]::new))
                .setIsr(new int[] {LOCAL})
                .setAddingReplicas(added)
                .setLeader(LOCAL)
                .setLeaderRecoveryState(LeaderRecoveryState.RECOVERED)
                .setLeaderEpoch(leaderEpoch)
                .setPartitionEpoch(leaderEpoch)
                .build();
    }

    /** What a request was answered, sooner or later. */
    static final class Answer extends AbstractFunction1<Map<TopicIdPartition, PartitionResponse>, BoxedUnit> {
        private final LinkedBlockingQueue<Map<TopicIdPartition, PartitionResponse>> responses =
                new LinkedBlockingQueue<>();

        @Override
        public BoxedUnit apply(Map<TopicIdPartition, PartitionResponse> response) {
            responses.add(response);
            return BoxedUnit.UNIT;
        }

        boolean isGiven() {
            return !responses.isEmpty();
        }

        /** The errors by partition, of the one answer. */
        Map<TopicPartition, Errors> errors() {
            Map<TopicPartition, Errors> errors = new HashMap<>();
            await().forEach((partition, response) -> errors.put(partition.topicPartition(), response.error));
            return errors;
        }

        private Map<TopicIdPartition, PartitionResponse> await() {
            try {
                Map<TopicIdPartition, PartitionResponse> response = responses.poll(60, TimeUnit.SECONDS);
                if (response == null) {
                    throw new AssertionError("no answer");
                }
                if (!responses.isEmpty()) {
                    throw new AssertionError("two answers");
                }
                return response;
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            }
        }
    }

    Answer produce(int acks, Map<TopicPartition, MemoryRecords> records) {
        return produce(acks, 60_000, records);
    }

    Answer produce(int acks, TopicPartition partition, MemoryRecords records) {
        return produce(acks, Map.of(partition, records));
    }

    Answer produce(int acks, long timeoutMs, Map<TopicPartition, MemoryRecords> records) {
        Map<TopicIdPartition, MemoryRecords> entries = new HashMap<>();
        records.forEach((partition, batch) ->
                entries.put(new TopicIdPartition(broker.topicId(partition.topic()), partition), batch));
        Answer answer = new Answer();
        manager.appendRecords(
                timeoutMs,
                (short) acks,
                false,
                AppendOrigin.CLIENT,
                CollectionConverters.asScala(entries),
                answer,
                stats -> BoxedUnit.UNIT,
                RequestLocal.noCaching(),
                CollectionConverters.asScala(Map.of()),
                (short) 1);
        manager.tryCompleteActions();
        return answer;
    }

    /** What a group or transaction coordinator does with its records; answers the error. */
    Errors appendAsCoordinator(TopicPartition partition, MemoryRecords records) {
        TopicIdPartition key = new TopicIdPartition(broker.topicId(partition.topic()), partition);
        return manager.appendRecordsToLeader(
                        (short) 1,
                        true,
                        AppendOrigin.COORDINATOR,
                        CollectionConverters.asScala(Map.of(key, records)),
                        RequestLocal.noCaching(),
                        new DelayedActionQueue(),
                        CollectionConverters.asScala(Map.of()),
                        (short) 1)
                .apply(key)
                .error();
    }

    /** Looks whether answers that wait for the partition can be given, as any change of its leadership does. */
    void look(TopicPartition partition) {
        manager.delayedProducePurgatory().checkAndComplete(new TopicPartitionOperationKey(partition));
    }

    @Override
    public void close() {
        manager.shutdown(false);
        quotas.shutdown();
        metrics.close();
    }
}
