package io.aquifer.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import picocli.CommandLine;
import picocli.CommandLine.Model.OptionSpec;

/** What holds for every command: help, version, exit codes, messages, the guide. */
class AquiferTest {

    private static final Path GUIDE = Path.of("../docs/cli.md");

    @ParameterizedTest
    @MethodSource("commands")
    void helpNamesEveryOptionAndSaysWhatItDoes(CommandLine command) {
        List<String> words = words(command);
        words.add("--help");
        Run run = Run.aquifer(words.toArray());
        assertThat(run.status()).isZero();
        assertThat(run.err()).isEmpty();
        assertThat(run.out()).startsWith("Usage: " + command.getCommandSpec().qualifiedName());
        for (OptionSpec option : command.getCommandSpec().options()) {
            assertThat(run.out()).contains(option.names());
            assertThat(option.description()).as(option.longestName()).isNotEmpty();
        }
    }

    @ParameterizedTest
    @MethodSource("commands")
    void everyCommandTellsItsVersion(CommandLine command) {
        List<String> words = words(command);
        words.add("--version");
        Run run = Run.aquifer(words.toArray());
        assertThat(run.status()).isZero();
        assertThat(run.out())
                .containsPattern("Aquifer .* for Kafka \\d+\\.\\d+\\.\\d+")
                .contains("WAL format 1");
    }

    @ParameterizedTest
    @MethodSource("commands")
    void theGuideExplainsEveryOption(CommandLine command) throws IOException {
        String guide = Files.readString(GUIDE);
        assertThat(guide).contains(command.getCommandSpec().qualifiedName());
        for (OptionSpec option : command.getCommandSpec().options()) {
            assertThat(guide).as("%s", GUIDE).contains("`" + option.longestName());
        }
    }

    @Test
    void withoutACommandOrWithAnUnknownOneItIsNotUnderstood() {
        assertThat(Run.aquifer().status()).isEqualTo(2);
        assertThat(Run.aquifer("wal").status()).isEqualTo(2);
        Run run = Run.aquifer("wal", "erase");
        assertThat(run.status()).isEqualTo(2);
        assertThat(run.out()).isEmpty();
        assertThat(run.err()).hasLineCount(1).contains("'erase'").contains("aquifer wal --help");
    }

    @Test
    void whereAFailureComesFromIsShownOnlyWhenAskedFor() {
        assertThat(Run.aquifer("wal", "inspect", "/missing").err())
                .hasLineCount(1)
                .startsWith("aquifer: /missing doesn't exist");
        assertThat(Run.aquifer("wal", "inspect", "/missing", "--debug").err()).contains("\tat io.aquifer.cli.");
        assertThat(Run.aquiferDebugging("wal", "inspect", "/missing").err()).contains("\tat io.aquifer.cli.");
    }

    private static Stream<CommandLine> commands() {
        return withSubcommands(Aquifer.commandLine(false));
    }

    private static Stream<CommandLine> withSubcommands(CommandLine command) {
        return Stream.concat(
                Stream.of(command), command.getSubcommands().values().stream().flatMap(AquiferTest::withSubcommands));
    }

    private static List<String> words(CommandLine command) {
        List<String> words =
                new ArrayList<>(List.of(command.getCommandSpec().qualifiedName().split(" ")));
        words.remove(0);
        return words;
    }
}
