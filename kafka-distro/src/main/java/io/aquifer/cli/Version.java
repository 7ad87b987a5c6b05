package io.aquifer.cli;

import io.aquifer.seam.WovenClasses;
import io.aquifer.wal.layout.Superblock;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.IVersionProvider;

/** What {@code --version} says. */
final class Version implements IVersionProvider {

    @Override
    public String[] getVersion() {
        @Nullable String release = Version.class.getPackage().getImplementationVersion();
        WovenClasses woven = WovenClasses.on(Version.class.getClassLoader());
        return new String[] {
            "Aquifer " + (release == null ? "(not from its JAR)" : release) + " for Kafka " + woven.kafkaVersion(),
            "WAL format " + Superblock.VERSION
        };
    }
}
