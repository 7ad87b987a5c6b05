package io.aquifer.seam;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/** Names the class of Kafka that the nested {@link Seam} classes are woven into. */
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.TYPE)
public @interface SeamsOf {

    /** Binary name of the Kafka class. */
    String value();

    /**
     * Methods that the advice or what it calls relies on without being woven into them, each as its class's binary
     * name, {@code #}, and the form of {@link Seam#value()}. A build fails when one of them is no longer what it was.
     */
    String[] reliesOn() default {};
}
