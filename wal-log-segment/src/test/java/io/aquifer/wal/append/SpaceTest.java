package io.aquifer.wal.append;

import static org.assertj.core.api.Assertions.assertThat;

import io.aquifer.wal.layout.RecordKind;
import org.junit.jupiter.api.Test;

class SpaceTest {

    /** Of the ring 16,000: 4,000 for the wrap, 500 for checkpoints, 500 for any control record, 11,000 for appends. */
    private final Space space = new Space(160_000, 16_000, 4_000, 0);

    @Test
    void aPromiseTakesMemoryAndRing() throws InterruptedException {
        assertThat(space.acquire(11_000, 0)).isTrue();
        assertThat(space.ringUsed()).isEqualTo(11_000);
        assertThat(space.memoryUsed()).isEqualTo(11_000);
        space.release(11_000);
        assertThat(space.ringUsed()).isZero();
        assertThat(space.memoryUsed()).isZero();
    }

    @Test
    void whatIsRefusedByOneIsNotTakenFromTheOther() throws InterruptedException {
        assertThat(space.tryAcquire(11_001)).isFalse();
        assertThat(space.memoryUsed()).isZero();
        Space small = new Space(16_000, 160_000, 4_000, 0);
        assertThat(small.tryAcquire(11_001)).isFalse();
        assertThat(small.acquire(11_001, 0)).isFalse();
        assertThat(small.ringUsed()).isZero();
        assertThat(small.capacity()).isEqualTo(space.capacity()).isEqualTo(11_000);
    }

    @Test
    void appendsLeaveRoomToControlRecordsAndTheseToCheckpoints() {
        assertThat(space.tryAcquire(11_000)).isTrue();
        assertThat(space.tryAcquire(1)).isFalse();
        assertThat(space.tryAcquire(500, RecordKind.TRUNCATE)).isTrue();
        assertThat(space.tryAcquire(1, RecordKind.LOG_START)).isFalse();
        assertThat(space.tryAcquire(500, RecordKind.CHECKPOINT)).isTrue();
        assertThat(space.tryAcquire(1, RecordKind.CHECKPOINT)).isFalse();
    }

    @Test
    void whatRecoveryFoundInUseIsTakenFromTheRingOnly() {
        Space recovered = new Space(160_000, 16_000, 4_000, 11_500);
        assertThat(recovered.tryAcquire(1)).isFalse();
        assertThat(recovered.tryAcquire(1, RecordKind.DELETE)).isFalse();
        assertThat(recovered.tryAcquire(500, RecordKind.CHECKPOINT)).isTrue();
        recovered.ringFreed(11_500);
        recovered.memoryFreed(500);
        assertThat(recovered.ringUsed()).isEqualTo(500);
        assertThat(recovered.memoryUsed()).isZero();
    }

    @Test
    void itSaysHowFullItIs() {
        assertThat(space.tryAcquire(10)).isTrue();
        assertThat(space).hasToString("10 of 11000 bytes of its ring and 10 of 146000 bytes of its memory are taken");
    }
}
