package io.aquifer.wal.append;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.aquifer.wal.device.Durability;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** On a device where a write that fails may take along those that overlapped it, none counts before they are over. */
class OverlappingWritesTest {

    private static final int BLOCK = TestLog.BLOCK_SIZE;

    private final OverlappingWrites writes = new OverlappingWrites(true);

    @Test
    void a_lone_write_counts_when_it_is_over() {
        OverlappingWrites.Write write = writes.begin();
        assertThat(writes.counts(write)).isFalse();
        writes.end(write);
        assertThat(writes.counts(write)).isTrue();
    }

    @Test
    void a_write_waits_for_those_under_way_at_its_end_whichever_began_first() {
        OverlappingWrites.Write before = writes.begin();
        OverlappingWrites.Write write = writes.begin();
        OverlappingWrites.Write after = writes.begin();
        writes.end(write);
        assertThat(writes.counts(write)).isFalse();
        writes.end(after);
        assertThat(writes.counts(write)).isFalse();
        writes.end(before);
        assertThat(List.of(before, write, after)).allMatch(writes::counts);
    }

    @Test
    void a_write_does_not_wait_for_one_that_began_after_its_end() {
        OverlappingWrites.Write first = writes.begin();
        OverlappingWrites.Write second = writes.begin();
        writes.end(first);
        OverlappingWrites.Write third = writes.begin();
        writes.end(second);
        assertThat(writes.counts(first)).isTrue();
        assertThat(writes.counts(second)).isFalse();
        writes.end(third);
        assertThat(writes.counts(second)).isTrue();
    }

    @Test
    void where_a_failure_takes_nothing_along_a_write_counts_at_once() {
        OverlappingWrites alone = new OverlappingWrites(false);
        alone.begin();
        OverlappingWrites.Write write = alone.begin();
        assertThat(alone.counts(write)).isFalse();
        alone.end(write);
        assertThat(alone.counts(write)).isTrue();
    }

    @ParameterizedTest
    @EnumSource(
            value = Durability.class,
            names = {"DSYNC", "AIO"})
    void a_block_is_durable_once_those_written_at_the_same_time_are(Durability durability) throws IOException {
        TestLog test = new TestLog(64, 32, BLOCK, durability);
        Block first = block(test);
        Block second = block(test);

        test.complete(first);
        assertThat(test.durable).isEmpty();
        Block third = block(test);
        test.complete(second);
        assertThat(test.durable).containsExactly(0L);
        test.complete(third);
        assertThat(test.durable).containsExactly(0L, 1L, 2L);
    }

    @ParameterizedTest
    @EnumSource(
            value = Durability.class,
            names = {"SYNC", "WRITE_THROUGH"})
    void a_block_is_durable_at_once_where_writes_do_not_flush(Durability durability) throws IOException {
        TestLog test = new TestLog(64, 32, BLOCK, durability);
        Block first = block(test);
        block(test);

        test.complete(first);
        assertThat(test.durable).containsExactly(0L);
    }

    @Test
    void room_is_given_back_once_the_blocks_are_durable_that_were_written_at_the_same_time_as_the_superblock()
            throws IOException {
        TestLog test = new TestLog(64, 32, BLOCK, Durability.AIO);
        test.complete(block(test));
        Block overlapping = block(test);
        long used = test.log.ringUsed();

        test.log.beginTrim(BLOCK, false);
        assertThat(test.log.isTrimUnderWay()).isTrue();
        assertThat(test.log.trimPosition()).isZero();
        assertThat(test.log.ringUsed()).isEqualTo(used);
        assertThatThrownBy(() -> test.log.beginTrim(BLOCK, false)).isInstanceOf(IllegalStateException.class);

        test.complete(overlapping);
        assertThat(test.log.isTrimUnderWay()).isFalse();
        assertThat(test.log.trimPosition()).isEqualTo(BLOCK);
        assertThat(test.log.ringUsed()).isEqualTo(used - BLOCK);
    }

    @Test
    @Timeout(60)
    void a_trim_returns_once_the_block_is_durable_that_was_written_at_the_same_time() throws IOException {
        TestLog test = new TestLog(64, 32, BLOCK, Durability.AIO);
        test.complete(block(test));
        Block overlapping = block(test);

        CompletableFuture<Void> trimmer = trimInBackground(test);
        test.complete(overlapping);
        trimmer.join();

        assertThat(test.log.trimPosition()).isEqualTo(BLOCK);
    }

    @Test
    @Timeout(60)
    void a_trim_fails_when_the_block_does_that_is_written_at_the_same_time() throws IOException {
        TestLog test = new TestLog(64, 32, BLOCK, Durability.AIO);
        test.complete(block(test));
        block(test);

        CompletableFuture<Void> trimmer = trimInBackground(test);
        test.log.fail(new IOException("injected"));

        assertThatThrownBy(trimmer::join)
                .hasRootCauseMessage("injected")
                .cause()
                .hasCauseInstanceOf(WalFailedException.class);
        assertThat(test.log.trimPosition()).isZero();
    }

    /** Trims the first block away, and returns when that is under way. */
    private static CompletableFuture<Void> trimInBackground(TestLog test) {
        CompletableFuture<Void> trimmer = CompletableFuture.runAsync(() -> {
            try {
                test.log.trim(BLOCK, false);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        });
        while (!test.log.isTrimUnderWay() && !trimmer.isDone()) {
            Thread.onSpinWait();
        }
        return trimmer;
    }

    private static Block block(TestLog test) throws IOException {
        test.append(100);
        List<Block> blocks = test.pollAll();
        assertThat(blocks).hasSize(1);
        return blocks.get(0);
    }
}
