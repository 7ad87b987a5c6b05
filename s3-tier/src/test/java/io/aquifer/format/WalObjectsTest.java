package io.aquifer.format;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.aquifer.object.ObjectContent;
import io.aquifer.object.ObjectNotFoundException;
import io.aquifer.object.PutResult;
import io.aquifer.object.SimulatedCall;
import io.aquifer.object.SimulatedObjectStore;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class WalObjectsTest {

    private static final String KEY = Segments.KEYS.walObject(WalFixtures.NAME);

    private final SimulatedObjectStore store = SimulatedObjectStore.eager();
    private final WalObjects objects = new WalObjects(store, Segments.KEYS);

    @Test
    void what_was_created_is_opened_with_one_request_and_read_with_one_for_each_payload() {
        assertThat(create()).isEqualTo(PutResult.CREATED);

        WalObjectIndex index = objects.open(WalFixtures.NAME).join();
        assertThat(index.info()).isEqualTo(WalFixtures.INFO);
        assertThat(index.logs()).isEqualTo(WalFixtures.INDEX.logs());
        WalEntry data = index.logs().get(WalFixtures.FIRST).get(0);
        assertThat(objects.read(WalFixtures.NAME, data).join()).isEqualTo(WalFixtures.DATA);
        assertThat(requests())
                .containsExactly(SimulatedCall.Kind.UPLOAD, SimulatedCall.Kind.GET_TAIL, SimulatedCall.Kind.GET);
    }

    @Test
    void a_second_request_gets_an_index_that_is_longer_than_guessed() {
        create();

        WalObjectIndex index = new WalObjects(store, Segments.KEYS, ObjectTrailer.SIZE + 20)
                .open(WalFixtures.NAME)
                .join();
        assertThat(index.logs()).isEqualTo(WalFixtures.INDEX.logs());
        assertThat(requests())
                .containsExactly(SimulatedCall.Kind.UPLOAD, SimulatedCall.Kind.GET_TAIL, SimulatedCall.Kind.GET);
    }

    @Test
    void batch_headers_and_whole_control_batches_are_known_without_reading_data() {
        create();
        WalObjectIndex index = objects.open(WalFixtures.NAME).join();

        List<BatchHeader> batches = index.logs().get(WalFixtures.FIRST).get(0).batches();

        assertThat(batches).extracting(BatchHeader::baseOffset).containsExactly(100L, 105L, 107L);
        assertThat(batches).extracting(BatchHeader::lastOffset).containsExactly(104L, 106L, 107L);
        assertThat(batches).extracting(BatchHeader::length).containsExactly(261, 111, 77);
        assertThat(batches).extracting(BatchHeader::position).containsExactly(136, 136 + 261, 136 + 261 + 111);
        assertThat(batches).extracting(BatchHeader::leaderEpoch).containsExactly(5, 5, 5);
        assertThat(batches).extracting(BatchHeader::maxTimestamp).containsExactly(1104L, 1106L, 1107L);
        assertThat(batches).extracting(BatchHeader::producerId).containsExactly(-1L, 77L, 77L);
        assertThat(batches).extracting(BatchHeader::producerEpoch).containsExactly((short) -1, (short) 3, (short) 3);
        assertThat(batches).extracting(BatchHeader::baseSequence).containsExactly(-1, 40, -1);
        assertThat(batches).extracting(BatchHeader::isTransactional).containsExactly(false, true, true);
        assertThat(batches).extracting(BatchHeader::isControl).containsExactly(false, false, true);
        assertThat(batches.get(1).bytes())
                .isEqualTo(WalFixtures.TRANSACTIONAL.bytes().limit(BatchHeader.SIZE));
        assertThat(batches.get(2).bytes()).isEqualTo(WalFixtures.MARKER.bytes());
        assertThat(requests()).doesNotContain(SimulatedCall.Kind.GET);
    }

    @Test
    void control_records_and_checkpoints_are_known_without_reading_data() {
        create();
        List<WalEntry> entries = objects.open(WalFixtures.NAME).join().logs().get(WalFixtures.FIRST);

        assertThat(entries)
                .extracting(WalEntry::kind)
                .containsExactly(WalEntryKind.DATA, WalEntryKind.CHECKPOINT, WalEntryKind.TRUNCATE);
        assertThat(entries.get(1).excerpt()).isEqualTo(WalFixtures.TOPIC);
        assertThat(entries.get(2).baseOffset()).isEqualTo(105);
        assertThat(entries.get(2).batches()).isEmpty();
    }

    @Test
    void a_number_is_created_once() {
        assertThat(create()).isEqualTo(PutResult.CREATED);
        byte[] first = store.bucket().bytes(KEY);
        assertThat(create()).isEqualTo(PutResult.SAME_EXISTS);

        byte[] other = WalFixtures.body();
        other[0]++;
        assertThat(objects.create(WalFixtures.INDEX, ObjectContent.of(ByteBuffer.wrap(other)))
                        .join())
                .isEqualTo(PutResult.OTHER_EXISTS);
        assertThat(store.bucket().bytes(KEY)).isEqualTo(first).isEqualTo(WalFixtures.object());
    }

    @Test
    void a_body_of_another_length_than_was_indexed_is_not_uploaded() {
        ByteBuffer body = ByteBuffer.wrap(WalFixtures.body()).limit(2047);

        assertThatThrownBy(() -> objects.create(WalFixtures.INDEX, ObjectContent.of(body)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("2047");
        assertThat(store.bucket().keys()).isEmpty();
    }

    @Test
    void an_object_under_another_number_is_refused() {
        WalObjectName other = new WalObjectName(1, 2, 3);
        store.bucket().create(Segments.KEYS.walObject(other), WalFixtures.object(), Instant.EPOCH);

        assertThatThrownBy(() -> objects.open(other).join())
                .cause()
                .isInstanceOf(ForeignObjectException.class)
                .hasMessageContaining("holds another WAL object");
    }

    @Test
    void an_object_that_is_not_there_is_not_found() {
        assertThatThrownBy(() -> objects.open(WalFixtures.NAME).join())
                .cause()
                .isInstanceOf(ObjectNotFoundException.class);
        assertThatThrownBy(() ->
                        objects.read(WalFixtures.NAME, WalFixtures.DATA_ENTRY).join())
                .cause()
                .isInstanceOf(ObjectNotFoundException.class);
    }

    private PutResult create() {
        return objects.create(WalFixtures.INDEX, ObjectContent.of(ByteBuffer.wrap(WalFixtures.body())))
                .join();
    }

    private List<SimulatedCall.Kind> requests() {
        return store.calls().stream().map(SimulatedCall::kind).toList();
    }
}
