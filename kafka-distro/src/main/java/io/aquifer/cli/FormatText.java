package io.aquifer.cli;

/** {@link Formatted} in words. */
final class FormatText {

    private FormatText() {}

    static String of(Formatted formatted) {
        StringBuilder text = new StringBuilder();
        formatted
                .overwritten()
                .forEach(lost -> text.append("Overwritten: ").append(lost).append('\n'));
        text.append(formatted.created() ? "Made " : "Formatted ")
                .append(formatted.path())
                .append(" as the WAL of node ")
                .append(formatted.nodeId())
                .append(" of cluster ")
                .append(formatted.clusterId())
                .append('\n');
        return text.append(new Columns()
                        .add("WAL id", formatted.walId())
                        .add("Capacity", ByteSize.inWords(formatted.capacity()))
                        .add("Ring", ByteSize.inWords(formatted.ringSize()))
                        .add("Block size", ByteSize.inWords(formatted.blockSize())))
                .toString()
                .stripTrailing();
    }
}
