package io.aquifer.sim;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Is the simulation worth anything? Each rule that the WAL rests on is broken in turn, in a copy of the class that keeps
 * it, and a simulated run must fail. Production code has no hooks for this: the copies are compiled from its sources.
 */
class MutationTest {

    private static final int SEEDS = 6000;

    static Stream<Mutation> uploadMutations() {
        return Stream.of(
                upload(
                        "what is behind an object that isn't in S3 counts as uploaded",
                        "upload/EpochUpload.java",
                        "if (first.result == null) {\n                break;",
                        "if (first.result == null) {\n                continue;"),
                upload(
                        "a number that another object has counts as uploaded",
                        "upload/EpochUpload.java",
                        "if (sent.result == PutResult.OTHER_EXISTS) {",
                        "if (sent.result == PutResult.OTHER_EXISTS && sent.sends < 0) {"),
                upload(
                        "the lease begins with the answer",
                        "upload/Lease.java",
                        "if (!confirmed || sentAt + lengthNanos - until > 0) {",
                        "sentAt = clock.getAsLong();\n        if (!confirmed || sentAt + lengthNanos - until > 0) {"),
                upload(
                        "the lease isn't looked at before the durable end rises",
                        "append/WriteAheadLog.java",
                        "if (standing == Custodian.Standing.HELD) {",
                        "if (standing != Custodian.Standing.UNCONFIRMED) {"),
                upload(
                        "something is sent behind an object that ended because time was up",
                        "upload/EpochUpload.java",
                        "&& !last.cutByTime",
                        "&& (!last.cutByTime || last.bytes > 0)"),
                upload(
                        "what an earlier process may have sent doesn't go alone",
                        "upload/Succession.java",
                        "first.sequence() + context.settings().objectsInFlight()",
                        "1"),
                upload(
                        "an earlier epoch isn't sealed",
                        "upload/Succession.java",
                        "() -> context.chain().seal(made));",
                        "() -> java.util.concurrent.CompletableFuture.completedFuture(PutResult.CREATED));"),
                upload(
                        "an epoch that the owner may still begin isn't sealed when the WAL is taken over",
                        "upload/WalTakeover.java",
                        "epochs.putIfAbsent(epoch, Optional.empty())",
                        "epochs.remove(-1L)"),
                upload(
                        "what was taken over goes up from where the device was trimmed",
                        "upload/WalTakeover.java",
                        "Math.max(uploadedEnd(), context.opened().trimPosition())",
                        "context.opened().trimPosition()"),
                upload("memory is used again while a block is held", "append/Block.java", "&& holds.get() == 0 ", ""),
                upload(
                        "what is in S3 stays in memory",
                        "upload/EpochUpload.java",
                        "context.source().uploaded(uploaded);",
                        ""));
    }

    private static Mutation upload(String name, String file, String original, String mutated) {
        return new Mutation(name, UploadSimulation.class, file, original, mutated);
    }

