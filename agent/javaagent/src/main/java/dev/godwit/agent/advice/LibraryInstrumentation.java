package dev.godwit.agent.advice;

import java.util.List;
import java.util.Set;
import net.bytebuddy.asm.AsmVisitorWrapper;
import net.bytebuddy.dynamic.ClassFileLocator;

/** How the work of one kind of library is recognised. Each in one file, its advice included. */
interface LibraryInstrumentation {

    /**
     * Texts of which the class file of every class to weave has at least one among its constants. Decides fast, on
     * whatever thread loads a class, that it is none of ours; classes that merely call such a library have them too.
     */
    List<String> marks();

    /** Classes of the JDK to weave, by binary name: they are not looked at for {@link #marks}. */
    Set<String> jdkClasses();

    /** True if the class, which is loaded, is one to weave. */
    boolean concerns(Class<?> type);

    /** What to put into such a class. */
    List<AsmVisitorWrapper> advice(Class<?> type, ClassFileLocator adviceLocator);
}
