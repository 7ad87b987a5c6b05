package io.aquifer.wal.device;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What the kernel uses devices for, as proc(5) tells it. */
final class ProcUses {

    private static final Pattern OCTAL = Pattern.compile("\\\\([0-7]{3})");

    private final Path proc;

    /** Looks at the proc that is mounted at {@code proc}, usually {@code /proc}. */
    ProcUses(Path proc) {
        this.proc = proc;
    }

    /** Where file systems on any of the devices are mounted, as this process sees them. */
    List<String> mountPoints(Set<DeviceNumber> devices) throws IOException {
        List<String> points = new ArrayList<>();
        for (String line : lines("self/mountinfo")) {
            String[] halves = line.split(" - ", 2);
            String[] mount = halves[0].split(" ", -1);
            String[] fileSystem = halves.length == 2 ? halves[1].split(" ", -1) : new String[0];
            if (mount.length < 5) {
                continue;
            }
            // Btrfs and others show a number of their own; the device is then only known by its path.
            Optional<DeviceNumber> source =
                    fileSystem.length > 1 ? DeviceNumber.ofBlockDevice(unescape(fileSystem[1])) : Optional.empty();
            if (devices.stream().anyMatch(device -> device.toString().equals(mount[2]))
                    || source.filter(devices::contains).isPresent()) {
                points.add(unescape(mount[4]));
            }
        }
        return points;
    }

    /** What of the devices, by path, is swapped to. */
    List<String> swapDevices(Set<DeviceNumber> devices) throws IOException {
        List<String> paths = new ArrayList<>(swaps());
        paths.removeIf(path ->
                DeviceNumber.ofBlockDevice(path).filter(devices::contains).isEmpty());
        return paths;
    }

    /** Whether a file is swapped to. */
    boolean isSwapFile(Path file) throws IOException {
        return swaps().contains(file.toString());
    }

    private List<String> swaps() throws IOException {
        List<String> paths = new ArrayList<>();
        for (String line : lines("swaps")) {
            if (line.startsWith("/")) {
                paths.add(unescape(line.split("\\s", 2)[0]));
            }
        }
        return paths;
    }

    private List<String> lines(String name) throws IOException {
        try {
            return Files.readAllLines(proc.resolve(name));
        } catch (NoSuchFileException e) {
            return List.of();
        }
    }

    private static String unescape(String field) {
        return OCTAL.matcher(field).replaceAll(ProcUses::character);
    }

    private static String character(MatchResult octal) {
        return Matcher.quoteReplacement(String.valueOf((char) Integer.parseInt(octal.group(1), 8)));
    }
}