    static Stream<Mutation> mutations() {
        return Stream.of(
                new Mutation(
                        "a block is complete although one in front of it isn't",
                        "append/WriteAheadLog.java",
                        "while (oldest != null && writes.counts(oldest.write())) {",
                        "while (oldest != null && inFlight.stream().anyMatch(any -> writes.counts(any.write()))) {"),
                new Mutation(
                        "a write counts although one that overlapped it isn't over",
                        "append/OverlappingWrites.java",
                        "write.begunBefore = matter ? begun : 0;",
                        "write.begunBefore = 0;"),
                new Mutation(
                        "room is free although a write that overlapped the superblock's isn't over",
                        "append/WriteAheadLog.java",
                        "failure == null && writes.counts(trim.write)",
                        "failure == null"),
                new Mutation(
                        "the checksum of a block isn't looked at",
                        "layout/BlockHeader.java",
                        "if (found != expected) {",
                        "if (found != expected && length < 0) {"),
                new Mutation(
                        "a block crosses the ring's end",
                        "append/WriteAheadLog.java",
                        "if (length > toRingEnd) {",
                        "if (length > toRingEnd && length < 0) {"),
                new Mutation(
                        "the hole in front of the ring's end is silent",
                        "append/WriteAheadLog.java",
                        "place(explicit, (int) toRingEnd);",
                        "nextPosition += toRingEnd;"),
                new Mutation(
                        "room is free before the trim is durable",
                        "append/WriteAheadLog.java",
                        "write(superblock.trimmed(position, clean));",
                        "space.ringFreed(advanceTrim(position)); write(superblock.trimmed(position, clean));"),
                new Mutation(
                        "a superblock isn't synced",
                        "layout/SuperblockSlots.java",
                        "if (!device.writesAreDurable()) {",
                        "if (!device.writesAreDurable() && slot < 0) {"),
                new Mutation(
                        "superblocks overwrite each other",
                        "layout/SuperblockSlots.java",
                        "write(superblock.sequence() % 2);",
                        "write(superblock.sequence() % 1);"),
                new Mutation(
                        "blocks that an earlier epoch left beyond its end are read",
                        "recovery/WalScanner.java",
                        "position < superblock.epochStart() ? epoch : superblock.epoch()",
                        "0"),
                new Mutation("an opening doesn't raise the epoch", "layout/Superblock.java", "epoch + 1,", "epoch,"),
                new Mutation(
                        "only the order of epochs tells a stale block",
                        "recovery/WalScanner.java",
                        "position < superblock.epochStart() ? epoch : superblock.epoch()",
                        "epoch"),
                new Mutation(
                        "blocks of another turn of the ring are read",
                        "recovery/WalScanner.java",
                        "header.position() != position || ",
                        ""),
                new Mutation("what recovery found isn't made durable", "WalOpening.java", "device.sync();", ""),
                new Mutation(
                        "memory is used again while a claim is held",
                        "append/Block.java",
                        "durable && released.get() == recordCount()",
                        "durable"),
                new Mutation(
                        "memory is promised again before it can be used",
                        "append/WriteAheadLog.java",
                        "space.memoryFreed(reusable);",
                        "space.memoryFreed(block.length());"),
                new Mutation(
                        "promises don't leave room for the wrap of the ring",
                        "append/Space.java",
                        "this.checkpointRing = ringSize - maxBlockLength;",
                        "this.checkpointRing = ringSize;"),
                new Mutation(
                        "promises don't leave room for the wrap of the memory",
                        "append/Space.java",
                        "this.controlMemory = memorySize - maxBlockLength;",
                        "this.controlMemory = memorySize;"),
                new Mutation(
                        "padding is given back though it wasn't taken",
                        "append/WriteAheadLog.java",
                        "freed -= padding;",
                        "freed -= 0;"),
                new Mutation(
                        "records are acknowledged after a failure",
                        "append/WriteAheadLog.java",
                        """
                        if (failure != null) {
                                        return;
                                    }
                                    writes.end(block.write());\
                        """,
                        "writes.end(block.write());"),
                new Mutation(
                        "an abandoned record is written like any other",
                        "append/Claim.java",
                        "RecordHeader.voidAt(block.buffer(), offset);",
                        ""),
                new Mutation(
                        "a record that was truncated in the middle is dropped",
                        "recovery/RecoveredLog.java",
                        "extents.set(last, extents.get(last).cutAt(offset));",
                        "extents.remove(last);"),
                new Mutation("a truncation doesn't cut", "recovery/RecoveredLog.java", """
                    case TRUNCATE -> {
                                    cutFrom(offset);\
                    """, "case TRUNCATE -> {"));
    }

    @ParameterizedTest
    @MethodSource({"mutations", "uploadMutations"})
    void theSimulationFindsThat(Mutation mutation, @TempDir Path folder) throws Exception {
        assertThat(mutation.firstFailure(folder, SEEDS))
                .as("a failing seed of %s", SEEDS)
                .isPresent();
    }
}
