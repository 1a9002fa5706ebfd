package dev.godwit.agent.it.programs;

import com.sun.jna.Function;
import com.sun.jna.NativeLibrary;

/** An application with a JNA of its own. */
public final class UsingJna {
    private UsingJna() {}

    @SuppressWarnings("SystemOut")
    public static void main(String[] arguments) throws InterruptedException {
        Function labs = NativeLibrary.getInstance("c").getFunction("labs");
        System.out.println("labs " + labs.invokeLong(new Object[] {-41L}));
        Programs.awaitFile(arguments[0]);
        System.out.println("labs " + labs.invokeLong(new Object[] {-43L}));
    }
}
