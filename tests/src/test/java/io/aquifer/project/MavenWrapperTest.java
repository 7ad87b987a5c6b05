package io.aquifer.project;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code mvnw} is generated: what was added to it by hand has to outlive the next generation. */
class MavenWrapperTest {

    @Test
    void says_in_one_line_that_there_is_no_jdk(@TempDir Path empty) throws Exception {
        assertThat(outputOfFailedWrapper(empty)).containsExactly(refusal("no javac", empty));
    }

    @Test
    void says_in_one_line_that_the_jdk_is_too_old(@TempDir Path jdk) throws Exception {
        Path javac = Files.createDirectories(jdk.resolve("bin")).resolve("javac");
        Files.writeString(javac, "#!/bin/sh\necho javac 11.0.2\n");
        Files.setPosixFilePermissions(javac, PosixFilePermissions.fromString("rwxr-xr-x"));

        assertThat(outputOfFailedWrapper(jdk)).containsExactly(refusal("javac 11.0.2", jdk));
    }

    private static String refusal(String found, Path javaHome) {
        return "Aquifer needs a JDK 17 or newer, found " + found + " in JAVA_HOME, " + javaHome
                + ": install one, or set JAVA_HOME to its folder.";
    }

    private static String[] outputOfFailedWrapper(Path javaHome) throws IOException, InterruptedException {
        ProcessBuilder builder =
                new ProcessBuilder(ProjectModule.root().resolve("mvnw").toString(), "--version");
        builder.environment().put("JAVA_HOME", javaHome.toString());
        Process wrapper = builder.redirectErrorStream(true).start();
        String output = new String(wrapper.getInputStream().readAllBytes(), StandardCharsets.UTF_8);

        assertThat(wrapper.waitFor())
                .as("exit status of mvnw, which said %s", output)
                .isEqualTo(1);
        return output.split("\n");
    }
}
