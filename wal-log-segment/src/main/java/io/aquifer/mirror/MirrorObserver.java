package io.aquifer.mirror;

/** Hears what the mirror does. Called by the mirror's thread. */
public interface MirrorObserver {

    /** A segment of so many bytes of records was uploaded. */
    void uploaded(long bytes, long nanos);

    /** A partition has a new snapshot. */
    void published();

    /** A pass over a log failed, and is tried again. */
    void failed();

    /** So many logs failed in their last pass, and are behind. */
    void failing(int logs);
}
