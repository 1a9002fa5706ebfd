package dev.godwit.demo.common;

/** Values on a command line. */
public final class Arguments {
    private Arguments() {}

    /**
     * A whole number.
     *
     * @throws IllegalArgumentException one line that names the option, the value and what is accepted
     */
    public static int number(String name, String value, int least, int most) {
        try {
            int number = Integer.parseInt(value);
            if (number >= least && number <= most) {
                return number;
            }
        } catch (NumberFormatException e) {
            // Falls through to the same line as a number out of range.
        }
        throw new IllegalArgumentException(
                name + " is \"" + value + "\"; give a whole number from " + least + " to " + most);
    }

    /**
     * A seed.
     *
     * @throws IllegalArgumentException one line that names the option, the value and what is accepted
     */
    public static long seed(String value) {
        try {
            return Long.parseLong(value);
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException("--seed is \"" + value + "\"; give a whole number", e);
        }
    }
}
