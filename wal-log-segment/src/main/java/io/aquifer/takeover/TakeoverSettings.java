package io.aquifer.takeover;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/**
 * How a broker takes part in takeovers.
 *
 * @param automatic whether a takeover begins without being asked for
 * @param delay how long a broker has to be away before that
 * @param devices where the WALs of other brokers appear on this machine, with {@value #NODE} for the node id, if they do
 * @param acceptLoss whether what only an unreachable device holds may be lost
 */
public record TakeoverSettings(boolean automatic, Duration delay, Optional<String> devices, boolean acceptLoss) {

    /** Stands for the node id. */
    public static final String NODE = "{node}";

    Optional<Path> device(int nodeId) {
        return devices.map(pattern -> Path.of(pattern.replace(NODE, Integer.toString(nodeId))));
    }
}
