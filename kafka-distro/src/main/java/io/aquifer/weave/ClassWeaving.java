package io.aquifer.weave;

import io.aquifer.log.SharedLog;
import io.aquifer.log.SharedLogHolder;
import io.aquifer.seam.UnifiedLogAdvice;
import java.util.Map;
import net.bytebuddy.ByteBuddy;
import net.bytebuddy.asm.Advice;
import net.bytebuddy.description.method.MethodDescription;
import net.bytebuddy.description.modifier.FieldManifestation;
import net.bytebuddy.description.modifier.FieldPersistence;
import net.bytebuddy.description.modifier.Visibility;
import net.bytebuddy.description.type.TypeDescription;
import net.bytebuddy.dynamic.ClassFileLocator;
import net.bytebuddy.dynamic.DynamicType;
import net.bytebuddy.dynamic.scaffold.TypeValidation;
import net.bytebuddy.implementation.FieldAccessor;
import net.bytebuddy.implementation.Implementation;
import net.bytebuddy.matcher.ElementMatcher;
import net.bytebuddy.pool.TypePool;

/** Weaves advice into class files with Byte Buddy, without loading a class of Kafka. */
final class ClassWeaving {

    private static final String LOG = "org.apache.kafka.storage.internals.log.UnifiedLog";

    private final ByteBuddy byteBuddy =
            new ByteBuddy().with(TypeValidation.DISABLED).with(Implementation.Context.Disabled.Factory.INSTANCE);
    private final ClassFileLocator advice = ClassFileLocator.ForClassLoader.of(ClassWeaving.class.getClassLoader());
    private final ClassFileLocator kafka;
    private final TypePool types;

    ClassWeaving(KafkaJars jars) {
        kafka = new ClassFileLocator.Compound(new ClassFileLocator.Simple(jars.classes()), advice);
        types = TypePool.Default.of(kafka);
    }

    /** The class file of {@code advisedClass} with its advice. */
    byte[] weave(AdvisedClass advisedClass) {
        TypeDescription type = types.describe(advisedClass.name()).resolve();
        DynamicType.Builder<?> builder =
                type.getName().equals(LOG) ? holdingSharedLog(type) : byteBuddy.decorate(type, kafka);
        for (Map.Entry<String, Class<?>> method : advisedClass.advice().entrySet()) {
            builder = builder.visit(Advice.to(TypeDescription.ForLoadedType.of(method.getValue()), advice)
                    .on(named(method.getKey())));
        }
        return builder.make(types).getBytes();
    }

    private DynamicType.Builder<?> holdingSharedLog(TypeDescription type) {
        return byteBuddy
                .redefine(type, kafka)
                .defineField(
                        UnifiedLogAdvice.FIELD,
                        SharedLog.class,
                        Visibility.PRIVATE,
                        FieldManifestation.VOLATILE,
                        FieldPersistence.TRANSIENT)
                .implement(SharedLogHolder.class)
                .intercept(FieldAccessor.ofField(UnifiedLogAdvice.FIELD));
    }

    private static ElementMatcher<MethodDescription> named(String shortForm) {
        return method -> shortForm(method).equals(shortForm);
    }

    private static String shortForm(MethodDescription method) {
        MethodDescription.InDefinedShape defined = method.asDefined();
        return new KafkaMethod(defined.getDeclaringType().getName(), defined.getInternalName(), defined.getDescriptor())
                .shortForm();
    }
}
