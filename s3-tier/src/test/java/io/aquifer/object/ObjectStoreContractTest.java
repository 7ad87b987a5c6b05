package io.aquifer.object;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What every object store does, whatever it is made of. */
abstract class ObjectStoreContractTest {

    /** Part size of the store under test. */
    static final int PART = ObjectStoreSettings.MIN_PART_BYTES;

    /** The store under test, empty, with parts of {@link #PART} bytes. */
    abstract ObjectStore store();

    /** What {@code future} completes with, or an exception with its failure as the cause. */
    abstract <T> T await(CompletableFuture<T> future);

    /** Begins an upload that nobody goes on with. */
    abstract void beginUpload(String key);

    @Test
    void an_object_is_read_back_in_any_range() {
        byte[] bytes = Bytes.random(1, 10_000);
        assertThat(put("a/object", bytes)).isEqualTo(PutResult.CREATED);

        assertThat(read("a/object", 0, 10_000)).isEqualTo(bytes);
        assertThat(read("a/object", 0, 1)).isEqualTo(Arrays.copyOf(bytes, 1));
        assertThat(read("a/object", 1234, 5678)).isEqualTo(Arrays.copyOfRange(bytes, 1234, 1234 + 5678));
        assertThat(read("a/object", 9_999, 1)).isEqualTo(Arrays.copyOfRange(bytes, 9_999, 10_000));
    }

    @Test
    void a_range_goes_where_the_target_says_and_nowhere_else() {
        put("object", Bytes.random(2, 1000));
        ByteBuffer target = ByteBuffer.allocateDirect(300).position(100).limit(200);

        ObjectRange range = await(store().get("object", 500, target));

        assertThat(range).isEqualTo(new ObjectRange(500, 100, 1000));
        assertThat(target.position()).isEqualTo(100);
        assertThat(target.limit()).isEqualTo(200);
        assertThat(Bytes.of(target)).isEqualTo(Arrays.copyOfRange(Bytes.random(2, 1000), 500, 600));
        assertThat(Bytes.of(target.clear().limit(100))).containsOnly(0);
        assertThat(Bytes.of(target.clear().position(200))).containsOnly(0);
    }

    @Test
    void the_tail_of_an_object_is_read_without_knowing_its_length() {
        byte[] bytes = Bytes.random(3, 1000);
        put("object", bytes);
        ByteBuffer target = ByteBuffer.allocate(64);

        assertThat(await(store().getTail("object", target))).isEqualTo(new ObjectRange(936, 64, 1000));
        assertThat(target.array()).isEqualTo(Arrays.copyOfRange(bytes, 936, 1000));
    }

    @Test
    void the_tail_of_a_shorter_object_is_all_of_it() {
        byte[] bytes = Bytes.random(4, 10);
        put("object", bytes);
        ByteBuffer target = ByteBuffer.allocate(64);

        assertThat(await(store().getTail("object", target))).isEqualTo(new ObjectRange(0, 10, 10));
        assertThat(target.array()).startsWith(bytes);
    }

    @Test
    void an_object_that_ends_before_the_range_does_is_an_error() {
        put("object", Bytes.random(5, 100));

        assertThatThrownBy(() -> read("object", 90, 11)).hasCauseInstanceOf(ObjectTooShortException.class);
        assertThatThrownBy(() -> read("object", 100, 1)).hasCauseInstanceOf(ObjectTooShortException.class);
    }

    @Test
    void what_does_not_exist_is_not_found() {
        assertThatThrownBy(() -> read("missing", 0, 1))
                .hasCauseInstanceOf(ObjectNotFoundException.class)
                .hasMessageContaining("missing");
        assertThatThrownBy(() -> await(store().getTail("missing", ByteBuffer.allocate(1))))
                .hasCauseInstanceOf(ObjectNotFoundException.class);
        assertThatThrownBy(() -> await(store().head("missing"))).hasCauseInstanceOf(ObjectNotFoundException.class);
    }

