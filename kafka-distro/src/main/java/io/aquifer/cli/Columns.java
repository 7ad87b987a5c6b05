package io.aquifer.cli;

import java.util.ArrayList;
import java.util.List;

/** Lines whose cells begin below each other, two spaces apart at least. */
final class Columns {

    private static final String GAP = "  ";

    private final List<List<String>> lines = new ArrayList<>();

    Columns add(Object... cells) {
        List<String> line = new ArrayList<>();
        for (Object cell : cells) {
            line.add(cell.toString());
        }
        lines.add(line);
        return this;
    }

    /** Each line indented by the gap and ended by a line feed. */
    @Override
    public String toString() {
        List<Integer> widths = widths();
        StringBuilder text = new StringBuilder();
        for (List<String> line : lines) {
            int last = line.size() - 1;
            for (int column = 0; column < last; column++) {
                String cell = line.get(column);
                text.append(GAP).append(cell).append(" ".repeat(widths.get(column) - cell.length()));
            }
            text.append(GAP).append(line.get(last)).append('\n');
        }
        return text.toString();
    }

    /** A line's last cell needs no room behind it. */
    private List<Integer> widths() {
        List<Integer> widths = new ArrayList<>();
        for (List<String> line : lines) {
            for (int column = 0; column < line.size() - 1; column++) {
                if (column == widths.size()) {
                    widths.add(0);
                }
                widths.set(column, Math.max(widths.get(column), line.get(column).length()));
            }
        }
        return widths;
    }
}
