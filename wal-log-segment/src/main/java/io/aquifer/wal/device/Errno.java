package io.aquifer.wal.device;

/** Error numbers of Linux that this package tells apart or names; they are the same on x86-64 and aarch64. */
final class Errno {

    static final int EPERM = 1;
    static final int ENOENT = 2;
    static final int EINTR = 4;
    static final int EIO = 5;
    static final int ENXIO = 6;
    static final int EAGAIN = 11;
    static final int ENOMEM = 12;
    static final int EACCES = 13;
    static final int EBUSY = 16;
    static final int EEXIST = 17;
    static final int ENODEV = 19;
    static final int EINVAL = 22;
    static final int ENOSPC = 28;
    static final int EROFS = 30;
    static final int EOPNOTSUPP = 95;
    static final int ENOMEDIUM = 123;

    private Errno() {}

    /** What a transfer answered, as {@link NativeIo} answers: a number of bytes, or a negated error number. */
    static String describeResult(long result) {
        return result < 0 ? describe((int) -result) : result + " bytes";
    }

    /** {@code number} as an operator would look it up: its name and its usual wording. */
    static String describe(int number) {
        return switch (number) {
            case EPERM -> "EPERM, operation not permitted";
            case ENOENT -> "ENOENT, no such file or directory";
            case EINTR -> "EINTR, interrupted system call";
            case EIO -> "EIO, input/output error";
            case ENXIO -> "ENXIO, no such device or address";
            case 9 -> "EBADF, bad file descriptor";
            case EAGAIN -> "EAGAIN, resource temporarily unavailable";
            case ENOMEM -> "ENOMEM, cannot allocate memory";
            case EACCES -> "EACCES, permission denied";
            case EBUSY -> "EBUSY, device or resource busy";
            case EEXIST -> "EEXIST, file exists";
            case ENODEV -> "ENODEV, no such device";
            case 20 -> "ENOTDIR, not a directory";
            case 21 -> "EISDIR, is a directory";
            case EINVAL -> "EINVAL, invalid argument";
            case 23 -> "ENFILE, too many open files in system";
            case 24 -> "EMFILE, too many open files";
            case 25 -> "ENOTTY, inappropriate ioctl for device";
            case 27 -> "EFBIG, file too large";
            case ENOSPC -> "ENOSPC, no space left on device";
            case EROFS -> "EROFS, read-only file system";
            case 38 -> "ENOSYS, function not implemented";
            case 61 -> "ENODATA, no data available";
            case 84 -> "EILSEQ, data integrity check failed";
            case EOPNOTSUPP -> "EOPNOTSUPP, operation not supported";
            case 110 -> "ETIMEDOUT, timed out";
            case 121 -> "EREMOTEIO, remote I/O error";
            case 122 -> "EDQUOT, disk quota exceeded";
            case ENOMEDIUM -> "ENOMEDIUM, no medium found";
            default -> "error number " + number;
        };
    }
}
