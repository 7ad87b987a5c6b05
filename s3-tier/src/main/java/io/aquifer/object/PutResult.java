package io.aquifer.object;

/** What came of creating an object if it is absent. */
public enum PutResult {

    /** This call created the object: now, or in an attempt whose answer was lost. */
    CREATED,

    /**
     * The object had been created by another call, of this process or another, with the same bytes: it was read back and
     * compared. Of calls that race for a key with equal content, all but one get this.
     */
    SAME_EXISTS,

    /** The object had been created by another call, with other bytes, and is as it was. */
    OTHER_EXISTS
}
