package io.aquifer.format;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.aquifer.object.ObjectStore;
import io.aquifer.object.SimulatedBucket;
import io.aquifer.object.SimulatedClock;
import io.aquifer.object.SimulatedObjectStore;
import io.aquifer.object.StoreWait;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/**
 * On which terms a broker owns its WAL, byte for byte as in version 1. The bytes were not written by the code that they hold: they
 * follow the tables in the Javadoc.
 */
class TakeoversTest {

    private static final ClusterKeys KEYS = ClusterKeys.of("", "cluster");
    private static final UUID WAL_ID = UUID.fromString("00112233-4455-6677-8899-aabbccddeeff");
    private static final WalEpoch OWNED = new WalEpoch(7, 0x0102030405060708L);
    private static final WalEpoch TAKEN = new WalEpoch(7, 0xffffffffL);
    private static final OwnershipTerms TERMS = new OwnershipTerms(OWNED, WAL_ID, OptionalLong.of(10_000));
    private static final OwnershipTerms NO_LEASE = new OwnershipTerms(OWNED, WAL_ID, OptionalLong.empty());
    private static final Map<OwnershipTerms, String> GOLDEN = Map.of(
            TERMS,
            "41515549464f574e000100001f9b6e6f00000007010203040506070800112233"
                    + "445566778899aabbccddeeff0000000000002710",
            NO_LEASE,
            "41515549464f574e00010000ce6c7a0a00000007010203040506070800112233"
                    + "445566778899aabbccddeeffffffffffffffffff");

    private final SimulatedBucket bucket = new SimulatedBucket();
    private final ObjectStore store = new SimulatedObjectStore(SimulatedClock.eager(), bucket, 0);
    private final Takeovers takeovers = new Takeovers(store, KEYS);

    private static OwnershipTerms read(ByteBuffer bytes) throws ObjectFormatException {
        return OwnershipTerms.readFrom(bytes, "an object");
    }

    @Test
    void objects_are_written_as_in_version_1() {
        GOLDEN.forEach((object, golden) ->
                assertThat(HexFormat.of().formatHex(object.toBytes().array())).isEqualTo(golden));
    }

    @Test
    void objects_of_version_1_are_read_and_every_damaged_byte_is_noticed() throws IOException {
        for (OwnershipTerms object : List.of(TERMS, NO_LEASE)) {
            byte[] golden = HexFormat.of().parseHex(GOLDEN.get(object));
            assertThat(read(ByteBuffer.wrap(golden))).isEqualTo(object);
            for (int i = 0; i < golden.length; i++) {
                byte[] damaged = golden.clone();
                damaged[i] ^= 0x10;
                assertThatThrownBy(() -> read(ByteBuffer.wrap(damaged)))
                        .as("byte %d of %s", i, object)
                        .isInstanceOfAny(DamagedObjectException.class, ForeignObjectException.class);
                ByteBuffer cut = ByteBuffer.wrap(golden, 0, i).slice();
                assertThatThrownBy(() -> read(cut)).isInstanceOf(ObjectFormatException.class);
            }
        }
    }

    @Test
    void terms_are_found_by_their_epoch_and_not_believed_in_another_place() throws IOException {
        StoreWait.untilDone(takeovers.create(TERMS));
        StoreWait.untilDone(store.putIfAbsent(KEYS.takeover(TAKEN, "terms"), TERMS.toBytes()));

        assertThat(StoreWait.untilDone(takeovers.terms(OWNED))).contains(TERMS);
        assertThat(StoreWait.untilDone(takeovers.epochs(7))).containsExactly(TAKEN.epoch(), OWNED.epoch());
        assertThat(StoreWait.untilDone(takeovers.epochs(8))).isEmpty();
        assertThat(StoreWait.untilDone(takeovers.terms(new WalEpoch(8, 1)))).isEmpty();
        assertThatThrownBy(() -> StoreWait.untilDone(takeovers.terms(TAKEN)))
                .isInstanceOf(ForeignObjectException.class)
                .hasMessageContaining("copied from another key");
    }

    @Test
    void only_keys_of_takeovers_are_taken_for_such() {
        assertThat(KEYS.takeoverOf(KEYS.takeover(TAKEN, "plan"))).contains(TAKEN);
        for (String key : List.of(
                "cluster/takeover/7/1/plan",
                "cluster/takeover/99999999999/00000000000000000001/plan",
                "cluster/takeover/9999999999/00000000000000000001/plan",
                "cluster/takeover/7/00000000000000000001/",
                "cluster/wal/7/00000000000000000001/plan",
                "other/takeover/7/00000000000000000001/plan")) {
            assertThat(KEYS.takeoverOf(key)).as(key).isEmpty();
        }
    }
}
