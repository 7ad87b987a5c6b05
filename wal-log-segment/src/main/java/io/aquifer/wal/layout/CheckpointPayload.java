package io.aquifer.wal.layout;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/**
 * What a checkpoint of a log says besides its offsets.
 *
 * <p>UTF-8: the topic's name, and {@code /untiered} behind it if the log is untiered.
 *
 * @param untiered whether Kafka copies nothing of the log to its remote tier, so that all of it is to be on the local disk
 */
public record CheckpointPayload(String topic, boolean untiered) {

    /** No topic's name has a slash. */
    private static final String UNTIERED = "/untiered";

    public byte[] toBytes() {
        return (untiered ? topic + UNTIERED : topic).getBytes(StandardCharsets.UTF_8);
    }

    /** Reads all that remains in {@code payload}, which is left alone. */
    public static CheckpointPayload of(ByteBuffer payload) {
        String text = StandardCharsets.UTF_8.decode(payload.duplicate()).toString();
        boolean untiered = text.endsWith(UNTIERED);
        return new CheckpointPayload(untiered ? text.substring(0, text.length() - UNTIERED.length()) : text, untiered);
    }
}
