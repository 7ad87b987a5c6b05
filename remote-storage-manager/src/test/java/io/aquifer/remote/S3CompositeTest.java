package io.aquifer.remote;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.aquifer.format.ClusterKeys;
import io.aquifer.format.CompositePiece;
import io.aquifer.format.Composites;
import io.aquifer.format.OpenedSegment;
import io.aquifer.format.SegmentPart;
import io.aquifer.format.SegmentResolver;
import io.aquifer.format.WalObjectName;
import io.aquifer.object.SimulatedCall;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.zip.CRC32C;
import org.apache.kafka.server.log.remote.storage.RemoteLogSegmentMetadata;
import org.apache.kafka.server.log.remote.storage.RemoteLogSegmentMetadata.CustomMetadata;
import org.apache.kafka.server.log.remote.storage.RemoteResourceNotFoundException;
import org.apache.kafka.server.log.remote.storage.RemoteStorageException;
import org.apache.kafka.server.log.remote.storage.RemoteStorageManager.IndexType;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A composite segment is read as if it were an object of its own, before and after it is rewritten as one. */
class S3CompositeTest extends S3StorageFixture {

    private static final int LENGTH = 300_000;
    private static final ClusterKeys KEYS = ClusterKeys.of("prefix", "cluster");
    private static final WalObjectName FIRST = new WalObjectName(1, 2, 3);
    private static final WalObjectName SECOND = new WalObjectName(1, 2, 4);
    private static final int GAP = 80;

    private int cacheBytes;
    private LocalSegment segment;
    private RemoteLogSegmentMetadata composite;

    @Override
    Map<String, Object> settings() {
        Map<String, Object> settings = new HashMap<>(super.settings());
        settings.put("aquifer.s3.cache.bytes", cacheBytes);
        settings.put("aquifer.s3.cache.chunk.bytes", 1 << 16);
        settings.put("aquifer.s3.cache.read.ahead.bytes", 0);
        return settings;
    }

    /** Cuts the segment's data into pieces, with other things between them. */
    @BeforeEach
    void create() throws IOException {
        segment = segment(LENGTH);
        ByteBuffer data = ByteBuffer.wrap(segment.data());
        Random random = new Random(1);
        List<CompositePiece> pieces = new ArrayList<>();
        for (WalObjectName object : List.of(FIRST, SECOND)) {
            int half = data.remaining() / (object.equals(FIRST) ? 2 : 1);
            ByteBuffer body = ByteBuffer.allocate(half + 50 * GAP);
            for (int i = 0; i < 50; i++) {
                int length = i == 49 ? half - body.position() + 49 * GAP : random.nextInt(1, half / 60);
                body.position(body.position() + GAP);
                ByteBuffer piece = data.slice(data.position(), length);
                CRC32C crc = new CRC32C();
                crc.update(piece.duplicate());
                long offset = pieces.size();
                pieces.add(new CompositePiece(object, body.position(), length, offset, offset, (int) crc.getValue()));
                body.put(piece);
                data.position(data.position() + length);
            }
            bucket.bucket().create(KEYS.walObject(object), body.array(), Instant.EPOCH);
        }
        assertThat(data.hasRemaining()).isFalse();
        new Composites(bucket, KEYS)
                .create(SegmentNames.info(segment.metadata()), parts(), pieces)
                .join();
        OpenedSegment opened = new SegmentResolver(bucket, KEYS)
                .open(SegmentNames.name(segment.metadata()), Optional.empty())
                .join();
        composite =
                segment.copied(Optional.of(new CustomMetadata(opened.location().toBytes())));
    }

