package io.aquifer.coverage;

import java.util.List;

/**
 * What a whole bucket was found to hold.
 *
 * @param walObjects how many WAL objects there are, with seals
 * @param condemned how many of them wait to be deleted
 * @param partitions of topics that aren't deleted, in order
 * @param problems objects that are missing or can't be read
 * @param foreign keys that no object of this cluster has
 */
public record BucketReport(
        int walObjects,
        int condemned,
        List<PartitionCoverage> partitions,
        List<Problem> problems,
        List<String> foreign) {

    public BucketReport {
        partitions = List.copyOf(partitions);
        problems = List.copyOf(problems);
        foreign = List.copyOf(foreign);
    }

    /** Whether everything that is promised is there and can be read. */
    public boolean isWhole() {
        return problems.isEmpty()
                && partitions.stream().allMatch(partition -> partition.gaps().isEmpty());
    }
}
