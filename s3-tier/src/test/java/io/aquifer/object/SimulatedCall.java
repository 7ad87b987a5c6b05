package io.aquifer.object;

/**
 * A call that a simulated store received.
 *
 * @param kind which method
 * @param key of the object, the first of several, or the prefix of a listing
 */
public record SimulatedCall(Kind kind, String key) {

    /** Methods of a store. */
    public enum Kind {
        PUT,
        UPLOAD,
        GET,
        GET_TAIL,
        HEAD,
        LIST,
        DELETE,
        LIST_UPLOADS,
        ABORT_UPLOAD;

        boolean creates() {
            return this == PUT || this == UPLOAD;
        }

        boolean writes() {
            return creates() || this == DELETE || this == ABORT_UPLOAD;
        }
    }
}
