package io.aquifer.bench;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import software.amazon.awssdk.core.ResponseInputStream;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.s3.S3AsyncClient;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.GetObjectResponse;
import software.amazon.awssdk.services.s3.model.S3Object;
import software.amazon.awssdk.transfer.s3.S3TransferManager;

/**
 * The side of the AWS SDK: uploads by its transfer manager over its multipart client, reads by its blocking client, 8 MiB a
 * request, one after the other. Everything is left as the SDK sets it.
 */
final class SdkWorker {

    private static final int RANGE_BYTES = 8 << 20;
    private static final String SEGMENTS = "/segment/";

    private final S3TransferManager transfers;
    private final S3Client client;
    private int uploads;

    private SdkWorker(URI endpoint) {
        S3AsyncClient multipart = S3AsyncClient.builder()
                .endpointOverride(endpoint)
                .forcePathStyle(true)
                .region(Region.US_EAST_1)
                .multipartEnabled(true)
                .build();
        transfers = S3TransferManager.builder().s3Client(multipart).build();
        client = S3Client.builder()
                .endpointOverride(endpoint)
                .forcePathStyle(true)
                .region(Region.US_EAST_1)
                .build();
    }

    /** Arguments: URL of the server. */
    public static void main(String[] arguments) {
        SdkWorker worker = new SdkWorker(URI.create(arguments[0]));
        Worker.serve(Map.of(
                "upload", words -> List.of(worker.upload(Path.of(words.get(0)), Integer.parseInt(words.get(1)))),
                "read", words -> List.of(worker.read(Integer.parseInt(words.get(0)), Long.parseLong(words.get(1))))));
    }

    /** Arguments: file, how often. Answers nanoseconds. */
    private long upload(Path file, int times) {
        long begin = System.nanoTime();
        for (int i = 0; i < times; i++) {
            String key = "sdk-" + ++uploads;
            transfers
                    .uploadFile(upload -> upload.source(file)
                            .putObjectRequest(put -> put.bucket(S3Bench.UPLOADS).key(key)))
                    .completionFuture()
                    .join();
        }
        return System.nanoTime() - begin;
    }

    /** Arguments: readers, bytes of data in each segment. Answers nanoseconds. */
    private long read(int readers, long segmentBytes) throws Exception {
        List<String> keys = client.listObjectsV2Paginator(list -> list.bucket(S3Bench.READS)).contents().stream()
                .map(S3Object::key)
                .filter(key -> key.contains(SEGMENTS))
                .toList();
        return Readers.read(readers, keys, (key, buffer) -> read(key, segmentBytes, buffer));
    }

    private void read(String key, long bytes, byte[] buffer) throws IOException {
        for (long position = 0; position < bytes; position += RANGE_BYTES) {
            long length = Math.min(RANGE_BYTES, bytes - position);
            String range = "bytes=" + position + "-" + (position + length - 1);
            try (ResponseInputStream<GetObjectResponse> stream =
                    client.getObject(get -> get.bucket(S3Bench.READS).key(key).range(range))) {
                consume(stream, length, buffer);
            }
        }
    }

    private static void consume(InputStream stream, long length, byte[] buffer) throws IOException {
        for (long left = length; left > 0; ) {
            int count = stream.read(buffer, 0, (int) Math.min(left, buffer.length));
            if (count < 0) {
                throw new EOFException(left + " bytes of a range are missing");
            }
            left -= count;
        }
    }
}
