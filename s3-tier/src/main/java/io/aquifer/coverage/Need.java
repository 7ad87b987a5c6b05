package io.aquifer.coverage;

/** Why a WAL object can't go. */
public enum Need {
    /** It holds records that are in no plain segment object. */
    DATA,
    /** It alone says how a log stands: its checkpoint, where it starts or ends. */
    STATE,
    /** It takes back what an object before it says, which is still there. */
    CUT,
    /** A composite segment's data lies in it. */
    COMPOSITE,
    /** It is the last of its sequence, from which the next number follows. */
    LAST,
    /** It couldn't be read, so nobody knows. */
    UNREADABLE
}
