package io.aquifer.wal.device;

import io.aquifer.wal.device.DeviceOpenException.Reason;
import io.aquifer.wal.device.Finding.Kind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;

/**
 * Looks for reasons not to overwrite a device: who uses it, and what is on it. It decides nothing and writes nothing.
 *
 * <p>It sees what the kernel tells this process: a mount in another mount namespace shows as use by another process.
 */
public final class DeviceSafety {

    private static final Set<String> IN_MEMORY = Set.of("tmpfs", "ramfs");

    private final NativeIo io;
    private final SysBlock sys;
    private final ProcUses proc;

    public DeviceSafety(NativeIo io) {
        this(io, new SysBlock(Path.of("/sys")), new ProcUses(Path.of("/proc")));
    }

    DeviceSafety(NativeIo io, SysBlock sys, ProcUses proc) {
        this.io = io;
        this.sys = sys;
        this.proc = proc;
    }

    /**
     * Examines a device that nobody in this process has open for writing.
     *
     * @param own ranges whose content the caller knows and has an opinion on already
     * @return in the order of weight; empty if nothing speaks against overwriting it
     * @throws DeviceOpenException if it can't be read
     */
    public List<Finding> examine(Path path, List<ByteRange> own) throws IOException {
        FileKind kind = FileKind.of(path);
        List<Finding> findings = new ArrayList<>();
        if (kind.raw()) {
            usesOfDevice(path, kind, findings);
        } else {
            usesOfFile(path, kind, findings);
        }
        if (findings.isEmpty()) {
            otherUser(path, findings);
        }
        content(path, own, findings);
        return findings;
    }

    private void usesOfDevice(Path path, FileKind kind, List<Finding> findings) throws IOException {
        Set<DeviceNumber> numbers = new LinkedHashSet<>();
        numbers.add(kind.device());
        List<String> partitions = sys.partitions(kind.device());
        for (String partition : partitions) {
            numbers.add(sys.partition(kind.device(), partition));
        }
        for (String point : proc.mountPoints(numbers)) {
            findings.add(new Finding(Kind.MOUNTED, path + " or a partition of it is mounted at " + point + "."));
        }
        for (String swap : proc.swapDevices(numbers)) {
            findings.add(new Finding(Kind.SWAP, swap + " is in use as swap space."));
        }
        for (DeviceNumber number : numbers) {
            for (String holder : sys.holders(number)) {
                findings.add(new Finding(Kind.HELD, path + " or a partition of it is part of " + holder + "."));
            }
        }
        if (!partitions.isEmpty()) {
            findings.add(
                    new Finding(Kind.PARTITIONED, path + " has partitions: " + String.join(", ", partitions) + "."));
        }
    }

    private void usesOfFile(Path path, FileKind kind, List<Finding> findings) throws IOException {
        if (proc.isSwapFile(kind.path())) {
            findings.add(new Finding(Kind.SWAP, path + " is in use as swap space."));
        }
        for (String loop : sys.loopDevices(kind.path())) {
            findings.add(new Finding(Kind.HELD, path + " is behind the loop device /dev/" + loop + "."));
        }
        String type = Files.getFileStore(kind.path()).type();
        if (IN_MEMORY.contains(type)) {
            findings.add(new Finding(
                    Kind.IN_MEMORY, path + " is on a " + type + " in memory: it is gone when the machine stops."));
        }
    }

    private void otherUser(Path path, List<Finding> findings) throws IOException {
        try {
            new BlockDevices(io, sys, Duration.ZERO)
                    .openForWriting(path, DurabilitySetting.AUTO)
                    .close();
        } catch (DeviceOpenException e) {
            // What else is wrong with it, who goes on to open it will be told.
            if (e.reason() == Reason.IN_USE) {
                findings.add(new Finding(Kind.IN_USE, path + " is in use by another process."));
            }
        }
    }

    private void content(Path path, List<ByteRange> own, List<Finding> findings) throws IOException {
        try (BlockDevice device = new BlockDevices(io, sys, Duration.ZERO).openForReading(path);
                AlignedMemory memory = new AlignedMemory(io)) {
            DeviceEnds ends = DeviceEnds.read(device, memory, own);
            List<String> names = Signatures.recognise(ends);
            for (String name : names) {
                findings.add(new Finding(Kind.SIGNATURE, path + " holds " + name + "."));
            }
            OptionalLong data = ends.firstData();
            if (names.isEmpty() && data.isPresent()) {
                findings.add(
                        new Finding(Kind.UNKNOWN_DATA, path + " holds unknown data at byte " + data.getAsLong() + "."));
            }
        }
    }
}
