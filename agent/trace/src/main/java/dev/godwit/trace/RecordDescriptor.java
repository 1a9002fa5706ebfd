package dev.godwit.trace;

/**
 * Layout of the envelope around each record. All fields are little-endian.
 *
 * <pre>
 *   0                   1                   2                   3
 *   0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 *  +---------------------------------------------------------------+
 *  |                         Magic "GDWT"                          |
 *  +-------------------------------+-------------------------------+
 *  |            Version            |             Type              |
 *  +-------------------------------+-------------------------------+
 *  |                   Length of the payload, bytes                |
 *  +---------------------------------------------------------------+
 *  |          CRC32C of bytes 0 to 11, then of the payload         |
 *  +---------------------------------------------------------------+
 *  |                            Payload                           ...
 *  +---------------------------------------------------------------+
 * </pre>
 *
 * <p>The envelope is the same in all versions, so that a reader can tell a newer version from a damaged one: the
 * checksum is verified before the version is believed.
 */
final class RecordDescriptor {
    /** The letters GDWT, read as a little-endian integer. */
    static final int MAGIC = 0x54574447;

    /** Version of the payload layouts. Bumped when a reader of the previous version would misread a payload. */
    static final int VERSION = 2;

    /** The oldest that is still read. All payloads of version 1 are laid out as in version 2. */
    static final int OLDEST_VERSION = 1;

    static final int MAGIC_OFFSET = 0;
    static final int VERSION_OFFSET = 4;
    static final int TYPE_OFFSET = 6;
    static final int LENGTH_OFFSET = 8;
    static final int CHECKSUM_OFFSET = 12;
    static final int PAYLOAD_OFFSET = 16;

    private RecordDescriptor() {}
}
