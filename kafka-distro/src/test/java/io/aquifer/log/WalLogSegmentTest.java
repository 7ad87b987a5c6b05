package io.aquifer.log;

import static net.bytebuddy.matcher.ElementMatchers.isAbstract;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.reflect.Field;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import net.bytebuddy.ByteBuddy;
import net.bytebuddy.implementation.InvocationHandlerAdapter;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.record.internal.FileRecords;
import org.apache.kafka.storage.internals.log.LogSegment;
import org.apache.kafka.storage.internals.log.UnifiedLog;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a shared log's segment writes to its local file. */
class WalLogSegmentTest {

    private static final TopicPartition PARTITION = new TopicPartition("shared", 0);

    @TempDir
    Path root;

    private Broker broker;
    private UnifiedLog log;

    @BeforeEach
    void start() throws IOException {
        broker = new Broker(root)
                .with(AquiferConfig.WAL_WRITES_IN_FLIGHT_CONFIG, "1")
                .sharedTopic("shared")
                .start();
        log = broker.create(PARTITION);
    }

    @AfterEach
    void close() {
        broker.device().letGo();
        broker.close();
    }

    /** Behind a write that the device holds, the one writer seals no other block. */
    @Test
    void theLocalFileIsWrittenFromTheMemoryThatGoesToTheDevice() throws Exception {
        broker.device().hold();
        log.appendAsLeader(Batches.of("in front"), 0);
        Eventually.holds("it is written", () -> broker.device().held().size() == 1);
        List<ByteBuffer> written = noteWrites(log.activeSegment());
        log.appendAsLeader(Batches.of("to the file"), 0);
        assertThat(written).singleElement().matches(ByteBuffer::isDirect);
        replace(written.get(0), "to the file", "to the disk");
        broker.device().letGo();
        broker.awaitDurable();

        assertThat(Batches.values(log)).containsExactly("0:in front", "1:to the file");
        assertThat(onDevice().indexOf("to the disk")).isPositive();
        assertThat(onDevice().indexOf("to the file")).isNegative();
    }

    private static void replace(ByteBuffer buffer, String from, String to) {
        ByteBuffer all = buffer.duplicate().clear();
        int at = text(all).indexOf(from);
        all.put(at, to.getBytes(StandardCharsets.ISO_8859_1));
    }

    private String onDevice() {
        ByteBuffer image = ByteBuffer.allocate(ControlledDevice.SIZE);
        broker.device().read(0, image);
        return text(image.flip());
    }

    private static String text(ByteBuffer buffer) {
        return StandardCharsets.ISO_8859_1.decode(buffer.duplicate()).toString();
    }

    /** From now on, adds every buffer that the segment's file is written from. */
    private static List<ByteBuffer> noteWrites(LogSegment segment) throws ReflectiveOperationException {
        List<ByteBuffer> written = new ArrayList<>();
        Field field = FileRecords.class.getDeclaredField("channel");
        field.setAccessible(true);
        FileChannel channel = (FileChannel) field.get(segment.log());
        field.set(
                segment.log(),
                new ByteBuddy()
                        .subclass(FileChannel.class)
                        .method(isAbstract())
                        .intercept(InvocationHandlerAdapter.of((proxy, method, args) -> {
                            if (method.getName().equals("write")) {
                                written.add((ByteBuffer) args[0]);
                            }
                            return method.invoke(channel, args);
                        }))
                        .make()
                        .load(WalLogSegmentTest.class.getClassLoader())
                        .getLoaded()
                        .getDeclaredConstructor()
                        .newInstance());
        return written;
    }
}
