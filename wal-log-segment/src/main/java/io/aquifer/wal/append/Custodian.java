package io.aquifer.wal.append;

import java.io.IOException;

/**
 * Has a say in what becomes of a block whose write has ended: whether it may be said to be durable, and whether its memory
 * is kept.
 */
public interface Custodian {

    /** Says yes to everything and keeps nothing. */
    Custodian NONE = new Custodian() {};

    /** Whether this process may still say of records that they are durable. */
    enum Standing {
        /** It may. */
        HELD,
        /** It may not yet: what was written waits for {@link WriteAheadLog#resume}. */
        UNCONFIRMED,
        /** Never again. */
        LOST
    }

    /**
     * Asked after a block's write has ended and before the durable end rises over it, so that what is acknowledged was on the
     * device while the answer was true. May neither block nor throw.
     */
    default Standing standing() {
        return Standing.HELD;
    }

    /** Why the standing is lost, in words for the operator. */
    default IOException loss() {
        return new IOException("the ownership of the WAL is lost");
    }

    /**
     * A block has become durable. Called in the order of positions, under a lock of the WAL: may neither block nor throw.
     *
     * @param block whose memory stays as it is for as long as it is {@linkplain Block#hold held}
     */
    default void durable(Block block) {}

    /**
     * Called without any lock after blocks became durable: the place to give back memory that is held.
     *
     * @param spareBytes how much may be held while an append of any length still finds room
     */
    default void settle(long spareBytes) {}
}
