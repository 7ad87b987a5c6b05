package io.aquifer.wal.device;

/** A preallocated file keeps the contract where it is written through native AIO. */
class DirectFileDeviceAioTest extends DirectFileDeviceTest {

    @Override
    DurabilitySetting setting() {
        return DurabilitySetting.AIO;
    }
}