    @Test
    void an_object_is_created_only_once() {
        byte[] bytes = Bytes.random(6, 1000);
        byte[] others = Bytes.random(7, 1000);
        assertThat(put("object", bytes)).isEqualTo(PutResult.CREATED);

        assertThat(put("object", bytes)).isEqualTo(PutResult.SAME_EXISTS);
        assertThat(put("object", others)).isEqualTo(PutResult.OTHER_EXISTS);
        assertThat(put("object", Bytes.random(6, 999))).isEqualTo(PutResult.OTHER_EXISTS);
        assertThat(read("object", 0, 1000)).isEqualTo(bytes);
    }

    @Test
    void only_what_remains_in_a_buffer_is_put_and_the_buffer_is_left_alone() {
        byte[] bytes = Bytes.random(8, 300);
        ByteBuffer content = Bytes.direct(bytes).position(100).limit(200);

        await(store().putIfAbsent("object", content));

        assertThat(content.position()).isEqualTo(100);
        assertThat(content.limit()).isEqualTo(200);
        assertThat(await(store().head("object")).length()).isEqualTo(100);
        assertThat(read("object", 0, 100)).isEqualTo(Arrays.copyOfRange(bytes, 100, 200));
    }

    @Test
    void of_many_that_create_the_same_key_at_once_one_does() {
        List<CompletableFuture<PutResult>> racing = IntStream.range(0, 16)
                .mapToObj(i -> store().putIfAbsent("object", ByteBuffer.wrap(Bytes.random(i, 2000))))
                .toList();

        List<PutResult> results = racing.stream().map(this::await).toList();

        assertThat(results).containsOnlyOnce(PutResult.CREATED);
        assertThat(results)
                .filteredOn(result -> result == PutResult.OTHER_EXISTS)
                .hasSize(15);
        assertThat(read("object", 0, 2000)).isEqualTo(Bytes.random(results.indexOf(PutResult.CREATED), 2000));
    }

