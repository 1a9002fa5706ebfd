package dev.godwit.agent.advice;

import java.util.Set;

/** Looks a loaded class's superclasses and interfaces up by name: the class loaders of an application may have several of one name. */
final class Supertypes {
    private Supertypes() {}

    /** True if the class is, extends or implements a type of one of the names. */
    static boolean include(Class<?> type, Set<String> names) {
        for (Class<?> each = type; each != null; each = each.getSuperclass()) {
            if (names.contains(each.getName()) || interfacesInclude(each, names)) {
                return true;
            }
        }
        return false;
    }

    private static boolean interfacesInclude(Class<?> type, Set<String> names) {
        for (Class<?> each : type.getInterfaces()) {
            if (names.contains(each.getName()) || interfacesInclude(each, names)) {
                return true;
            }
        }
        return false;
    }
}
