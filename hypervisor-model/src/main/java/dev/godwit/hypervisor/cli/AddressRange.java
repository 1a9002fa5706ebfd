package dev.godwit.hypervisor.cli;

import dev.godwit.hypervisor.guest.StoredPages;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** For options that take addresses, written as in {@code /proc/PID/maps}, with or without {@code 0x}. */
final class AddressRange implements ITypeConverter<StoredPages.Range> {
    private static final Pattern FORM = Pattern.compile("(?:0x)?([0-9a-fA-F]{1,15})-(?:0x)?([0-9a-fA-F]{1,15})");

    @Override
    public StoredPages.Range convert(String value) {
        Matcher matcher = FORM.matcher(value.strip());
        if (!matcher.matches()) {
            throw new TypeConversionException(
                    "\"" + value + "\" is not a range of addresses such as 0x7f2e00000000-0x7f2e40000000");
        }
        try {
            return new StoredPages.Range(Long.parseLong(matcher.group(1), 16), Long.parseLong(matcher.group(2), 16));
        } catch (IllegalArgumentException e) {
            throw new TypeConversionException(e.getMessage());
        }
    }
}
