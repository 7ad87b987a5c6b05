package io.aquifer.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import io.aquifer.object.S3Action;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class S3MetricsTest {

    private final S3Metrics metrics = new S3Metrics("test");

    @AfterEach
    void close() {
        metrics.closed();
        assertThat(Jmx.names("S3")).noneMatch(name -> name.contains("client=test"));
    }

    @Test
    void requests_are_told_apart_by_their_action_and_by_what_came_of_them() {
        metrics.requestSent(S3Action.UPLOAD_PART);
        metrics.requestSent(S3Action.UPLOAD_PART);
        metrics.requestSent(S3Action.GET);
        metrics.requestSent(S3Action.GET);
        assertThat(Jmx.value("type=S3,name=RequestsInFlight,client=test")).isEqualTo(4);

        metrics.requestAnswered(S3Action.UPLOAD_PART, TimeUnit.MILLISECONDS.toNanos(5));
        metrics.requestFailed(S3Action.GET);
        metrics.requestCancelled(S3Action.GET);

        assertThat(Jmx.value("type=S3,name=RequestsInFlight,client=test")).isEqualTo(1);
        assertThat(Jmx.count(of("RequestsPerSec", "upload-part"))).isEqualTo(2);
        assertThat(Jmx.count(of("RequestsPerSec", "get"))).isEqualTo(2);
        assertThat(Jmx.count(of("RequestTimeUs", "upload-part"))).isEqualTo(1);
        assertThat(Jmx.mean(of("RequestTimeUs", "upload-part"))).isEqualTo(5000);
        assertThat(Jmx.count(of("RequestTimeUs", "get"))).isZero();
        assertThat(Jmx.count(of("FailuresPerSec", "get"))).isEqualTo(1);
        assertThat(Jmx.count(of("FailuresPerSec", "upload-part"))).isZero();
        assertThat(Jmx.count("type=S3,name=CancellationsPerSec,client=test")).isEqualTo(1);
    }

    @Test
    void trouble_traffic_and_waits_for_limits_are_counted() {
        metrics.attemptRepeated();
        metrics.attemptRepeated();
        metrics.throttled();
        metrics.bytesSent(1000);
        metrics.bytesReceived(2000);
        metrics.waitedToSend(TimeUnit.MICROSECONDS.toNanos(30));
        metrics.waitedToReceive(TimeUnit.MICROSECONDS.toNanos(40));

        assertThat(Jmx.count("type=S3,name=RetriesPerSec,client=test")).isEqualTo(2);
        assertThat(Jmx.count("type=S3,name=ThrottlesPerSec,client=test")).isEqualTo(1);
        assertThat(Jmx.count("type=S3,name=BytesSentPerSec,client=test")).isEqualTo(1000);
        assertThat(Jmx.count("type=S3,name=BytesReceivedPerSec,client=test")).isEqualTo(2000);
        assertThat(Jmx.mean("type=S3,name=UploadLimitTimeUs,client=test")).isEqualTo(30);
        assertThat(Jmx.mean("type=S3,name=DownloadLimitTimeUs,client=test")).isEqualTo(40);
    }

    private static String of(String name, String action) {
        return "type=S3,name=" + name + ",client=test,action=" + action;
    }
}
