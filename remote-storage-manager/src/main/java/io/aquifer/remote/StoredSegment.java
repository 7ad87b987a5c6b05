package io.aquifer.remote;

import io.aquifer.format.SegmentIndex;

/** A segment object that has been opened. */
record StoredSegment(String key, SegmentIndex index) {}
