package io.aquifer.format;

/** Objects that end with an index and a trailer, and what tells them apart. */
enum ObjectKind {
    SEGMENT("segment object", 0x4151554946534547L, SegmentIndex.FIXED_SIZE, SegmentIndex.MAX_SIZE, SegmentIndex.REMEDY),
    WAL(
            "WAL object",
            0x415155494657414CL,
            WalObjectIndex.FIXED_SIZE,
            WalObjectInfo.MAX_BODY_LENGTH,
            WalObjectIndex.REMEDY),
    SEAL("seal of a WAL", 0x4151554946454e44L, WalSeal.SIZE, WalSeal.SIZE, WalSeal.REMEDY),
    COMPOSITE(
            "composite segment",
            0x4151554946434d50L,
            CompositeIndex.MIN_SIZE,
            CompositeIndex.MAX_SIZE,
            SegmentIndex.REMEDY);

    private final String noun;
    private final long magic;
    private final int minIndexLength;
    private final int maxIndexLength;
    private final String remedy;

    ObjectKind(String noun, long magic, int minIndexLength, int maxIndexLength, String remedy) {
        this.noun = noun;
        this.magic = magic;
        this.minIndexLength = minIndexLength;
        this.maxIndexLength = maxIndexLength;
        this.remedy = remedy;
    }

    /** What it is called in messages. */
    String noun() {
        return noun;
    }

    /** What its trailer begins with. */
    long magic() {
        return magic;
    }

    /** What an operator does about one that is damaged, as whole sentences without the last full stop. */
    String remedy() {
        return remedy;
    }

    /** @throws IllegalArgumentException if no object of this kind is so long and has an index so long, in bytes */
    void requireLengths(long objectLength, int indexLength) {
        if (indexLength < minIndexLength
                || indexLength > maxIndexLength
                || objectLength - ObjectTrailer.SIZE < indexLength) {
            throw new IllegalArgumentException(
                    "an index of " + indexLength + " bytes in an object of " + objectLength + " bytes");
        }
    }

    /** What to throw of a structure whose checksum is right and whose contents make no sense. */
    DamagedObjectException invalid(String structure, String where, RuntimeException cause) {
        DamagedObjectException damaged = new DamagedObjectException(
                "the " + structure + " of " + where + " is invalid: " + cause.getMessage() + ". " + remedy);
        damaged.initCause(cause);
        return damaged;
    }
}
