package io.aquifer.seam;

import java.util.Map;
import net.bytebuddy.asm.Advice;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.message.FetchResponseData;
import org.apache.kafka.server.PartitionFetchState;

/**
 * Keeps a follower from asking for more than its WAL has room for, and from reporting an end that is not durable.
 *
 * <p>Relies on: a follower asks the leader through {@code buildFetch} and {@code fetch}, on the fetcher's thread; the
 * fetcher holds no lock around {@code fetch}, and treats an exception of it as a failed fetch, after which it waits and
 * asks again for the same offsets; the end reported to the leader is the fetch offset of {@code buildFetch}'s argument.
 */
@SeamsOf("kafka.server.RemoteLeaderEndPoint")
public final class RemoteLeaderEndPointAdvice {

    private RemoteLeaderEndPointAdvice() {}

    /** After the leader's answer arrived, before any of it is appended. */
    @Seam("fetch(Builder)")
    public static final class Fetch {

        private Fetch() {}

        @Advice.OnMethodExit
        static void exit(@Advice.Return Map<TopicPartition, FetchResponseData.PartitionData> fetched) {
            Seams.reserveFetched(fetched);
        }
    }

    /** Before the next fetch is put together. */
    @Seam("buildFetch(Map)")
    public static final class BuildFetch {

        private BuildFetch() {}

        @Advice.OnMethodEnter
        static void enter(
                @Advice.Argument(value = 0, readOnly = false) Map<TopicPartition, PartitionFetchState> partitions) {
            partitions = Seams.reportable(partitions);
        }
    }
}
