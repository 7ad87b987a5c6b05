package io.aquifer.wal.device;

/** A raw block device keeps the contract where each write is followed by an {@code fdatasync}. */
class DirectLoopDeviceSyncTest extends DirectLoopDeviceTest {

    @Override
    DurabilitySetting setting() {
        return DurabilitySetting.SYNC;
    }
}
