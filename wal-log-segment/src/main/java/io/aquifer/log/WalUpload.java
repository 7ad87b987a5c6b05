package io.aquifer.log;

import io.aquifer.format.Takeovers;
import io.aquifer.format.WalChain;
import io.aquifer.format.WalObjects;
import io.aquifer.wal.Wal;
import io.aquifer.wal.append.Custodian;
import io.aquifer.wal.append.WriteAheadLog;
import io.aquifer.wal.device.AlignedMemory;
import io.aquifer.wal.device.JnaNativeIo;
import io.aquifer.wal.upload.HeldBlocks;
import io.aquifer.wal.upload.Lease;
import io.aquifer.wal.upload.UploadThread;
import io.aquifer.wal.upload.WalUploader;
import java.io.IOException;
import java.time.Duration;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The upload of a broker's WAL to S3, from before the WAL is opened until after its last block. */
final class WalUpload {

    private static final Logger LOG = LoggerFactory.getLogger(WalUpload.class);
    private static final Duration FINISH_TIMEOUT = Duration.ofSeconds(10);

    private final WalBucket bucket;
    private final AquiferConfig config;
    private final Lease lease;
    private final HeldBlocks held;
    private final UploadMetrics metrics = new UploadMetrics();
    private @Nullable WalUploader uploader;
    private volatile @Nullable UploadThread thread;

    /** @param bucket whose store is closed with this */
    WalUpload(WalBucket bucket, AquiferConfig config) {
        this.bucket = bucket;
        this.config = config;
        this.lease = new Lease(new JnaNativeIo()::bootTimeNanos, config.lease().toNanos(), config.isFencedByTime());
        this.held = new HeldBlocks(lease);
    }

    /** What the WAL is opened with. */
    Custodian custodian() {
        return held;
    }

    /** Begins to upload. */
    void start(Wal wal, WalMetrics walMetrics) throws IOException {
        WriteAheadLog log = wal.log();
        WalUploader made = new WalUploader(
                log,
                wal.device(),
                AlignedMemory.system(),
                held,
                lease,
                wal.epochs(),
                new WalObjects(bucket.store(), bucket.keys()),
                new WalChain(bucket.store(), bucket.keys()),
                new Takeovers(bucket.store(), bucket.keys()),
                config.uploadSettings(),
                metrics,
                this::wakeUp);
        uploader = made;
        metrics.observe(log, made, walMetrics);
        UploadThread driver = new UploadThread(made, log::fail);
        thread = driver;
        driver.start();
        LOG.info(
                "Uploading the WAL on {} to the {} as {}",
                wal.device().path(),
                bucket.store().name(),
                bucket.keys()
                        .walObjectsOf(
                                log.superblock().nodeId(), log.superblock().epoch()));
    }

    private void wakeUp() {
        UploadThread driver = thread;
        if (driver != null) {
            driver.wakeUp();
        }
    }

    /** Position below which every block is in S3. */
    long uploaded() {
        return Objects.requireNonNull(uploader).uploaded();
    }

    /** Uploads what there is, as far as that goes in time, and ends the thread. */
    void finish() throws InterruptedException {
        UploadThread driver = thread;
        if (driver != null) {
            driver.finish(FINISH_TIMEOUT);
        }
    }

    /** Gives back connections and memory, before the WAL closes. */
    void close() {
        bucket.store().close();
        WalUploader made = uploader;
        try {
            if (made != null) {
                made.close();
            }
        } catch (IOException e) {
            LOG.error("The memory for reading the WAL back wasn't given back", e);
        }
        metrics.close();
    }
}
