package io.aquifer.bench;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;

/** Writes a device from its beginning to its end, over and over, every write durable. */
interface DeviceWriter {

    /** What this is, for the report. */
    String name();

    /**
     * Writes for {@code time}.
     *
     * @param blockBytes bytes of one write
     * @param depth writes under way at once
     */
    DeviceFigures write(Path device, int blockBytes, int depth, Duration time) throws IOException, InterruptedException;
}
