package io.aquifer.format;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.aquifer.object.ObjectStore;
import io.aquifer.object.PutResult;
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
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/**
 * What the bucket has of takeovers, byte for byte as in version 1. The bytes were not written by the code that they hold: they
 * follow the tables in the Javadoc.
 */
class TakeoversTest {

    private static final ClusterKeys KEYS = ClusterKeys.of("", "cluster");
    private static final UUID WAL_ID = UUID.fromString("00112233-4455-6677-8899-aabbccddeeff");
    private static final UUID TOPIC = UUID.fromString("0f0e0d0c-0b0a-0908-0706-050403020100");
    private static final WalEpoch OWNED = new WalEpoch(7, 0x0102030405060708L);
    private static final WalEpoch TAKEN = new WalEpoch(7, 0xffffffffL);
    private static final OwnershipTerms TERMS = new OwnershipTerms(OWNED, WAL_ID, OptionalLong.of(10_000));
    private static final OwnershipTerms NO_LEASE = new OwnershipTerms(OWNED, WAL_ID, OptionalLong.empty());
    private static final WalEpoch TAKEN_BEFORE = new WalEpoch(5, 0x1ffffffffL);
    private static final TakeoverPlan PLAN = new TakeoverPlan(
            TAKEN,
            2,
            1234,
            List.of(
                    new TakeoverPlan.Handover(TAKEN, WAL_ID, new LogIncarnation(TOPIC, 3, -5), 2),
                    new TakeoverPlan.Handover(TAKEN_BEFORE, WAL_ID, new LogIncarnation(TOPIC, 4, 6), 9)));
    private static final Map<Object, String> GOLDEN = Map.of(
            TERMS,
            "41515549464f574e000100001f9b6e6f00000007010203040506070800112233"
                    + "445566778899aabbccddeeff0000000000002710",
            NO_LEASE,
            "41515549464f574e00010000ce6c7a0a00000007010203040506070800112233"
                    + "445566778899aabbccddeeffffffffffffffffff",
            PLAN,
            "4151554946544b4f000100007631a6610000000700000000ffffffff0000000200000000"
                    + "000004d2000000020000000700000000ffffffff00112233445566778899aabbccddeeff"
                    + "0f0e0d0c0b0a0908070605040302010000000003fffffffffffffffb0000000200000005"
                    + "00000001ffffffff00112233445566778899aabbccddeeff0f0e0d0c0b0a090807060504"
                    + "0302010000000004000000000000000600000009",
            new TakeoverMark(9),
            "4151554946544b4d00010000369eb9fe00000009");

    private final SimulatedBucket bucket = new SimulatedBucket();
    private final ObjectStore store = new SimulatedObjectStore(SimulatedClock.eager(), bucket, 0);
    private final Takeovers takeovers = new Takeovers(store, KEYS);

    private static ByteBuffer bytes(Object object) {
        if (object instanceof OwnershipTerms terms) {
            return terms.toBytes();
        }
        return object instanceof TakeoverPlan plan ? plan.toBytes() : ((TakeoverMark) object).toBytes();
    }

    private static Object read(Object like, ByteBuffer bytes) throws ObjectFormatException {
        return like instanceof OwnershipTerms
                ? OwnershipTerms.readFrom(bytes, "an object")
                : TakeoverPlan.readFrom(bytes, "an object");
    }

    @Test
    void objects_are_written_as_in_version_1() {
        GOLDEN.forEach((object, golden) ->
                assertThat(HexFormat.of().formatHex(bytes(object).array())).isEqualTo(golden));
    }

    @Test
    void objects_of_version_1_are_read_and_every_damaged_byte_is_noticed() throws IOException {
        for (Object object : List.of(TERMS, NO_LEASE, PLAN)) {
            byte[] golden = HexFormat.of().parseHex(GOLDEN.get(object));
            assertThat(read(object, ByteBuffer.wrap(golden))).isEqualTo(object);
            for (int i = 0; i < golden.length; i++) {
                byte[] damaged = golden.clone();
                damaged[i] ^= 0x10;
                assertThatThrownBy(() -> read(object, ByteBuffer.wrap(damaged)))
                        .as("byte %d of %s", i, object)
                        .isInstanceOfAny(DamagedObjectException.class, ForeignObjectException.class);
                ByteBuffer cut = ByteBuffer.wrap(golden, 0, i).slice();
                assertThatThrownBy(() -> read(object, cut)).isInstanceOf(ObjectFormatException.class);
            }
        }
    }

