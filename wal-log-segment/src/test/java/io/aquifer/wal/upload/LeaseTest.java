package io.aquifer.wal.upload;

import static org.assertj.core.api.Assertions.assertThat;

import io.aquifer.wal.append.Custodian.Standing;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class LeaseTest {

    private static final long LENGTH = TimeUnit.MILLISECONDS.toNanos(30);

    private long now = 1_000;
    private final Lease enforced = new Lease(() -> now, LENGTH, true);
    private final Lease unenforced = new Lease(() -> now, LENGTH, false);

    @Test
    void beforeTheFirstConfirmationNothingIsHeldOrLost() {
        now += 10 * LENGTH;

        assertThat(enforced.standing()).isEqualTo(Standing.UNCONFIRMED);
        assertThat(unenforced.standing()).isEqualTo(Standing.HELD);
    }

    @Test
    void itCountsFromWhenTheRequestWasSentAndNotFromItsAnswer() {
        long sent = now;
        now += LENGTH - 1;
        enforced.renew(sent);
        assertThat(enforced.standing()).isEqualTo(Standing.HELD);

        now++;
        assertThat(enforced.standing()).isEqualTo(Standing.LOST);
    }

    @Test
    void whatWasLostOnceIsNotHeldAgain() {
        enforced.renew(now);
        now += LENGTH;
        assertThat(enforced.standing()).isEqualTo(Standing.LOST);

        enforced.renew(now);

        assertThat(enforced.standing()).isEqualTo(Standing.LOST);
        assertThat(enforced.loss()).hasMessageContaining("aquifer.lease.ms=30").hasMessageContaining("for 30 ms");
    }

    @Test
    void anAnswerThatComesLateDoesNotShortenIt() {
        enforced.renew(now + 5);
        enforced.renew(now);
        now += LENGTH + 4;

        assertThat(enforced.standing()).isEqualTo(Standing.HELD);
    }

    @Test
    void whereTheDeviceIsFencedOnlyAKnownLossCounts() {
        unenforced.renew(now);
        now += 10 * LENGTH;
        assertThat(unenforced.standing()).isEqualTo(Standing.HELD);

        OwnershipLostException first = new OwnershipLostException("first", null);
        unenforced.lose(first);
        unenforced.lose(new OwnershipLostException("second", null));
        assertThat(unenforced.standing()).isEqualTo(Standing.LOST);
        assertThat(unenforced.loss()).isSameAs(first);
    }

    @Test
    void itIsConfirmedThreeTimesAsOftenAndSaysItsLengthWhereItCounts() {
        assertThat(enforced.renewalNanos()).isEqualTo(LENGTH / 3);
        assertThat(enforced.lengthMs()).isEqualTo(OptionalLong.of(30));
        assertThat(unenforced.lengthMs()).isEmpty();
    }
}
