package io.github.moonlibs.discovery.iproto;

/** The protocol's numbers, under the names of Tarantool's manual. */
final class Iproto {
    static final int OK = 0;
    static final int AUTH = 0x07;
    static final int EVAL = 0x08;
    static final int CALL = 0x0a;
    static final int PING = 0x40;
    static final int ID = 0x49;
    static final int WATCH = 0x4a;
    static final int EVENT = 0x4c;
    static final int CHUNK = 0x80;

    /** An error's number is added to it. */
    static final int TYPE_ERROR = 0x8000;

    static final int REQUEST_TYPE = 0x00;
    static final int SYNC = 0x01;
    static final int TUPLE = 0x21;
    static final int FUNCTION_NAME = 0x22;
    static final int USER_NAME = 0x23;
    static final int EXPR = 0x27;
    static final int DATA = 0x30;
    static final int ERROR_24 = 0x31;
    static final int ERROR = 0x52;
    static final int VERSION = 0x54;
    static final int FEATURES = 0x55;
    static final int EVENT_KEY = 0x57;
    static final int EVENT_DATA = 0x58;

    static final int FEATURE_ERROR_EXTENSION = 2;
    static final int FEATURE_WATCHERS = 3;

    /** Deeper values are refused in both directions, before they exhaust a thread's stack. */
    static final int MAX_DEPTH = 128;

    private Iproto() {}
}