    @Test
    void the_listing_says_which_steps_are_done() throws IOException {
        StoreWait.untilDone(takeovers.create(TERMS));
        assertThat(list()).isEqualTo(new TakeoverListing(Set.of(7), List.of()));

        StoreWait.untilDone(takeovers.ask(TAKEN, -1));
        StoreWait.untilDone(takeovers.create(PLAN));
        StoreWait.untilDone(takeovers.prepared(TAKEN, 2));
        StoreWait.untilDone(takeovers.prepared(TAKEN, 9));
        StoreWait.untilDone(takeovers.taken(TAKEN, 9));
        TakeoverState running = new TakeoverState(TAKEN, true, Set.of(2, 9), Set.of(9), false);
        assertThat(list()).isEqualTo(new TakeoverListing(Set.of(7), List.of(running)));
        assertThat(list().running()).containsExactly(running);

        StoreWait.untilDone(takeovers.complete(TAKEN, 2));
        assertThat(list().of(TAKEN)).contains(new TakeoverState(TAKEN, true, Set.of(2, 9), Set.of(9), true));
        assertThat(list().running()).isEmpty();
        assertThat(list().of(TAKEN_BEFORE)).isEmpty();
    }

    private TakeoverListing list() throws IOException {
        return StoreWait.untilDone(takeovers.list());
    }

    @Test
    void who_gets_what_is_settled_once() throws IOException {
        assertThat(StoreWait.untilDone(takeovers.plan(TAKEN))).isEmpty();
        assertThat(StoreWait.untilDone(takeovers.create(PLAN))).isEqualTo(PutResult.CREATED);

        TakeoverPlan other = new TakeoverPlan(TAKEN, 9, 0, List.of());
        assertThat(StoreWait.untilDone(takeovers.create(other))).isEqualTo(PutResult.OTHER_EXISTS);
        assertThat(StoreWait.untilDone(takeovers.plan(TAKEN))).contains(PLAN);
        assertThat(PLAN.of(9)).containsExactly(PLAN.handovers().get(1));
    }

    @Test
    void nobody_gets_a_partition_twice_or_from_itself() {
        TakeoverPlan.Handover one = PLAN.handovers().get(0);
        LogIncarnation again = new LogIncarnation(TOPIC, 3, 7);
        for (TakeoverPlan.Handover other : List.of(
                new TakeoverPlan.Handover(TAKEN, WAL_ID, again, 9),
                new TakeoverPlan.Handover(TAKEN_BEFORE, WAL_ID, new LogIncarnation(TOPIC, 9, 7), 7))) {
            assertThatThrownBy(() -> new TakeoverPlan(TAKEN, 2, 0, List.of(one, other)))
                    .isInstanceOf(IllegalArgumentException.class);
        }
        assertThatThrownBy(() -> new TakeoverPlan.Handover(TAKEN, WAL_ID, again, TAKEN.nodeId()))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void terms_are_found_by_their_epoch_and_not_believed_in_another_place() throws IOException {
        StoreWait.untilDone(takeovers.create(TERMS));
        StoreWait.untilDone(takeovers.ask(TAKEN, 2));

        assertThat(StoreWait.untilDone(takeovers.terms(OWNED))).contains(TERMS);
        assertThat(StoreWait.untilDone(takeovers.epochs(7))).containsExactly(TAKEN.epoch(), OWNED.epoch());
        assertThat(StoreWait.untilDone(takeovers.epochs(8))).isEmpty();
        assertThat(StoreWait.untilDone(takeovers.terms(new WalEpoch(8, 1)))).isEmpty();

        StoreWait.untilDone(store.putIfAbsent(KEYS.takeover(TAKEN, "terms"), TERMS.toBytes()));
        assertThatThrownBy(() -> StoreWait.untilDone(takeovers.terms(TAKEN)))
                .isInstanceOf(ForeignObjectException.class)
                .hasMessageContaining("copied from another key");
    }

    @Test
    void a_mark_that_names_no_broker_is_foreign() throws IOException {
        StoreWait.untilDone(store.putIfAbsent(KEYS.takeover(TAKEN, "prepared-by"), new TakeoverMark(1).toBytes()));

        assertThatThrownBy(this::list).isInstanceOf(ForeignObjectException.class);
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
