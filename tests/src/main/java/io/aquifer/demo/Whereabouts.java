package io.aquifer.demo;

import io.aquifer.harness.Aquifer;
import io.aquifer.harness.AquiferCluster;
import io.aquifer.harness.Segments;
import io.aquifer.harness.Tier;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;

/**
 * How much of the topic lies where.
 *
 * @param walBytes in the WAL and not trimmed yet
 * @param localBytes in segments on the broker's disk
 * @param s3Bytes in objects in S3
 * @param s3Objects number of those
 * @param firstLocal the offset that each partition's local segments begin at; what is below is only in S3
 */
record Whereabouts(long walBytes, long localBytes, long s3Bytes, int s3Objects, Map<Integer, Long> firstLocal) {

    static Whereabouts of(AquiferCluster cluster, Tier tier) throws IOException {
        long localBytes = 0;
        Map<Integer, Long> firstLocal = new HashMap<>();
        for (int partition = 0; partition < DemoPlan.PARTITIONS; partition++) {
            Path folder = cluster.broker().partitionFolder(DemoPlan.TOPIC, partition);
            localBytes += Segments.bytes(folder);
            firstLocal.put(partition, Segments.firstOffset(folder));
        }
        long walBytes = Aquifer.usedBytes(cluster.kafka(), cluster.device());
        return new Whereabouts(walBytes, localBytes, tier.bytes(), tier.segments(), Map.copyOf(firstLocal));
    }

    boolean isOnlyInS3(int partition, long offset) {
        return offset < firstLocal.getOrDefault(partition, 0L);
    }
}
