package io.aquifer.bench;

import com.sun.management.ThreadMXBean;
import io.aquifer.remote.S3RemoteStorageManager;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import javax.management.JMException;
import javax.management.MBeanServer;
import javax.management.ObjectName;
import org.apache.kafka.common.TopicIdPartition;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.server.log.remote.storage.LogSegmentData;
import org.apache.kafka.server.log.remote.storage.RemoteLogSegmentId;
import org.apache.kafka.server.log.remote.storage.RemoteLogSegmentMetadata;
import org.apache.kafka.server.log.remote.storage.RemoteLogSegmentMetadataUpdate;
import org.apache.kafka.server.log.remote.storage.RemoteLogSegmentState;
import org.apache.kafka.server.log.remote.storage.RemoteStorageException;

/**
 * Aquifer's side: the storage manager of the drop-in JAR with the settings it has by default, called as a broker calls it. Its
 * data is no records: the storage manager doesn't look into it.
 */
final class AquiferWorker {

    private static final TopicIdPartition FIRST = new TopicIdPartition(new Uuid(1, 2), 0, "benchmark");
    private static final String GETS = "io.aquifer:type=S3,name=RequestsPerSec,client=storage,action=get,*";
    private static final MBeanServer JMX = ManagementFactory.getPlatformMBeanServer();

    private final String endpoint;
    private final Path folder;
    private final Path index;
    private final S3RemoteStorageManager uploads;
    private final List<RemoteLogSegmentMetadata> stored = new ArrayList<>();

    private AquiferWorker(String endpoint, Path folder) throws IOException {
        this.endpoint = endpoint;
        this.folder = folder;
        this.index = Files.write(folder.resolve("index"), new byte[4096]);
        this.uploads = open(S3Bench.UPLOADS);
    }

    /** Arguments: URL of the server, a folder. */
    public static void main(String[] arguments) throws IOException {
        AquiferWorker worker = new AquiferWorker(arguments[0], Path.of(arguments[1]));
        Worker.serve(Map.of(
                "upload", words -> worker.upload(Path.of(words.get(0)), Integer.parseInt(words.get(1))),
                "store", words -> worker.store(Path.of(words.get(0)), Integer.parseInt(words.get(1))),
                "read", words -> worker.read(Integer.parseInt(words.get(0))),
                "cached", words -> worker.cached(Path.of(words.get(0)))));
    }

    private S3RemoteStorageManager open(String bucket) {
        S3RemoteStorageManager manager = new S3RemoteStorageManager();
        manager.configure(Map.of(
                "aquifer.s3.bucket",
                bucket,
                "aquifer.s3.path.style",
                "true",
                "aquifer.s3.endpoint",
                endpoint,
                "aquifer.cluster.id",
                "benchmark",
                "aquifer.deletions.path",
                folder.resolve("deletions-" + bucket).toString(),
                "broker.id",
                "1"));
        return manager;
    }

    /** Arguments: file, how often. Answers nanoseconds. */
    private List<Long> upload(Path file, int times) throws IOException, RemoteStorageException {
        long begin = System.nanoTime();
        for (int i = 0; i < times; i++) {
            copy(uploads, file, 0);
        }
        return List.of(System.nanoTime() - begin);
    }

    /** Copies what will be read. Arguments: file, number of segments. Answers that number. */
    private List<Long> store(Path file, int segments) throws IOException, RemoteStorageException {
        try (S3RemoteStorageManager manager = open(S3Bench.READS)) {
            for (int partition = 0; partition < segments; partition++) {
                stored.add(copy(manager, file, partition));
            }
        }
        return List.of((long) stored.size());
    }

    private RemoteLogSegmentMetadata copy(S3RemoteStorageManager manager, Path file, int partition)
            throws IOException, RemoteStorageException {
        RemoteLogSegmentId id = new RemoteLogSegmentId(
                new TopicIdPartition(FIRST.topicId(), partition, FIRST.topic()), Uuid.randomUuid());
        RemoteLogSegmentMetadata segment = new RemoteLogSegmentMetadata(
                id, 0, 999, 1_000, 1, 2_000, Math.toIntExact(Files.size(file)), Map.of(0, 0L), true);
        ByteBuffer epochs = ByteBuffer.wrap("0\n1\n0 0\n".getBytes(StandardCharsets.UTF_8));
        LogSegmentData files = new LogSegmentData(file, index, index, Optional.empty(), index, epochs);
        return segment.createWithUpdates(new RemoteLogSegmentMetadataUpdate(
                id, 3_000, manager.copyLogSegmentData(segment, files), RemoteLogSegmentState.COPY_SEGMENT_FINISHED, 1));
    }

    /** Reads with a cache that is empty. Arguments: readers. Answers nanoseconds and the GETs that were sent. */
    private List<Long> read(int readers) throws Exception {
        try (S3RemoteStorageManager manager = open(S3Bench.READS)) {
            long before = gets();
            long nanos = Readers.read(readers, stored, (segment, buffer) -> readSegment(manager, segment, buffer));
            return List.of(nanos, gets() - before);
        }
    }

    /** Reads a segment twice. Arguments: file. Answers the bytes of heap that the second time took of this thread. */
    private List<Long> cached(Path file) throws Exception {
        RemoteLogSegmentMetadata segment = copy(uploads, file, 0);
        byte[] buffer = new byte[Readers.FETCH_BYTES];
        readSegment(uploads, segment, buffer);
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long id = Thread.currentThread().getId();
        long gets = gets();
        long before = threads.getThreadAllocatedBytes(id);
        readSegment(uploads, segment, buffer);
        long allocated = threads.getThreadAllocatedBytes(id) - before;
        if (gets() != gets) {
            throw new IllegalStateException("The second reading was not served from the cache alone");
        }
        return List.of(allocated);
    }

    /** As a broker answers a consumer's fetches: each asks for the rest of the segment, and takes what fits the answer. */
    private static void readSegment(S3RemoteStorageManager manager, RemoteLogSegmentMetadata segment, byte[] buffer)
            throws IOException, RemoteStorageException {
        int size = segment.segmentSizeInBytes();
        for (int position = 0; position < size; position += buffer.length) {
            int wanted = Math.min(buffer.length, size - position);
            try (InputStream stream = manager.fetchLogSegment(segment, position)) {
                int count = stream.readNBytes(buffer, 0, wanted);
                if (count != wanted) {
                    throw new EOFException(count + " bytes at " + position + " instead of " + wanted);
                }
            }
        }
    }

    /** GETs sent so far by all managers that are open. */
    private static long gets() throws JMException {
        long count = 0;
        for (ObjectName meter : JMX.queryNames(new ObjectName(GETS), null)) {
            count += (Long) JMX.getAttribute(meter, "Count");
        }
        return count;
    }
}
