package io.aquifer.move;

import java.io.IOException;
import java.time.Duration;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.TopicPartition;

/**
 * Estimates what goes through partitions, from what the Admin API tells at two moments: records produced from the high watermarks,
 * records consumed from what groups commit, and bytes from the mean size of the records that are on the local disk.
 */
final class LoadSampler {

    private final LoadSource source;
    private final Stopwatch stopwatch;

    LoadSampler(LoadSource source, Stopwatch stopwatch) {
        this.source = source;
        this.stopwatch = stopwatch;
    }

    /** The rates of all partitions that have a leader. */
    Map<TopicPartition, Rate> measure(ClusterState cluster, Duration window) throws IOException {
        Map<TopicPartition, Integer> leaders = new LinkedHashMap<>();
        cluster.partitions()
                .forEach(partition ->
                        partition.leader().ifPresent(leader -> leaders.put(partition.partition(), leader)));
        LoadSample before = LoadSample.take(source, leaders.keySet(), stopwatch);
        stopwatch.pause(window);
        LoadSample after = LoadSample.take(source, leaders.keySet(), stopwatch);
        RecordSizes sizes = recordSizes(cluster, leaders);
        Map<TopicPartition, Rate> rates = new HashMap<>();
        for (TopicPartition partition : leaders.keySet()) {
            double bytes = sizes.of(partition);
            rates.put(
                    partition,
                    new Rate(
                            bytes * after.producedSince(before, partition),
                            bytes * after.consumedSince(before, partition)));
        }
        return rates;
    }

    /** The local start first: if the local log is cut meanwhile, there are fewer bytes by more offsets, and not the reverse. */
    private RecordSizes recordSizes(ClusterState cluster, Map<TopicPartition, Integer> leaders)
            throws ClusterRequestException {
        List<Integer> brokers = cluster.brokers().stream().map(Broker::id).toList();
        Map<TopicPartition, Long> starts = source.localStartOffsets(leaders.keySet());
        Map<Integer, Map<TopicPartition, Long>> bytes = source.localSizes(brokers);
        Map<TopicPartition, Long> ends = source.endOffsets(leaders.keySet());
        RecordSizes sizes = new RecordSizes();
        leaders.forEach((partition, leader) -> {
            Long start = starts.get(partition);
            Long end = ends.get(partition);
            Long size = bytes.getOrDefault(leader, Map.of()).get(partition);
            if (start != null && end != null && size != null) {
                sizes.add(partition, size, end - start);
            }
        });
        return sizes;
    }
}
