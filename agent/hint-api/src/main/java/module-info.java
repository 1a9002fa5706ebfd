/** Hints from an application to a hypervisor. Needs nothing but {@code java.base}. */
module dev.godwit.hint {
    exports dev.godwit.hint;
}
