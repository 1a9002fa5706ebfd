package dev.godwit.hint;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Each call of the method is a critical section, from its first instruction until it returns or throws, as if its body stood in
 * {@link MigrationHints#critical}. Not for abstract and native methods, which are left as they are; not inherited by a method
 * that overrides it.
 */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.METHOD)
public @interface MigrationCritical {

    /** Name of the section; if empty, that of the class without its package and of the method, as in {@code Ledger.settle}. */
    String value() default "";
}
