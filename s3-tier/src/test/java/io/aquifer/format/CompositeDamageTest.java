package io.aquifer.format;

import java.nio.ByteBuffer;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Whatever is wrong with a composite segment has a name, and nothing of it is taken for what it isn't. */
class CompositeDamageTest extends IndexedObjectDamage {

    private static final byte[] OBJECT = CompositeFixtures.object();
    private static final int BODY = 16 + 24 + 7 + 8 + 8;
    private static final int SEGMENT_INDEX = SegmentIndex.FIXED_SIZE + 2 * 12 + 5 * 4;
    private static final int OBJECTS = BODY + 4 + SEGMENT_INDEX;
    private static final int PIECES = OBJECTS + 4 + 2 * 20;

    private final Composites composites = new Composites(store(), Segments.KEYS);

    CompositeDamageTest() {
        super(CompositeFixtures.KEY, "composite segment", OBJECT, BODY);
    }

    @Override
    ByteBuffer open() {
        return composites
                .open(CompositeFixtures.INFO.name(), Optional.empty())
                .join()
                .withTrailer();
    }

    @Test
    void fields_that_make_no_sense_are_named() {
        int parts = BODY + 4;
        int piece = PIECES + 4;
        assertThatField(BODY, 0).hasMessageContaining("a segment index of 0 bytes");
        assertThatField(BODY, 131).hasMessageContaining("a segment index of 131 bytes");
        assertThatField(BODY, Integer.MAX_VALUE).hasMessageContaining("a segment index of 2147483647 bytes");
        assertThatField(BODY, SEGMENT_INDEX - 1).hasMessageContaining("5 chunks in an index of");
        assertThatField(parts + 84, 1).hasMessageContaining("chunks in an index of");
        assertThatField(parts + 92, 17).hasMessageContaining("its parts make an object of");
        assertThatField(parts + 64, -1).hasMessageContaining("partition -1");
        assertThatField(parts + 76, 2).hasMessageContaining("transaction index empty: 2");
        assertThatField(parts + 36, 101).hasMessageContaining("where 101 to 109 are left");
        assertThatField(parts + 44, 108).hasMessageContaining("where 108 to 108 are left");
        assertThatField(OBJECTS, 0).hasMessageContaining("0 WAL objects");
        assertThatField(OBJECTS, Integer.MAX_VALUE).hasMessageContaining("2147483647 WAL objects");
        assertThatField(OBJECTS, 1).hasMessageContaining("pieces where");
        assertThatField(OBJECTS + 4, -1).hasMessageContaining("of broker -1");
        assertThatField(PIECES, 0).hasMessageContaining("0 pieces");
        assertThatField(PIECES, 4).hasMessageContaining("4 pieces where");
        assertThatField(PIECES, 2).hasMessageContaining("32 bytes behind them");
        assertThatField(piece, 2).hasMessageContaining("a piece of WAL object 2 of 2");
        assertThatField(piece, -1).hasMessageContaining("a piece of WAL object -1 of 2");
        assertThatField(piece + 4, -1).hasMessageContaining("at position -1");
        assertThatField(piece + 8, 0).hasMessageContaining("a piece of 0 bytes");
        assertThatField(piece + 8, Integer.MAX_VALUE).hasMessageContaining("a piece of 2147483647 bytes");
        assertThatField(piece + 20, 99).hasMessageContaining("a piece of offsets 99 to 106 where 100");
        assertThatField(piece + 28, 99).hasMessageContaining("offsets 100 to 99");
        assertThatField(piece + 28, 107).hasMessageContaining("a piece of offsets 107 to 107 where 108");
        assertThatField(piece + 2 * 32 + 28, 110).hasMessageContaining("a piece of offsets 108 to 110");
    }
}
