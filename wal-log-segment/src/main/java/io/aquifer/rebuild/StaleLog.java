package io.aquifer.rebuild;

import io.aquifer.wal.recovery.RecoveredLog;
import java.io.File;

/**
 * A log whose directory is there and ends before what the WAL holds.
 *
 * @param end behind the last offset in the directory
 * @param named whether the directory says by its incarnation that it is this log; otherwise only its name and topic say so
 */
record StaleLog(RecoveredLog log, File dir, long end, boolean named) {}
