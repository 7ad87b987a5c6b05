package io.aquifer.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.aquifer.coverage.BucketReport;
import io.aquifer.coverage.PartitionCoverage;
import io.aquifer.coverage.PartitionId;
import io.aquifer.coverage.Problem;
import io.aquifer.format.ClusterKeys;
import io.aquifer.format.LongRanges;
import io.aquifer.format.SegmentName;
import io.aquifer.format.WalObjectName;
import io.aquifer.object.StoredObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the commands say; that they find it in a bucket is held to a real broker's. */
class StorageCommandTest {

    private static final UUID TOPIC = new UUID(0x0102030405060708L, 0x090a0b0c0d0e0f10L);
    private static final String TOPIC_ID = "AQIDBAUGBwgJCgsMDQ4PEA";

    @TempDir
    Path directory;

    private static VerifiedBucket bucket(LongRanges gaps, Problem... problems) {
        LongRanges many = new LongRanges();
        for (int i = 0; i < 6; i++) {
            many.add(100L * i, 100L * i + 50);
        }
        PartitionCoverage partition = new PartitionCoverage(
                new PartitionId(TOPIC, 4),
                true,
                0,
                550,
                many,
                new LongRanges(),
                LongRanges.of(40, 550),
                new LongRanges(),
                gaps);
        PartitionCoverage unshared = new PartitionCoverage(
                new PartitionId(TOPIC, 5),
                false,
                -1,
                -1,
                new LongRanges(),
                new LongRanges(),
                new LongRanges(),
                new LongRanges(),
                new LongRanges());
        return VerifiedBucket.of(
                "bucket b",
                new BucketReport(7, 2, List.of(partition, unshared), List.of(problems), List.of("c/other")));
    }

    @Test
    void aWholeBucketIsShownPartitionByPartition() {
        assertThat(VerifiedBucketText.of(bucket(new LongRanges())).lines().map(String::stripTrailing))
                .containsExactly(
                        "Result: all that is promised is there",
                        "WAL objects: 7, of which 2 wait to be deleted",
                        "",
                        "Partitions: 2",
                        "  TOPIC ID                PARTITION  START  END  PLAIN"
                                + "                                        COMPOSITE  WAL      LOCAL  GAPS",
                        "  " + TOPIC_ID
                                + "  4          0      550  0..49,100..149,200..249,300..349 and 2 more  -          40..549  -      -",
                        "  " + TOPIC_ID
                                + "  5          -      -    -                                            -          -        -      -",
                        "",
                        "Objects of others: 1",
                        "  'c/other'");
    }

    @Test
    void gapsAndProblemsAreNamed() {
        VerifiedBucket found = bucket(LongRanges.of(10, 30), new Problem("c/wal/1", "is damaged"));

        assertThat(VerifiedBucketText.of(found))
                .contains(
                        "Result: NOT WHOLE, 1 partitions have gaps, 1 objects have problems, the first of them 'c/wal/1'")
                .contains("10..29")
                .contains("'c/wal/1': is damaged");
    }

    @Test
    void inJsonARangeHasItsBounds() throws IOException {
        JsonNode json = new ObjectMapper()
                .readTree(new ObjectMapper()
                        .writeValueAsString(bucket(LongRanges.of(10, 30), new Problem("c/wal/1", "is damaged"))));

        assertThat(json.get("whole").booleanValue()).isFalse();
        JsonNode partition = json.get("partitions").get(0);
        assertThat(partition.get("topicId").textValue()).isEqualTo(TOPIC_ID);
        assertThat(partition.get("gaps").toString()).isEqualTo("[{\"from\":10,\"to\":30}]");
        assertThat(json.get("partitions").get(1).get("start").isNull()).isTrue();
        assertThat(json.get("problems").get(0).get("key").textValue()).isEqualTo("c/wal/1");
    }

    @Test
    void whatIsUsedIsSummedUpByKindAndByTopic() throws IOException {
        ClusterKeys keys = ClusterKeys.of("", "cluster");
        SegmentName segment = new SegmentName(TOPIC, 0, 0, 9, 0, new UUID(1, 1));
        BucketUsage.Sum sum = new BucketUsage.Sum(keys);
        sum.add(object(keys.walObject(new WalObjectName(1, 0, 0)), 1000));
        sum.add(object(keys.walObject(new WalObjectName(1, 0, 1)), 24));
        sum.add(object(keys.segment(segment), 300));
        sum.add(object(keys.composite(segment), 40));
        sum.add(object(keys.snapshot(TOPIC, 0, 3), 5));
        sum.add(object(keys.collectionRecord(3), 6));
        sum.add(object(keys.root() + "notes", 7));

        BucketUsage usage = sum.usage("bucket b");

        JsonNode json = new ObjectMapper().readTree(new ObjectMapper().writeValueAsString(usage));
        assertThat(json.get("total").toString()).isEqualTo("{\"objects\":7,\"bytes\":1382}");
        assertThat(json.get("kinds").toString())
                .isEqualTo("{\"WAL\":{\"objects\":2,\"bytes\":1024},\"SEGMENT\":{\"objects\":1,\"bytes\":300},"
                        + "\"COMPOSITE\":{\"objects\":1,\"bytes\":40},\"SNAPSHOT\":{\"objects\":1,\"bytes\":5},"
                        + "\"COLLECTION\":{\"objects\":1,\"bytes\":6},\"OTHER\":{\"objects\":1,\"bytes\":7}}");
        assertThat(json.get("topics").toString()).isEqualTo("{\"" + TOPIC_ID + "\":{\"objects\":3,\"bytes\":345}}");
        assertThat(usage.inWords()).contains("total").contains("7  ").contains(TOPIC_ID);
    }

    private static StoredObject object(String key, long length) {
        return new StoredObject(key, length, Instant.EPOCH);
    }

    @Test
    void settingsThatCannotBeReadAreNamed() {
        Path missing = directory.resolve("server.properties");

        Run run = Run.aquifer("storage", "verify", "--config", missing);

        assertThat(run.status()).isOne();
        assertThat(run.out()).isEmpty();
        assertThat(run.err()).contains("The settings in " + missing + " can't be read");
    }

    @Test
    void settingsWithoutABucketAreRefused() throws IOException {
        Path file = Files.writeString(
                directory.resolve("server.properties"), "node.id=1\nrsm.config.aquifer.cluster.id=c\n");

        Run run = Run.aquifer("storage", "du", "--config", file);

        assertThat(run.status()).isOne();
        assertThat(run.err())
                .contains("doesn't say which bucket")
                .contains("rsm.config.")
                .contains("aquifer.s3.bucket");
    }

    @Test
    void theSettingsHaveToBeGiven() {
        Run run = Run.aquifer("storage", "ls");

        assertThat(run.status()).isEqualTo(2);
        assertThat(run.err()).contains("--config");
    }
}
