package io.aquifer.object;

/** Which keys every store can hold. */
final class ObjectKeys {

    private static final int MAX_LENGTH = 1024;

    private ObjectKeys() {}

    /** The key itself, when it is one. */
    static String require(String key) {
        if (key.isEmpty() || key.endsWith("/")) {
            throw new IllegalArgumentException("'" + key + "' isn't the key of an object: it names nothing");
        }
        return requireBeginning(key);
    }

    /** The prefix itself, when keys can begin so. */
    static String requirePrefix(String prefix) {
        return prefix.isEmpty() ? prefix : requireBeginning(prefix);
    }

    private static String requireBeginning(String key) {
        if (key.length() > MAX_LENGTH || key.startsWith("/") || key.contains("//")) {
            throw new IllegalArgumentException("'" + key + "' isn't a key: it has " + key.length()
                    + " characters of at most " + MAX_LENGTH + ", and no slash at its beginning or twice in a row");
        }
        for (int i = 0; i < key.length(); i++) {
            if (key.charAt(i) <= ' ' || key.charAt(i) > '~') {
                throw new IllegalArgumentException(
                        "'" + key + "' isn't a key: its character " + i + " isn't visible ASCII");
            }
        }
        return key;
    }
}
