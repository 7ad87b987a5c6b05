package io.aquifer.takeover;

import io.aquifer.controller.ControllerChannel;
import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.apache.kafka.common.ElectionType;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.message.AlterPartitionReassignmentsRequestData;
import org.apache.kafka.common.message.AlterPartitionReassignmentsRequestData.ReassignablePartition;
import org.apache.kafka.common.message.AlterPartitionReassignmentsRequestData.ReassignableTopic;
import org.apache.kafka.common.message.AlterPartitionReassignmentsResponseData;
import org.apache.kafka.common.message.ElectLeadersResponseData;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.AlterPartitionReassignmentsRequest;
import org.apache.kafka.common.requests.AlterPartitionReassignmentsResponse;
import org.apache.kafka.common.requests.ElectLeadersRequest;
import org.apache.kafka.common.requests.ElectLeadersResponse;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Asks the controllers to give partitions to new owners. Those that have no leader: to reassign them, to elect the owner, which Kafka
 * calls unclean since it knows nothing of shared storage, and to reassign once more, which then completes.
 *
 * <p>Each can be asked for again; that a partition has come to its owner is seen in the metadata. Used by one thread.
 */
final class Reassignment {

    private static final Logger LOG = LoggerFactory.getLogger(Reassignment.class);
    private static final int TIMEOUT_MS = 10_000;
    /** What says that it was done before, or that the metadata aren't there yet. */
    private static final Set<Errors> PASSING =
            Set.of(Errors.NONE, Errors.ELECTION_NOT_NEEDED, Errors.ELIGIBLE_LEADERS_NOT_AVAILABLE);

    private final ControllerChannel controller;
    private Map<String, Integer> refusals = Map.of();

    Reassignment(ControllerChannel controller) {
        this.controller = controller;
    }

    /**
     * Asks.
     *
     * @param owners the only replica that each partition is to have
     * @throws IOException if the controllers can't be asked, or refuse the request as a whole
     */
    void move(Map<TopicPartition, Integer> owners) throws IOException {
        Map<String, Integer> refused = new TreeMap<>();
        reassign(owners, refused);
        elect(owners.keySet(), refused);
        reassign(owners, refused);
        warn(refused);
    }

    /**
     * Asks for partitions that have a leader, which goes on until their new owners have them.
     *
     * @param owners the only replica that each partition is to have
     * @throws IOException if the controllers can't be asked, or refuse the request as a whole
     */
    void moveLed(Map<TopicPartition, Integer> owners) throws IOException {
        Map<String, Integer> refused = new TreeMap<>();
        reassign(owners, refused);
        warn(refused);
    }

    private void warn(Map<String, Integer> refused) {
        if (!refused.isEmpty() && !refused.equals(refusals)) {
            LOG.warn("The controller refuses to move partitions, which is tried again: {}", refused);
        }
        refusals = refused;
    }

    private void reassign(Map<TopicPartition, Integer> owners, Map<String, Integer> refused) throws IOException {
        Map<String, ReassignableTopic> topics = new HashMap<>();
        owners.forEach((partition, owner) -> topics.computeIfAbsent(
                        partition.topic(), name -> new ReassignableTopic().setName(name))
                .partitions()
                .add(new ReassignablePartition()
                        .setPartitionIndex(partition.partition())
                        .setReplicas(List.of(owner))));
        AlterPartitionReassignmentsRequestData data = new AlterPartitionReassignmentsRequestData()
                .setTimeoutMs(TIMEOUT_MS)
                .setTopics(List.copyOf(topics.values()));
        AlterPartitionReassignmentsResponseData answer = controller
                .ask(new AlterPartitionReassignmentsRequest.Builder(data), AlterPartitionReassignmentsResponse.class)
                .data();
        require(answer.errorCode(), answer.errorMessage());
        answer.responses()
                .forEach(topic -> topic.partitions()
                        .forEach(partition -> note(partition.errorCode(), partition.errorMessage(), refused)));
    }

    private void elect(Set<TopicPartition> partitions, Map<String, Integer> refused) throws IOException {
        ElectLeadersResponseData answer = controller
                .ask(
                        new ElectLeadersRequest.Builder(ElectionType.UNCLEAN, partitions, TIMEOUT_MS),
                        ElectLeadersResponse.class)
                .data();
        require(answer.errorCode(), null);
        answer.replicaElectionResults()
                .forEach(topic -> topic.partitionResult()
                        .forEach(partition -> note(partition.errorCode(), partition.errorMessage(), refused)));
    }

    private static void note(short code, @Nullable String message, Map<String, Integer> refused) {
        Errors error = Errors.forCode(code);
        if (!PASSING.contains(error)) {
            refused.merge(message == null ? error.message() : message, 1, Integer::sum);
        }
    }

    private static void require(short code, @Nullable String message) throws IOException {
        Errors error = Errors.forCode(code);
        if (error == Errors.CLUSTER_AUTHORIZATION_FAILED) {
            throw new IOException(
                    "The active controller doesn't let this broker move partitions. Allow its principal to"
                            + " ALTER the CLUSTER, or make it a super user");
        }
        if (error != Errors.NONE) {
            throw new IOException(
                    "The active controller doesn't move partitions: " + (message == null ? error.message() : message));
        }
    }
}
