package io.aquifer.format;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.aquifer.object.ObjectContent;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SegmentContentTest {

    private static final int DATA = 10 * Segments.CHUNK + 123;

    @ParameterizedTest
    @ValueSource(ints = {1, 1000, 4096, 5000, 8192, 12_000, 60_000})
    void is_the_same_however_and_in_whichever_order_it_is_read(int step) throws IOException {
        Map<SegmentPart, byte[]> parts = Segments.parts(Segments.data(DATA));
        byte[] expected = Segments.bytes(Segments.content(parts));
        SegmentContent content = Segments.content(parts);
        List<Integer> positions = new ArrayList<>();
        for (int position = 0; position < content.length(); position += step) {
            positions.add(position);
        }
        Collections.shuffle(positions, new Random(step));

        ByteBuffer all = ByteBuffer.allocate((int) content.length() + 7).position(7);
        for (int position : positions) {
            ByteBuffer target =
                    all.duplicate().position(position + 7).limit((int) Math.min(all.limit(), position + 7L + step));
            content.read(position, target);
            assertThat(target.hasRemaining()).isFalse();
        }

        assertThat(all.slice(7, expected.length)).isEqualTo(ByteBuffer.wrap(expected));
    }

    @Test
    void reads_the_data_once_when_it_is_read_in_whole_chunks() throws IOException {
        AtomicLong bytesRead = new AtomicLong();
        SegmentContent content = over(new ObjectContent() {
            @Override
            public long length() {
                return DATA;
            }

            @Override
            public void read(long position, ByteBuffer target) {
                bytesRead.addAndGet(target.remaining());
                target.position(target.limit());
            }
        });

        for (long position = 0; position < content.length(); position += 2L * Segments.CHUNK) {
            content.read(
                    position, ByteBuffer.allocate((int) Math.min(2 * Segments.CHUNK, content.length() - position)));
        }

        assertThat(bytesRead).hasValue(DATA);
    }

    @Test
    void data_that_changes_while_it_is_uploaded_is_noticed() throws IOException {
        byte[] data = Segments.data(DATA);
        SegmentContent content = Segments.content(Segments.parts(data));
        content.read(0, ByteBuffer.allocate(DATA));
        data[5000]++;

        assertThatThrownBy(() -> content.read(0, ByteBuffer.allocate(DATA)))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("change while they are uploaded");
    }

    @Test
    void says_where_its_index_is() throws IOException {
        SegmentContent content = Segments.content(Segments.parts(Segments.data(DATA)));
        SegmentLocation location = content.location();

        assertThat(location.objectLength()).isEqualTo(content.length());
        assertThat(SegmentLocation.fromBytes(location.toBytes())).contains(location);
        assertThat(location.toBytes()).hasSizeLessThan(128);
    }

    @Test
    void a_location_of_another_version_or_without_sense_is_no_location() {
        byte[] bytes = new SegmentLocation(false, 1000, 200).toBytes();
        bytes[0] = 3;
        assertThat(SegmentLocation.fromBytes(bytes)).isEmpty();
        assertThat(SegmentLocation.fromBytes(new byte[0])).isEmpty();
        byte[] tooLong = new SegmentLocation(false, 1000, 200).toBytes();
        tooLong[9] = 1;
        assertThat(SegmentLocation.fromBytes(tooLong)).isEmpty();
    }

    @Test
    void only_the_transaction_index_may_be_missing() {
        Map<SegmentPart, byte[]> parts = Segments.parts(Segments.data(10));
        parts.remove(SegmentPart.TIME_INDEX);

        assertThatThrownBy(() -> Segments.content(parts))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("TIME_INDEX");
    }

    private static SegmentContent over(ObjectContent data) {
        Map<SegmentPart, ObjectContent> parts = new EnumMap<>(SegmentPart.class);
        Segments.parts(new byte[0]).forEach((part, bytes) -> parts.put(part, ObjectContent.of(ByteBuffer.wrap(bytes))));
        parts.put(SegmentPart.DATA, data);
        return new SegmentContent(Segments.INFO, parts, Segments.CHUNK);
    }
}
