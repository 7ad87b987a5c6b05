package io.aquifer.seam;

import org.apache.kafka.common.KafkaException;

/** The broker's class path doesn't let the woven classes take the place of Kafka's own. */
public final class ClassPathException extends KafkaException {

    private static final long serialVersionUID = 1;

    ClassPathException(String message) {
        super(message);
    }

    ClassPathException(String message, Throwable cause) {
        super(message, cause);
    }
}
