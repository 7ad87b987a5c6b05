package io.aquifer.wal.upload;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class UploadLagTest {

    private static final long MS = TimeUnit.MILLISECONDS.toNanos(1);

    private final UploadLag lag = new UploadLag();

    @Test
    void itIsAsOldAsTheOldestThatIsNotInS3() {
        lag.durable(100, 0);
        lag.durable(200, 50 * MS);
        assertThat(lag.nanos(80 * MS)).isEqualTo(80 * MS);

        lag.uploaded(100);
        assertThat(lag.nanos(80 * MS)).isEqualTo(30 * MS);

        lag.uploaded(199);
        assertThat(lag.nanos(80 * MS)).isEqualTo(30 * MS);
        lag.uploaded(200);
        assertThat(lag.nanos(80 * MS)).isZero();
    }

    @Test
    void withoutAnythingDurableThereIsNone() {
        assertThat(lag.nanos(5)).isZero();
    }

    @Test
    void howeverMuchIsLeftItIsExactForTheOldestAndCloseForTheRest() {
        long blocks = 100_000;
        for (long i = 0; i < blocks; i++) {
            lag.durable(i + 1, i * 20 * MS);
        }
        long now = blocks * 20 * MS;
        assertThat(lag.nanos(now)).isEqualTo(now);

        lag.uploaded(blocks / 2);
        long exact = now - blocks / 2 * 20 * MS;
        assertThat(lag.nanos(now)).isBetween(exact - now / 100, exact);

        lag.uploaded(blocks);
        assertThat(lag.nanos(now)).isZero();
    }
}
