package io.aquifer.object;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.ByteArrayOutputStream;
import java.io.Closeable;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** The little of S3's protocol that a client's mishaps need, over plain HTTP: each request can be made to go wrong. */
final class ScriptedS3 implements Closeable {

    /** What is done with a request. */
    enum Answer {
        FINE,
        SLOW_DOWN(503, "SlowDown"),
        INTERNAL_ERROR(500, "InternalError"),
        ACCESS_DENIED(403, "AccessDenied"),
        NO_SUCH_BUCKET(404, "NoSuchBucket"),
        BAD_DIGEST(400, "BadDigest"),
        CONFLICT(409, "ConditionalRequestConflict"),
        NOT_IMPLEMENTED(501, "NotImplemented"),
        INVALID(400, "InvalidRequest"),
        /** Takes effect, then the connection is closed. */
        LOST,
        /** Isn't answered until the server is closed. */
        HANGS,
        /** Half of the body that was announced. */
        CUT,
        /** A range and a body that are a byte shorter than asked. */
        SHORTER,
        /** The whole object, as if no range had been asked for. */
        WHOLE,
        /** A range that begins a byte later. */
        SHIFTED;

        private final int status;
        private final String code;

        Answer() {
            this(0, "");
        }

        Answer(int status, String code) {
            this.status = status;
            this.code = code;
        }
    }

    /** A request that came. */
    record Request(String method, String key, String query, Map<String, List<String>> headers) {
        String header(String name) {
            return headers.entrySet().stream()
                    .filter(header -> header.getKey().equalsIgnoreCase(name))
                    .map(header -> header.getValue().get(0))
                    .findFirst()
                    .orElse("");
        }

        @Override
        public String toString() {
            return method + " " + key + (query.isEmpty() ? "" : "?" + query.replaceAll("=.*", ""));
        }
    }

    private final HttpServer server;
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final Map<String, Stored> objects = new ConcurrentHashMap<>();
    private final Map<Integer, byte[]> parts = new ConcurrentSkipListMap<>();
    private final Map<String, String> uploadCall = new ConcurrentHashMap<>();
    private final Deque<Answer> script = new ConcurrentLinkedDeque<>();
    private final List<Request> requests = new CopyOnWriteArrayList<>();
    private final CountDownLatch closed = new CountDownLatch(1);
    private final AtomicInteger active = new AtomicInteger();
    private final AtomicInteger mostActive = new AtomicInteger();
    private volatile Answer otherwise = Answer.FINE;

    private static final class Stored {
        private final byte[] bytes;
        private final String call;

        private Stored(byte[] bytes, String call) {
            this.bytes = bytes;
            this.call = call;
        }
    }

