package io.aquifer.cli;

import io.aquifer.coverage.StoredKind;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code aquifer storage ls}. */
@Command(
        name = "ls",
        description = "Lists the objects of the cluster in the order of their keys, with what each is.",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class)
final class StorageListCommand extends BucketCommand {

    @Option(
            names = "--kind",
            split = ",",
            paramLabel = "KIND",
            description = "List only objects of these kinds: ${COMPLETION-CANDIDATES}.")
    private List<StoredKind> kinds = new ArrayList<>(List.of(StoredKind.values()));

    /**
     * An object.
     *
     * @param created when it was created, in ms since 1970
     */
    record Listed(StoredKind kind, String key, long bytes, long created) {

        private String inWords() {
            return new Columns()
                    .add(String.format("%-10s", kind), String.format("%12d", bytes), key)
                    .toString()
                    .stripTrailing();
        }
    }

    @Override
    int look(BrokerBucket bucket) throws IOException {
        bucket.forEach(object -> {
            StoredKind kind = StoredKind.of(bucket.keys(), object.key());
            if (kinds.contains(kind)) {
                Listed listed = new Listed(
                        kind,
                        object.key(),
                        object.length(),
                        object.lastModified().toEpochMilli());
                print(listed, Listed::inWords);
            }
        });
        return 0;
    }
}
