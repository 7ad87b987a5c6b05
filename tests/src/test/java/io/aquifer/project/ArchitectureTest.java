package io.aquifer.project;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaPackage;
import com.tngtech.archunit.core.importer.Location;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.junit.LocationProvider;
import com.tngtech.archunit.lang.ArchRule;
import java.nio.file.Files;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.NullMarked;

/**
 * Which part of the product may know which other: the arrows between modules and between their rooms.
 *
 * <p>The classes are those of the modules' {@code target/classes}, not of this test's class path, so that a module that
 * the tests don't depend on is held to the rules too. Kafka's own classes, woven or not, are no part of what is checked.
 */
@AnalyzeClasses(locations = ArchitectureTest.Product.class)
class ArchitectureTest {

    private static final DescribedPredicate<JavaClass> KAFKA =
            resideInAnyPackage("org.apache.kafka..", "kafka..", "scala..").as("of Kafka");

    @ArchTest
    static final ArchRule only_rooms_that_meet_the_broker_know_kafka = noClasses()
            .that()
            .resideOutsideOfPackages(
                    "io.aquifer.log..",
                    "io.aquifer.rebuild..",
                    "io.aquifer.garbage..",
                    "io.aquifer.controller..",
                    "io.aquifer.takeover..",
                    "io.aquifer.mirror..",
                    "io.aquifer.seam..",
                    "io.aquifer.remote..",
                    "io.aquifer.cli..",
                    "io.aquifer.move..",
                    "io.aquifer.weave..",
                    "io.aquifer.config..",
                    "io.aquifer.metrics..")
            .should()
            .dependOnClassesThat(KAFKA);

    @ArchTest
    static final ArchRule the_settings_of_the_bucket_know_of_kafka_only_its_settings =
            kafkaOnlyIn("io.aquifer.config..", "org.apache.kafka.common.config..");

    @ArchTest
    static final ArchRule the_metrics_know_of_kafka_only_its_metrics =
            kafkaOnlyIn("io.aquifer.metrics..", "org.apache.kafka.server.metrics..");

    @ArchTest
    static final ArchRule the_wal_knows_no_kafka_log = noClasses()
            .that()
            .resideInAPackage("io.aquifer.wal..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("io.aquifer.log..", "io.aquifer.rebuild..", "io.aquifer.seam..");

    @ArchTest
    static final ArchRule the_log_does_not_know_the_advice_that_calls_it = noClasses()
            .that()
            .resideInAPackage("io.aquifer.log..")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("io.aquifer.seam..");

    @ArchTest
    static final ArchRule the_device_knows_no_other_room_of_the_wal = noClasses()
            .that()
            .resideInAPackage("io.aquifer.wal.device..")
            .should()
            .dependOnClassesThat(resideInAPackage("io.aquifer.wal..")
                    .and(resideInAPackage("io.aquifer.wal.device..").negate()));

    @ArchTest
    static final ArchRule the_layout_knows_no_room_of_the_wal_but_the_device = noClasses()
            .that()
            .resideInAPackage("io.aquifer.wal.layout..")
            .should()
            .dependOnClassesThat(resideInAPackage("io.aquifer.wal..")
                    .and(resideInAnyPackage("io.aquifer.wal.layout..", "io.aquifer.wal.device..")
                            .negate()));

    @ArchTest
    static final ArchRule the_wal_segment_and_the_remote_storage_manager_never_meet =
            dependenciesOf(ProjectModule.WAL_LOG_SEGMENT, ProjectModule.S3_TIER);

    @ArchTest
    static final ArchRule the_remote_storage_manager_meets_the_wal_only_in_the_formats_of_the_s3_tier =
            dependenciesOf(ProjectModule.REMOTE_STORAGE_MANAGER, ProjectModule.S3_TIER);

    @ArchTest
    static final ArchRule the_s3_tier_knows_no_other_module = dependenciesOf(ProjectModule.S3_TIER);

    @ArchTest
    static final ArchRule packages_are_free_of_cycles =
            slices().matching("io.aquifer.(**)").should().beFreeOfCycles();

    @ArchTest
    static void every_class_is_in_a_room_of_its_module(JavaClasses product) {
        for (ProjectModule module : ProjectModule.ALL) {
            classes()
                    .that(module.contents())
                    .should()
                    .resideInAnyPackage(module.rooms().toArray(String[]::new))
                    .allowEmptyShould(true)
                    .check(product);
        }
    }

    @ArchTest
    static void every_room_is_null_marked(JavaClasses product) {
        Set<String> unmarked = product.stream()
                .map(JavaClass::getPackage)
                .filter(room -> !room.isAnnotatedWith(NullMarked.class))
                .map(JavaPackage::getName)
                .collect(Collectors.toSet());

        assertThat(unmarked).as("rooms without a @NullMarked package-info.java").isEmpty();
    }

    @ArchTest
    static void no_module_was_left_out_of_these_rules(JavaClasses product) {
        for (ProjectModule module : ProjectModule.ALL) {
            Set<String> seen = product.that(module.contents()).stream()
                    .map(JavaClass::getPackageName)
                    .collect(Collectors.toSet());
            assertThat(seen).as("packages seen of %s", module.name()).isEqualTo(module.packages());
        }
        assertThat(product).isNotEmpty();
    }

    /** A room that knows of Kafka only one package. */
    private static ArchRule kafkaOnlyIn(String room, String known) {
        return noClasses()
                .that()
                .resideInAPackage(room)
                .should()
                .dependOnClassesThat(KAFKA.and(resideInAPackage(known).negate()));
    }

    private static ArchRule dependenciesOf(ProjectModule module, ProjectModule... allowed) {
        DescribedPredicate<JavaClass> known = module.contents();
        for (ProjectModule other : allowed) {
            known = known.or(other.contents());
        }
        return noClasses()
                .that(module.contents())
                .should()
                .dependOnClassesThat(resideInAPackage("io.aquifer..").and(DescribedPredicate.not(known)))
                .allowEmptyShould(true);
    }

    /** The product's classes: of every module that has some, and nothing that isn't written here. */
    static final class Product implements LocationProvider {

        @Override
        public Set<Location> get(Class<?> testClass) {
            return ProjectModule.ALL.stream()
                    .map(module -> module.classes().resolve("io/aquifer"))
                    .filter(Files::isDirectory)
                    .map(Location::of)
                    .collect(Collectors.toSet());
        }
    }
}
