package io.aquifer.seam;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Names the one method of Kafka that an advice class is woven into, within the class named by the enclosing
 * {@link SeamsOf}.
 */
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.TYPE)
public @interface Seam {

    /** Method and parameter types by their simple names, erased: {@code "open(File, long)"}. */
    String value();
}
