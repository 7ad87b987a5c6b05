package io.aquifer.move;

import java.util.Optional;

/**
 * A broker that is alive and unfenced.
 *
 * @param cordoned whether all of its log directories are cordoned (KIP-1066), so that it isn't to be given partitions
 */
public record Broker(int id, Optional<String> rack, boolean cordoned) {}
