package io.aquifer.seam;

import net.bytebuddy.asm.Advice;

/**
 * Keeps the broker fenced until the controllers know in which directories its logs are.
 *
 * <p>Relies on: {@code BrokerServer.startup} calls it once, when the broker has made the replicas of its first metadata and asked
 * for those to be assigned that are in another directory; such requests are sent while the broker is fenced.
 */
@SeamsOf(
        value = "org.apache.kafka.server.BrokerLifecycleManager",
        reliesOn = {
            "kafka.server.BrokerServer#startup()",
            "org.apache.kafka.server.AssignmentsManager#maybeSendAssignments()"
        })
public final class BrokerLifecycleManagerAdvice {

    private BrokerLifecycleManagerAdvice() {}

    /** It is about to be unfenced for the first time. */
    @Seam("setReadyToUnfence()")
    public static final class SetReadyToUnfence {

        private SetReadyToUnfence() {}

        @Advice.OnMethodEnter
        static void enter() {
            Seams.beforeUnfencing();
        }
    }
}
