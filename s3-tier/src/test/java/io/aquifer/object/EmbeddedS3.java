package io.aquifer.object;

import java.io.Closeable;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Properties;
import org.gaul.s3proxy.BlobStores;
import org.gaul.s3proxy.S3Proxy;
import org.gaul.s3proxy.auth.AuthenticationType;
import org.gaul.s3proxy.blobstore.BlobStore;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;

/**
 * An S3 server in this process, whose buckets are the sub-folders of a folder: signatures are checked and creating if absent
 * is atomic.
 */
public final class EmbeddedS3 implements Closeable {

    private static final String ACCESS_KEY = "aquifer";
    private static final String SECRET_KEY = "aquifer-secret";

    private final Path folder;
    private final BlobStore blobs;
    private final S3Proxy server;

    private EmbeddedS3(Path folder, BlobStore blobs, S3Proxy server) {
        this.folder = folder;
        this.blobs = blobs;
        this.server = server;
    }

    /** A running server on a free port of the loopback interface. */
    public static EmbeddedS3 start(Path folder) throws Exception {
        return start(folder, 0);
    }

    /** A running server on that port of the loopback interface. */
    public static EmbeddedS3 start(Path folder, int port) throws Exception {
        Properties properties = new Properties();
        properties.setProperty("jclouds.filesystem.basedir", folder.toString());
        BlobStore blobs = BlobStores.create("filesystem", properties);
        S3Proxy server = S3Proxy.builder()
                .blobStore(blobs)
                .endpoint(URI.create("http://127.0.0.1:" + port))
                .awsAuthentication(AuthenticationType.AWS_V4, ACCESS_KEY, SECRET_KEY)
                .ignoreUnknownHeaders(true)
                .v4MaxNonChunkedRequestSize(Integer.MAX_VALUE)
                .stopTimeout(0)
                .build();
        server.start();
        return new EmbeddedS3(folder, blobs, server);
    }

    /** Creates a bucket. */
    public EmbeddedS3 withBucket(String name) throws IOException {
        Files.createDirectory(folder.resolve(name));
        return this;
    }

    /** Where it listens. */
    public URI endpoint() {
        return URI.create("http://127.0.0.1:" + server.getPort());
    }

    /** Those that it accepts. */
    public static AwsCredentialsProvider credentials() {
        return StaticCredentialsProvider.create(AwsBasicCredentials.create(ACCESS_KEY, SECRET_KEY));
    }

    /** The same as environment variables, where the AWS SDK's default chain looks for them. */
    public static Map<String, String> environment() {
        return Map.of("AWS_ACCESS_KEY_ID", ACCESS_KEY, "AWS_SECRET_ACCESS_KEY", SECRET_KEY);
    }

    /** Settings that lead to a bucket of this server. */
    public ObjectStoreSettings.Builder settings(String bucket) {
        return ObjectStoreSettings.builder(bucket).endpoint(endpoint()).pathStyle(true);
    }

    @Override
    public void close() throws IOException {
        try {
            server.stop();
            blobs.close();
        } catch (Exception e) {
            throw new IOException("The S3 server at " + folder + " didn't stop", e);
        }
    }
}
