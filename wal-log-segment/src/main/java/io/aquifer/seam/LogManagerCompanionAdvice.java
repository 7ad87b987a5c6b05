package io.aquifer.seam;

import java.io.IOException;
import kafka.server.KafkaConfig;
import net.bytebuddy.asm.Advice;
import org.apache.kafka.metadata.ConfigRepository;
import org.apache.kafka.storage.internals.log.LogDirFailureChannel;

/**
 * Starts Aquifer with the broker.
 *
 * <p>Relies on: {@code BrokerServer.startup} makes the broker's {@code LogManager} here, once, after the configuration
 * was parsed and before any log directory is read; an exception thrown here ends the broker's start. The repository of
 * configurations is the broker's {@code KRaftMetadataCache}, of which the image that it answers is never older than one before.
 */
@SeamsOf(value = "kafka.log.LogManager$", reliesOn = "kafka.server.BrokerServer#startup()")
public final class LogManagerCompanionAdvice {

    private LogManagerCompanionAdvice() {}

    /** Before anything of the log manager exists. */
    @Seam("apply(KafkaConfig, Seq, ConfigRepository, Scheduler, Time, BrokerTopicStats, LogDirFailureChannel)")
    public static final class Apply {

        private Apply() {}

        @Advice.OnMethodEnter
        static void enter(
                @Advice.Argument(0) KafkaConfig config,
                @Advice.Argument(2) ConfigRepository metadata,
                @Advice.Argument(6) LogDirFailureChannel failures)
                throws IOException {
            Seams.start(config, metadata, failures);
        }
    }
}
