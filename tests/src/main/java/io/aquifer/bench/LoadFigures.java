package io.aquifer.bench;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.Map;

/**
 * What producers of a topic saw.
 *
 * @param bytesPerSecond of acknowledged values
 * @param p50Millis from the moment a record was due until its acknowledgement
 * @param p99Millis likewise
 */
record LoadFigures(double bytesPerSecond, double p50Millis, double p99Millis) {

    private static final ObjectMapper JSON = new ObjectMapper();

    double megabytesPerSecond() {
        return bytesPerSecond / 1e6;
    }

    String toJson() throws JsonProcessingException {
        return JSON.writeValueAsString(
                Map.of("bytesPerSecond", bytesPerSecond, "p50Millis", p50Millis, "p99Millis", p99Millis));
    }

    static LoadFigures fromJson(String text) throws JsonProcessingException {
        JsonNode fields = JSON.readTree(text);
        return new LoadFigures(
                fields.path("bytesPerSecond").asDouble(),
                fields.path("p50Millis").asDouble(),
                fields.path("p99Millis").asDouble());
    }
}
