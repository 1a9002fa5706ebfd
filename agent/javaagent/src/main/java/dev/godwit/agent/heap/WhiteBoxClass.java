package dev.godwit.agent.heap;

import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;

/**
 * The class file of {@code public class jdk.test.whitebox.WhiteBox} with two native methods.
 *
 * <p>Written by hand: a class of this name in the sources would be one of the application's class path, and a library
 * that generates classes takes half a second to start.
 */
final class WhiteBoxClass {
    static final String NAME = "jdk.test.whitebox.WhiteBox";
    static final String REGISTER = "registerNatives";
    static final String COLLECT = "youngGC";

    private static final int CONSTANT_UTF8 = 1;
    private static final int CONSTANT_CLASS = 7;
    private static final int JAVA_17 = 61;
    private static final int ACC_PUBLIC = 0x0001;
    private static final int ACC_STATIC = 0x0008;
    private static final int ACC_SUPER = 0x0020;
    private static final int ACC_NATIVE = 0x0100;

    private WhiteBoxClass() {}

    /** Java Virtual Machine Specification, section 4.1. */
    static byte[] bytes() {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (DataOutputStream out = new DataOutputStream(bytes)) {
            out.writeInt(0xCAFEBABE);
            out.writeShort(0);
            out.writeShort(JAVA_17);
            writeConstants(out);
            out.writeShort(ACC_PUBLIC | ACC_SUPER);
            out.writeShort(2); // this class
            out.writeShort(4); // its super class
            out.writeShort(0); // interfaces
            out.writeShort(0); // fields
            out.writeShort(2); // methods
            writeNativeMethod(out, 5);
            writeNativeMethod(out, 6);
            out.writeShort(0); // attributes
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }

    /** Numbered from one; the count is one more than there are. */
    private static void writeConstants(DataOutputStream out) throws IOException {
        out.writeShort(8);
        writeUtf8(out, NAME.replace('.', '/'));
        writeClass(out, 1);
        writeUtf8(out, "java/lang/Object");
        writeClass(out, 3);
        writeUtf8(out, REGISTER);
        writeUtf8(out, COLLECT);
        writeUtf8(out, "()V");
    }

    private static void writeUtf8(DataOutputStream out, String text) throws IOException {
        out.writeByte(CONSTANT_UTF8);
        out.writeUTF(text);
    }

    private static void writeClass(DataOutputStream out, int name) throws IOException {
        out.writeByte(CONSTANT_CLASS);
        out.writeShort(name);
    }

    private static void writeNativeMethod(DataOutputStream out, int name) throws IOException {
        out.writeShort(ACC_PUBLIC | ACC_STATIC | ACC_NATIVE);
        out.writeShort(name);
        out.writeShort(7); // descriptor
        out.writeShort(0); // attributes
    }
}