    ScriptedS3() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(threads);
        server.createContext("/", this::handle);
        server.start();
    }

    URI endpoint() {
        return URI.create("http://127.0.0.1:" + server.getAddress().getPort());
    }

    /** What the next requests get, one after the other; those after them are fine. */
    void answer(Answer... answers) {
        script.addAll(Arrays.asList(answers));
    }

    /** What all requests get that no script is for. */
    void always(Answer answer) {
        otherwise = answer;
    }

    List<Request> requests() {
        return List.copyOf(requests);
    }

    int mostActive() {
        return mostActive.get();
    }

    void store(String key, byte[] bytes) {
        objects.put(key, new Stored(bytes, "another"));
    }

    byte @Nullable [] stored(String key) {
        Stored found = objects.get(key);
        return found == null ? null : found.bytes;
    }

    private void handle(HttpExchange exchange) throws IOException {
        mostActive.accumulateAndGet(active.incrementAndGet(), Math::max);
        boolean counted = true;
        try {
            byte[] body = exchange.getRequestBody().readAllBytes();
            String path = exchange.getRequestURI().getPath();
            Request request = new Request(
                    exchange.getRequestMethod(),
                    path.replaceFirst("^/bucket/?", ""),
                    String.valueOf(exchange.getRequestURI().getQuery()).replace("null", ""),
                    Map.copyOf(exchange.getRequestHeaders()));
            requests.add(request);
            Answer answer = script.isEmpty() ? otherwise : script.poll();
            if (answer == Answer.HANGS) {
                await(closed);
            } else if (answer.status != 0) {
                active.decrementAndGet();
                counted = false;
                error(exchange, answer.status, answer.code);
            } else {
                respond(exchange, request, body, answer, () -> active.decrementAndGet());
                counted = false;
            }
        } finally {
            if (counted) {
                active.decrementAndGet();
            }
            exchange.close();
        }
    }

    private void respond(HttpExchange exchange, Request request, byte[] body, Answer answer, Runnable done)
            throws IOException {
        Reply reply = reply(request, body, answer);
        done.run();
        if (answer == Answer.LOST) {
            return;
        }
        reply.headers.forEach(exchange.getResponseHeaders()::set);
        boolean head = request.method.equals("HEAD");
        if (head) {
            exchange.getResponseHeaders().set("Content-Length", reply.length);
        }
        exchange.sendResponseHeaders(reply.status, head || reply.body.length == 0 ? -1 : reply.body.length);
        OutputStream out = exchange.getResponseBody();
        out.write(reply.body, 0, head ? 0 : answer == Answer.CUT ? reply.body.length / 2 : reply.body.length);
        out.flush();
    }

    private Reply reply(Request request, byte[] body, Answer answer) {
        String key = request.key;
        String call = request.header("x-amz-meta-" + S3Requests.CALL_ID);
        switch (request.method) {
            case "PUT" -> {
                if (request.query.contains("partNumber")) {
                    int number = Integer.parseInt(request.query.replaceAll(".*partNumber=(\\d+).*", "$1"));
                    parts.put(number, body);
                    return Reply.of(200, "").with("ETag", "\"" + number + "\"");
                }
                return create(key, body, call);
            }
            case "POST" -> {
                if (request.query.startsWith("uploads")) {
                    uploadCall.put(key, call);
                    return Reply.of(
                            200,
                            "<InitiateMultipartUploadResult><UploadId>1</UploadId></InitiateMultipartUploadResult>");
                }
                ByteArrayOutputStream whole = new ByteArrayOutputStream();
                parts.values().forEach(whole::writeBytes);
                String owner = uploadCall.remove(key);
                return owner == null
                        ? Reply.error(404, "NoSuchUpload")
                        : create(key, whole.toByteArray(), owner)
                                .body("<CompleteMultipartUploadResult><ETag>x</ETag></CompleteMultipartUploadResult>");
            }
            case "DELETE" -> {
                uploadCall.remove(key);
                return Reply.of(204, "");
            }
            default -> {
                Stored found = objects.get(key);
                if (found == null) {
                    return Reply.error(404, "NoSuchKey");
                }
                return request.method.equals("HEAD")
                        ? head(found)
                        : range(found.bytes, request.header("Range"), answer);
            }
        }
    }

    private Reply create(String key, byte[] bytes, String call) {
        return objects.putIfAbsent(key, new Stored(bytes, call)) == null
                ? Reply.of(200, "").with("ETag", "\"1\"")
                : Reply.error(412, "PreconditionFailed");
    }

    private static Reply head(Stored found) {
        Reply reply = Reply.of(200, "")
                .with("Last-Modified", "Thu, 01 Jan 2026 00:00:00 GMT")
                .with("x-amz-meta-" + S3Requests.CALL_ID, found.call);
        reply.length = String.valueOf(found.bytes.length);
        return reply;
    }

    private static Reply range(byte[] bytes, String header, Answer answer) {
        String[] asked = header.replace("bytes=", "").split("-", -1);
        int from = asked[0].isEmpty()
                ? Math.max(0, bytes.length - Integer.parseInt(asked[1]))
                : Integer.parseInt(asked[0]);
        int end = asked[0].isEmpty() ? bytes.length : Math.min(bytes.length, Integer.parseInt(asked[1]) + 1);
        if (from >= end) {
            return Reply.error(416, "InvalidRange");
        }
        if (answer == Answer.WHOLE) {
            return new Reply(200, bytes);
        }
        int first = answer == Answer.SHIFTED ? from + 1 : from;
        int last = (answer == Answer.SHORTER ? end - 1 : answer == Answer.SHIFTED ? end + 1 : end) - 1;
        return new Reply(206, Arrays.copyOfRange(bytes, first, last + 1))
                .with("Content-Range", "bytes " + first + "-" + last + "/" + bytes.length);
    }

    private static void error(HttpExchange exchange, int status, String code) throws IOException {
        Reply reply = Reply.error(status, code);
        boolean head = exchange.getRequestMethod().equals("HEAD");
        exchange.sendResponseHeaders(status, head ? -1 : reply.body.length);
        if (!head) {
            exchange.getResponseBody().write(reply.body);
        }
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() {
        closed.countDown();
        server.stop(0);
        threads.shutdownNow();
    }

    private static final class Reply {
        private final int status;
        private final byte[] body;
        private final Map<String, String> headers = new ConcurrentHashMap<>();
        private String length = "0";

        private Reply(int status, byte[] body) {
            this.status = status;
            this.body = body;
        }

        static Reply of(int status, String body) {
            return new Reply(status, body.getBytes(StandardCharsets.UTF_8));
        }

        static Reply error(int status, String code) {
            return of(status, "<Error><Code>" + code + "</Code><Message>scripted</Message></Error>");
        }

        Reply with(String name, String value) {
            headers.put(name, value);
            return this;
        }

        Reply body(String text) {
            return status == 200 ? of(200, text) : this;
        }
    }
}
