package io.aquifer.log;

import org.jspecify.annotations.Nullable;

/**
 * What a woven {@code UnifiedLog} implements, so that its shared-storage state is one field read away.
 *
 * <p>The field and both methods are added when the JAR is built; a stock {@code UnifiedLog} doesn't implement this.
 */
public interface SharedLogHolder {

    /** The state given to this log when it was opened, or null where no runtime was running then. */
    @Nullable
    SharedLog aquiferLog();

    void aquiferLog(@Nullable SharedLog log);
}
