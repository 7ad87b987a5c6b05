package io.aquifer.cli;

import java.util.List;
import java.util.UUID;

/**
 * A device that was made a WAL.
 *
 * @param created whether the file was made for it
 * @param capacity bytes of the device in use
 * @param ringSize bytes of it that blocks can fill
 * @param overwritten what was on it, in sentences; empty unless it was forced
 * @param warnings what else is to be known of the device, in sentences
 */
record Formatted(
        String path,
        boolean created,
        UUID walId,
        String clusterId,
        int nodeId,
        long capacity,
        long ringSize,
        int blockSize,
        List<String> overwritten,
        List<String> warnings) {}
