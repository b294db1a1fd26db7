package io.github.moonlibs.discovery.iproto.codec;

/** The protocol's numbers, under the names of Tarantool's manual. */
public final class Iproto {
    public static final int OK = 0;
    public static final int AUTH = 0x07;
    public static final int EVAL = 0x08;
    public static final int CALL = 0x0a;
    public static final int BEGIN = 0x0e;
    public static final int COMMIT = 0x0f;
    public static final int ROLLBACK = 0x10;
    public static final int PING = 0x40;
    public static final int ID = 0x49;
    public static final int WATCH = 0x4a;
    public static final int UNWATCH = 0x4b;
    public static final int EVENT = 0x4c;
    public static final int WATCH_ONCE = 0x4d;
    public static final int CHUNK = 0x80;

    /** An error's number is added to it. */
    public static final int TYPE_ERROR = 0x8000;

    public static final int REQUEST_TYPE = 0x00;
    public static final int SYNC = 0x01;
    public static final int STREAM_ID = 0x0a;
    public static final int TUPLE = 0x21;
    public static final int FUNCTION_NAME = 0x22;
    public static final int USER_NAME = 0x23;
    public static final int EXPR = 0x27;
    public static final int DATA = 0x30;
    public static final int ERROR_24 = 0x31;
    public static final int ERROR = 0x52;
    public static final int VERSION = 0x54;
    public static final int FEATURES = 0x55;
    public static final int TIMEOUT = 0x56;
    public static final int EVENT_KEY = 0x57;
    public static final int EVENT_DATA = 0x58;
    public static final int TXN_ISOLATION = 0x59;
    public static final int AUTH_TYPE = 0x5b;
    public static final int TUPLE_FORMATS = 0x60;

    public static final int FEATURE_ERROR_EXTENSION = 2;
    public static final int FEATURE_CALL_RET_TUPLE = 8;

    private Iproto() {}
}
