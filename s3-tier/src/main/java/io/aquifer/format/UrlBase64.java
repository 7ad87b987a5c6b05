package io.aquifer.format;

import java.nio.ByteBuffer;
import java.util.Base64;
import java.util.UUID;

/** Ids in the 22 characters in which Kafka shows them, so that an operator finds them again in a listing. */
final class UrlBase64 {

    private static final Base64.Encoder ENCODER = Base64.getUrlEncoder().withoutPadding();

    private UrlBase64() {}

    static String encode(UUID id) {
        return ENCODER.encodeToString(ByteBuffer.allocate(16)
                .putLong(id.getMostSignificantBits())
                .putLong(id.getLeastSignificantBits())
                .array());
    }

    /** @throws IllegalArgumentException if it isn't what {@link #encode} makes of an id */
    static UUID decode(String text) {
        ByteBuffer bytes = ByteBuffer.wrap(Base64.getUrlDecoder().decode(text));
        if (bytes.remaining() == 16) {
            UUID id = new UUID(bytes.getLong(), bytes.getLong());
            if (encode(id).equals(text)) {
                return id;
            }
        }
        throw new IllegalArgumentException("'" + text + "' is no id");
    }
}