    @Test
    void an_empty_object_exists() {
        assertThat(put("empty", new byte[0])).isEqualTo(PutResult.CREATED);
        assertThat(await(store().uploadIfAbsent("empty-upload", ObjectContent.of(ByteBuffer.allocate(0)))))
                .isEqualTo(PutResult.CREATED);

        assertThat(await(store().head("empty")).length()).isZero();
        assertThat(await(store().head("empty-upload")).length()).isZero();
        assertThat(put("empty", new byte[0])).isEqualTo(PutResult.SAME_EXISTS);
        assertThatThrownBy(() -> await(store().getTail("empty", ByteBuffer.allocate(1))))
                .hasCauseInstanceOf(ObjectTooShortException.class);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, PART, PART + 1, 3 * PART, 3 * PART + 1})
    void content_of_any_length_is_uploaded(int length) {
        byte[] bytes = Bytes.random(length, length);

        assertThat(await(store().uploadIfAbsent("object", ObjectContent.of(ByteBuffer.wrap(bytes)))))
                .isEqualTo(PutResult.CREATED);

        assertThat(await(store().head("object")).length()).isEqualTo(length);
        assertThat(read("object", 0, length)).isEqualTo(bytes);
        assertThat(unfinished()).isEmpty();
    }

    @Test
    void pieces_of_files_and_memory_become_one_object(@TempDir Path folder) throws IOException {
        byte[] bytes = Bytes.random(9, 2 * PART + 5000);
        Path file = Files.write(folder.resolve("segment"), bytes);
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            ObjectContent content = ObjectContent.concat(List.of(
                    ObjectContent.of(channel, 1000, 2 * PART),
                    ObjectContent.of(ByteBuffer.allocate(0)),
                    ObjectContent.of(ByteBuffer.wrap(bytes, 0, 77)),
                    ObjectContent.of(channel, 0, 99)));

            assertThat(await(store().uploadIfAbsent("object", content))).isEqualTo(PutResult.CREATED);
        }

        assertThat(read("object", 0, 2 * PART)).isEqualTo(Arrays.copyOfRange(bytes, 1000, 1000 + 2 * PART));
        assertThat(read("object", 2 * PART, 77)).isEqualTo(Arrays.copyOf(bytes, 77));
        assertThat(read("object", 2 * PART + 77, 99)).isEqualTo(Arrays.copyOf(bytes, 99));
    }

    @Test
    void an_upload_finds_the_key_taken_and_says_by_what() {
        byte[] bytes = Bytes.random(10, PART + 10);
        byte[] others = bytes.clone();
        others[PART + 5]++;
        assertThat(upload("object", bytes)).isEqualTo(PutResult.CREATED);

        assertThat(upload("object", bytes)).isEqualTo(PutResult.SAME_EXISTS);
        assertThat(upload("object", others)).isEqualTo(PutResult.OTHER_EXISTS);
        assertThat(read("object", PART, 10)).isEqualTo(Arrays.copyOfRange(bytes, PART, PART + 10));
        awaitNothingUnfinished();
    }

    @Test
    void an_upload_whose_content_can_not_be_read_leaves_nothing(@TempDir Path folder) throws IOException {
        Path file = Files.write(folder.resolve("cut"), Bytes.random(11, PART + 10));
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            assertThatThrownBy(() ->
                            await(store().uploadIfAbsent("object", ObjectContent.of(channel, 0, 2 * PART + 10))))
                    .hasCauseInstanceOf(UnreadableContentException.class);
            assertThatThrownBy(() -> await(store().uploadIfAbsent("small", ObjectContent.of(channel, PART, 20))))
                    .hasCauseInstanceOf(UnreadableContentException.class);
        }

        assertThat(keys("", null, 10)).isEmpty();
        awaitNothingUnfinished();
    }

    @Test
    void keys_are_listed_in_order_page_by_page() {
        List<String> keys = List.of("p/1", "p/10", "p/2", "p/a-b", "p/a.c", "p/a_d");
        List<String> shuffled = new ArrayList<>(keys);
        Collections.reverse(shuffled);
        shuffled.forEach(key -> put(key, key.getBytes(StandardCharsets.US_ASCII)));
        put("o", new byte[1]);
        put("q/1", new byte[1]);

        assertThat(keys("p/", null, 1000)).isEqualTo(keys);
        assertThat(keys("p/a", null, 1000)).isEqualTo(keys.subList(3, 6));
        assertThat(keys("p/", "p/10", 1000)).isEqualTo(keys.subList(2, 6));
        assertThat(keys("p/", "p/11", 1000)).isEqualTo(keys.subList(2, 6));
        assertThat(keys("", null, 1000)).hasSize(8);
        assertThat(keys("none/", null, 1000)).isEmpty();
        assertThat(pages("p/", 4)).containsExactly(keys.subList(0, 4), keys.subList(4, 6));
    }

    @Test
    void a_listing_knows_how_long_objects_are() {
        put("object", new byte[123]);

        StoredObject listed = await(store().list("object", null, 1)).objects().get(0);

        assertThat(listed.length()).isEqualTo(123);
        assertThat(listed.lastModified().getEpochSecond())
                .isEqualTo(await(store().head("object")).lastModified().getEpochSecond());
    }

    @Test
    void what_is_deleted_is_gone_and_deleting_again_is_no_error() {
        put("a", new byte[1]);
        put("b", new byte[1]);
        put("c", new byte[1]);

        await(store().delete(List.of("a")));
        await(store().delete(List.of("a", "b", "missing")));
        await(store().delete(List.of("missing")));
        await(store().delete(List.of()));

        assertThat(keys("", null, 10)).containsExactly("c");
        assertThat(put("a", new byte[2])).isEqualTo(PutResult.CREATED);
    }

    @Test
    void more_keys_are_deleted_at_once_than_fit_into_a_request() {
        List<String> keys = IntStream.range(0, 1200).mapToObj(i -> "key-" + i).toList();
        List<String> existing = List.of("key-0", "key-999", "key-1000", "key-1199");
        existing.forEach(key -> put(key, new byte[1]));

        await(store().delete(keys));

        assertThat(keys("", null, 10)).isEmpty();
    }

    @Test
    void unfinished_uploads_are_found_and_aborted() {
        beginUpload("a/1");
        beginUpload("a/2");
        beginUpload("b");

        List<UnfinishedUpload> found =
                await(store().listUnfinishedUploads("a/", null)).uploads();
        assertThat(found).extracting(UnfinishedUpload::key).containsExactly("a/1", "a/2");
        await(store().abortUpload(found.get(0)));
        await(store().abortUpload(found.get(0)));

        assertThat(unfinished()).containsExactly("a/2", "b");
        assertThat(keys("", null, 10)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "/a", "a/", "a//b", "a b", "a\u00e9"})
    void a_key_that_some_store_could_not_hold_is_refused(String key) {
        assertThatIllegalArgumentException().isThrownBy(() -> store().head(key));
        assertThatIllegalArgumentException().isThrownBy(() -> store().putIfAbsent(key, ByteBuffer.allocate(1)));
        assertThatIllegalArgumentException().isThrownBy(() -> store().delete(List.of("fine", key)));
    }

    @Test
    void ranges_and_pages_that_make_no_sense_are_refused() {
        assertThatIllegalArgumentException().isThrownBy(() -> store().get("a", 0, ByteBuffer.allocate(0)));
        assertThatIllegalArgumentException().isThrownBy(() -> store().get("a", -1, ByteBuffer.allocate(1)));
        assertThatIllegalArgumentException().isThrownBy(() -> store().getTail("a", ByteBuffer.allocate(0)));
        assertThatIllegalArgumentException().isThrownBy(() -> store().list("a", null, 0));
        assertThatIllegalArgumentException().isThrownBy(() -> store().list("a", null, 1001));
    }

    @Test
    void a_closed_store_says_so() {
        store().close();

        assertThatThrownBy(() -> await(store().head("a"))).hasCauseInstanceOf(ClosedStoreException.class);
        assertThatThrownBy(() -> await(store().putIfAbsent("a", ByteBuffer.allocate(1))))
                .hasCauseInstanceOf(ClosedStoreException.class);
    }

    PutResult put(String key, byte[] bytes) {
        return await(store().putIfAbsent(key, Bytes.direct(bytes)));
    }

    PutResult upload(String key, byte[] bytes) {
        return await(store().uploadIfAbsent(key, ObjectContent.of(ByteBuffer.wrap(bytes))));
    }

    byte[] read(String key, long offset, int length) {
        ByteBuffer target = ByteBuffer.allocate(length);
        await(store().get(key, offset, target));
        return target.array();
    }

    List<String> keys(String prefix, String startAfter, int maxKeys) {
        return await(store().list(prefix, startAfter, maxKeys)).objects().stream()
                .map(StoredObject::key)
                .toList();
    }

    List<List<String>> pages(String prefix, int maxKeys) {
        List<List<String>> pages = new ArrayList<>();
        Optional<String> startAfter = Optional.empty();
        do {
            ObjectPage page = await(store().list(prefix, startAfter.orElse(null), maxKeys));
            pages.add(page.objects().stream().map(StoredObject::key).toList());
            startAfter = page.next();
        } while (startAfter.isPresent());
        return pages;
    }

    List<String> unfinished() {
        return await(store().listUnfinishedUploads("", null)).uploads().stream()
                .map(UnfinishedUpload::key)
                .toList();
    }

    /** Uploads that failed are aborted behind their caller's back. */
    void awaitNothingUnfinished() {
        long deadline = System.nanoTime() + 10_000_000_000L;
        while (!unfinished().isEmpty()) {
            assertThat(System.nanoTime()).as("aborted in time").isLessThan(deadline);
        }
    }
}
