package io.aquifer.seam;

import net.bytebuddy.asm.Advice;
import org.apache.kafka.server.RaftControllerNodeProvider;

/**
 * Tells how the active controller is found, to ask it something over a channel like the broker's own.
 *
 * <p>Relies on: {@code BrokerServer.startup} makes one after the log manager; it answers who leads the metadata quorum as the
 * broker's own replica of it knows, with the listener and the security settings of the controllers.
 */
@SeamsOf(
        value = "org.apache.kafka.server.RaftControllerNodeProvider",
        reliesOn = {
            "org.apache.kafka.server.NodeToControllerRequestThread#handleResponse(NodeToControllerQueueItem, ClientResponse)",
            "org.apache.kafka.metadata.KRaftMetadataCache#currentImage()"
        })
public final class RaftControllerNodeProviderAdvice {

    private RaftControllerNodeProviderAdvice() {}

    /** It was made. */
    @Seam("create(RaftManager, AbstractKafkaConfig)")
    public static final class Create {

        private Create() {}

        @Advice.OnMethodExit
        static void exit(@Advice.Return RaftControllerNodeProvider provider) {
            Seams.controllers(provider);
        }
    }
}
