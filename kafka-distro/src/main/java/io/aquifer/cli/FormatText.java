package io.aquifer.cli;

/** {@link Formatted} in words. */
final class FormatText {

    private FormatText() {}

    static String of(Formatted formatted) {
        StringBuilder text = new StringBuilder();
        for (String overwritten : formatted.overwritten()) {
            text.append("Overwritten: ").append(overwritten).append('\n');
        }
        return text.append(formatted.created() ? "Made " : "Formatted ")
                .append(formatted.path())
                .append(" as the WAL of node ")
                .append(formatted.nodeId())
                .append(" of cluster ")
                .append(formatted.clusterId())
                .append(".\n")
                .append("  WAL id    ")
                .append(formatted.walId())
                .append("\n  capacity  ")
                .append(ByteSize.inWords(formatted.capacity()))
                .append("\n  ring      ")
                .append(ByteSize.inWords(formatted.ringSize()))
                .append(" in blocks of ")
                .append(formatted.blockSize())
                .toString();
    }
}
