package io.aquifer.cli;

/**
 * What verified of a WAL, from its trim position on.
 *
 * @param end position behind the last block that did
 * @param blocks data blocks that did
 * @param records in those blocks
 * @param reason why the block at the end isn't part of the WAL, in words
 * @param damaged whether the end is no end: what was acknowledged is to be there
 * @param overtaken whether the WAL's owner was faster than the reading, so that the end says nothing
 */
record Verified(long end, long blocks, long records, String reason, boolean damaged, boolean overtaken) {}
