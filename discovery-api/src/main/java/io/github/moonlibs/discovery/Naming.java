package io.github.moonlibs.discovery;

import java.util.Locale;

/**
 * What the components of records, and the properties of other classes, are called on the servers. It holds in both
 * directions: for results and for arguments. {@link Name} names one of them otherwise.
 *
 * @see ClientOptions.Builder#naming
 * @see WithNaming
 */
public enum Naming {
    /** As they are called in Java. */
    AS_DECLARED,

    /** {@code userId} is {@code user_id}, {@code homeURL} is {@code home_url}, {@code ipV4} is {@code ip_v4}. */
    SNAKE_CASE;

    /** The name on the servers of what is called so in Java. */
    public String nameOf(String declared) {
        return this == SNAKE_CASE ? snakeCase(declared) : declared;
    }

    private static String snakeCase(String name) {
        StringBuilder snake = new StringBuilder(name.length() + 4);
        for (int i = 0; i < name.length(); i++) {
            if (Character.isUpperCase(name.charAt(i)) && beginsWord(name, i)) {
                snake.append('_');
            }
            snake.append(name.charAt(i));
        }
        return snake.toString().toLowerCase(Locale.ROOT);
    }

    /** Of several capitals in a row, the first begins a word, and so does the last one if a small letter follows. */
    private static boolean beginsWord(String name, int at) {
        if (at == 0 || name.charAt(at - 1) == '_') {
            return false;
        }
        boolean lastOfCapitals = at + 1 < name.length() && Character.isLowerCase(name.charAt(at + 1));
        return !Character.isUpperCase(name.charAt(at - 1)) || lastOfCapitals;
    }
}
