package io.aquifer.weave;

import io.aquifer.seam.AbstractFetcherThreadAdvice;
import io.aquifer.seam.BrokerLifecycleManagerAdvice;
import io.aquifer.seam.CleanerAdvice;
import io.aquifer.seam.KRaftMetadataCacheAdvice;
import io.aquifer.seam.LocalLogAdvice;
import io.aquifer.seam.LogManagerAdvice;
import io.aquifer.seam.LogManagerCompanionAdvice;
import io.aquifer.seam.LogSegmentAdvice;
import io.aquifer.seam.PartitionAdvice;
import io.aquifer.seam.RaftControllerNodeProviderAdvice;
import io.aquifer.seam.RemoteLeaderEndPointAdvice;
import io.aquifer.seam.RemoteLogCopyAdvice;
import io.aquifer.seam.ReplicaManagerAdvice;
import io.aquifer.seam.Seam;
import io.aquifer.seam.SeamsOf;
import io.aquifer.seam.UnifiedLogAdvice;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * A class of Kafka with the advice for it, as its advice class declares it.
 *
 * @param name binary name
 * @param advice advice classes by the short form of the method they are for
 * @param reliesOn other methods, each as {@code class#short form}
 */
record AdvisedClass(String name, Map<String, Class<?>> advice, List<String> reliesOn) {

    /** Everything there is to weave. */
    static final List<AdvisedClass> ALL = Stream.<Class<?>>of(
                    LogManagerCompanionAdvice.class,
                    LogManagerAdvice.class,
                    LogSegmentAdvice.class,
                    CleanerAdvice.class,
                    LocalLogAdvice.class,
                    UnifiedLogAdvice.class,
                    PartitionAdvice.class,
                    ReplicaManagerAdvice.class,
                    RemoteLeaderEndPointAdvice.class,
                    AbstractFetcherThreadAdvice.class,
                    RemoteLogCopyAdvice.class,
                    KRaftMetadataCacheAdvice.class,
                    RaftControllerNodeProviderAdvice.class,
                    BrokerLifecycleManagerAdvice.class)
            .map(AdvisedClass::declaredBy)
            .toList();

    /** Reads the annotations of an advice class and its nested classes. */
    static AdvisedClass declaredBy(Class<?> adviceClass) {
        SeamsOf seams = adviceClass.getAnnotation(SeamsOf.class);
        if (seams == null) throw new IllegalArgumentException(adviceClass + " lacks @SeamsOf");
        Map<String, Class<?>> advice = new TreeMap<>();
        Arrays.stream(adviceClass.getDeclaredClasses()).forEach(nested -> {
            Seam seam = nested.getAnnotation(Seam.class);
            if (seam == null) throw new IllegalArgumentException(nested + " lacks @Seam");
            advice.put(seam.value(), nested);
        });
        return new AdvisedClass(seams.value(), advice, List.of(seams.reliesOn()));
    }
}