    private Map<SegmentPart, ByteBuffer> parts() throws IOException {
        Map<SegmentPart, ByteBuffer> parts = new EnumMap<>(SegmentPart.class);
        parts.put(
                SegmentPart.OFFSET_INDEX,
                ByteBuffer.wrap(Files.readAllBytes(segment.files().offsetIndex())));
        parts.put(
                SegmentPart.TIME_INDEX,
                ByteBuffer.wrap(Files.readAllBytes(segment.files().timeIndex())));
        parts.put(
                SegmentPart.TRANSACTION_INDEX,
                ByteBuffer.wrap(
                        Files.readAllBytes(segment.files().transactionIndex().orElseThrow())));
        parts.put(
                SegmentPart.PRODUCER_SNAPSHOT,
                ByteBuffer.wrap(Files.readAllBytes(segment.files().producerSnapshotIndex())));
        parts.put(SegmentPart.LEADER_EPOCHS, segment.files().leaderEpochIndex());
        return parts;
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 20 << 16})
    void any_range_reads_as_of_a_segment_object(int cache) throws Exception {
        cacheBytes = cache;
        S3RemoteStorageManager manager = manager();
        byte[] data = segment.data();
        Random random = new Random(2);
        for (int i = 0; i < 60; i++) {
            int from = random.nextInt(LENGTH);
            int last = from + random.nextInt(LENGTH - from + 10);
            try (InputStream stream = manager.fetchLogSegment(composite, from, last)) {
                assertThat(stream.readAllBytes()).isEqualTo(Arrays.copyOfRange(data, from, Math.min(last + 1, LENGTH)));
            }
        }
        try (InputStream stream = manager.fetchLogSegment(composite, 0)) {
            assertThat(stream.readAllBytes()).isEqualTo(data);
        }
    }

    @Test
    void its_indexes_read_as_of_a_segment_object() throws Exception {
        S3RemoteStorageManager manager = manager();
        for (IndexType type : IndexType.values()) {
            try (InputStream index = manager.fetchIndex(composite, type)) {
                String text = new String(index.readAllBytes(), StandardCharsets.UTF_8);
                assertThat(text)
                        .isEqualTo(
                                switch (type) {
                                    case OFFSET -> "content of 0.index";
                                    case TIMESTAMP -> "content of 0.timeindex";
                                    case TRANSACTION -> "content of 0.txnindex";
                                    case PRODUCER_SNAPSHOT -> "content of 100.snapshot";
                                    case LEADER_EPOCH -> LocalSegment.EPOCHS;
                                });
            }
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 20 << 16})
    void a_damaged_piece_is_never_handed_out(int cache) throws Exception {
        cacheBytes = cache;
        byte[] damaged = bucket.bucket().bytes(KEYS.walObject(FIRST)).clone();
        damaged[GAP]++;
        bucket.bucket().remove(KEYS.walObject(FIRST));
        bucket.bucket().create(KEYS.walObject(FIRST), damaged, Instant.EPOCH);

        assertThatThrownBy(() -> manager().fetchLogSegment(composite, 0))
                .isInstanceOf(RemoteStorageException.class)
                .hasMessageContaining(KEYS.walObject(FIRST));
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 20 << 16})
    void a_reader_that_opened_it_goes_on_after_it_was_rewritten_and_its_objects_are_gone(int cache) throws Exception {
        cacheBytes = cache;
        S3RemoteStorageManager manager = manager();
        try (InputStream stream = manager.fetchLogSegment(composite, 0, 0)) {
            assertThat(stream.readAllBytes()).hasSize(1);
        }
        copy(manager, segment);
        bucket.bucket().remove(KEYS.composite(SegmentNames.name(composite)));
        bucket.bucket().remove(KEYS.walObject(FIRST));
        bucket.bucket().remove(KEYS.walObject(SECOND));

        for (int from : new int[] {200_000, 100}) {
            try (InputStream stream = manager.fetchLogSegment(composite, from)) {
                assertThat(stream.readAllBytes()).isEqualTo(Arrays.copyOfRange(segment.data(), from, LENGTH));
            }
        }
        try (InputStream stream = manager().fetchLogSegment(composite, 7)) {
            assertThat(stream.readAllBytes()).isEqualTo(Arrays.copyOfRange(segment.data(), 7, LENGTH));
        }
    }

    @Test
    void a_segment_of_which_nothing_is_known_is_found_where_it_is() throws Exception {
        try (InputStream stream = manager().fetchLogSegment(withoutCustomMetadata(segment), 5)) {
            assertThat(stream.readAllBytes()).isEqualTo(Arrays.copyOfRange(segment.data(), 5, LENGTH));
        }
    }

    @Test
    void deleting_it_removes_the_composite_and_what_it_was_rewritten_as() throws Exception {
        S3RemoteStorageManager manager = manager();
        copy(manager, segment);
        manager.deleteLogSegmentData(composite);

        assertThatThrownBy(() -> manager.fetchLogSegment(composite, 0))
                .isInstanceOf(RemoteResourceNotFoundException.class);
        Stores.awaitUntil(() -> bucket.bucket().keys().equals(Set.of(KEYS.walObject(FIRST), KEYS.walObject(SECOND))));
    }

    @Test
    void opening_it_costs_one_request_where_its_metadata_says_what_it_is() throws Exception {
        S3RemoteStorageManager manager = manager();
        long gets = calls(SimulatedCall.Kind.GET);
        try (InputStream index = manager.fetchIndex(composite, IndexType.OFFSET)) {
            assertThat(index.readAllBytes()).isNotEmpty();
        }
        assertThat(calls(SimulatedCall.Kind.GET)).isEqualTo(gets + 2);
    }
}
