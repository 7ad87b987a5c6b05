package io.aquifer.bench;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.aquifer.harness.Command;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;

/** fio: sequential direct writes with O_DSYNC through libaio; latencies from submission on, as the engine's are. */
final class FioWriter implements DeviceWriter {

    private final ObjectMapper json = new ObjectMapper();

    static boolean isInstalled() {
        return Command.exists("fio");
    }

    @Override
    public String name() {
        return "fio";
    }

    @Override
    public DeviceFigures write(Path device, int blockBytes, int depth, Duration time) throws IOException {
        ProcessBuilder fio = new ProcessBuilder(
                "fio",
                "--name=wal",
                "--filename=" + device,
                "--rw=write",
                "--direct=1",
                "--sync=dsync",
                "--ioengine=libaio",
                "--bs=" + blockBytes,
                "--iodepth=" + depth,
                "--time_based",
                "--runtime=" + time.toSeconds(),
                "--lat_percentiles=1",
                "--output-format=json");
        Command.Result result = Command.run(time.plusSeconds(60), fio).orThrow();
        String output = result.output();
        JsonNode write = json.readTree(output.substring(output.indexOf('{')))
                .path("jobs")
                .path(0)
                .path("write");
        return new DeviceFigures(
                write.path("bw_bytes").asDouble(),
                write.path("lat_ns").path("percentile").path("50.000000").asDouble() / 1_000);
    }
}
