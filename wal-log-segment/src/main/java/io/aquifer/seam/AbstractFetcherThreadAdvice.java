package io.aquifer.seam;

import net.bytebuddy.asm.Advice;

/**
 * Lets a follower's fetcher wait for the device where it holds no lock.
 *
 * <p>Relies on: a fetcher's thread runs {@code maybeFetch} over and over, takes {@code partitionMapLock} in it only after
 * its first statement, and appends what it fetched in {@code processFetchRequest}, on the same thread.
 */
@SeamsOf(
        value = "kafka.server.AbstractFetcherThread",
        reliesOn = {
            "kafka.server.AbstractFetcherThread#doWork()",
            "kafka.server.ReplicaFetcherThread#doWork()",
            "kafka.server.ReplicaFetcherThread#processPartitionData(TopicPartition, long, int, PartitionData)"
        })
public final class AbstractFetcherThreadAdvice {

    private AbstractFetcherThreadAdvice() {}

    /** Before the next fetch, which reports what the last one appended. */
    @Seam("maybeFetch()")
    public static final class MaybeFetch {

        private MaybeFetch() {}

        @Advice.OnMethodEnter
        static void enter() {
            Seams.awaitAppended();
        }
    }

    /** After all that was fetched was appended, or failed to be. */
    @Seam("processFetchRequest(Map, Builder)")
    public static final class ProcessFetchRequest {

        private ProcessFetchRequest() {}

        @Advice.OnMethodExit(onThrowable = Throwable.class)
        static void exit() {
            Seams.release();
        }
    }
}
