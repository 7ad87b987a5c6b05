package io.aquifer.weave;

import java.nio.file.Path;
import java.util.List;

/** Kafka's classes are not those that the advice was written for. */
final class SeamsChangedException extends RuntimeException {

    private static final long serialVersionUID = 1;

    SeamsChangedException(String version, Path record, List<String> problems) {
        super("Kafka " + version + " is not what the advice in io.aquifer.seam was written for, recorded in " + record
                + ":\n  " + String.join("\n  ", problems)
                + "\nRead what changed in Kafka's source and what the advice class says it relies on, change the advice"
                + " where it has to, run Kafka's own tests on the woven classes (-Pkafka-tests), and only then record"
                + " the new state with -Daquifer.seams.record=true.");
    }
}
