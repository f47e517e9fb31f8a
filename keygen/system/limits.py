"""Why the system refuses something, in words: a limit that the shell has set is named, with its command."""

from __future__ import annotations

import errno
import sys

from keygen.errors import KeygenError

if sys.platform != "win32":
    import resource

    LIMITS = {
        errno.EMFILE: ("-n", resource.RLIMIT_NOFILE, "files open at once"),
        errno.EFBIG: ("-f", resource.RLIMIT_FSIZE, "bytes in a file"),
        errno.EAGAIN: ("-u", resource.RLIMIT_NPROC, "processes"),
        errno.ENOMEM: ("-v", resource.RLIMIT_AS, "bytes of memory"),
    }

NO_ROOM = "free some space, or set TMPDIR to a folder that you may write to"


def reason(error: OSError) -> str:
    """What was refused, e.g. "Too many open files: `ulimit -n` allows 12 files open at once"."""
    said = error.strerror or str(error)
    if sys.platform != "win32" and error.errno in LIMITS:
        option, limit, what = LIMITS[error.errno]
        most = resource.getrlimit(limit)[0]
        if most != resource.RLIM_INFINITY:
            return f"{said}: `ulimit {option}` allows {most:,} {what}"
    return said


def repair(error: OSError, otherwise: str) -> str:
    """What to do about it: raise the limit where it is one, else what is said for the case."""
    if sys.platform != "win32" and error.errno in LIMITS:
        return f"raise the limit (`ulimit {LIMITS[error.errno][0]}` shows it), then give the same command again"
    return otherwise


def refusal(
    error: OSError,
    what: str = "the system refuses what keygen needs",
    otherwise: str = "see that the folder is there and yours, and that there is room",
) -> KeygenError:
    """An error of the system as one message; where it is a limit, that is what is wrong, and no folder."""
    mend = repair(error, otherwise)
    said = what if mend == otherwise else "a limit of this shell is too low"
    return KeygenError(said, file=error.filename, found=reason(error), repair=mend)
