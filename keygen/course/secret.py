"""The course's secret, from which the numbers of every student are derived: without it, nobody computes them."""

from __future__ import annotations

import hashlib
import hmac
import os
import secrets
from collections.abc import Iterator
from pathlib import Path

from keygen.errors import KeygenError
from keygen.system.text import require_file

VARIABLE = "KEYGEN_SECRET"
FILE = Path(".keygen-secret")
PUBLIC = "public"
"""The key of every sheet where there is no secret: anybody can compute anybody's numbers."""
LINE = "one long line that nobody guesses"
LONGEST = 4096  # bytes
LEAST = 16  # characters of a secret that nobody finds by trying
OTHERS = 0o077  # permissions of everybody but the owner


def course_secret(file: Path = FILE) -> str | None:
    """The secret in `KEYGEN_SECRET` where that is set, else in the file `.keygen-secret` of the working folder (or in
    another `file`), else None.

    Space around it does not count. Raises KeygenError for a variable that is set and says nothing, and for a file that
    is there and cannot be read or says nothing: to go on without it would give every student other numbers.
    """
    said = os.environ.get(VARIABLE)
    if said is None:
        return secret_in(file)
    if not said.strip():
        raise KeygenError(
            f"the course secret is empty: {VARIABLE} is set and says nothing", expected=LINE,
            repair=f"give {VARIABLE} the secret, or unset it",
        )  # fmt: skip
    return said.strip()


def required_secret(file: Path = FILE) -> str:
    """The course's secret. Raises KeygenError where there is none."""
    secret = course_secret(file)
    if secret is None:
        raise KeygenError(
            "there is no course secret, from which every student's numbers are derived",
            expected=f"the file {file}, or the variable {VARIABLE}",
            repair="make one by `keygen secret`, or take numbers that anybody can compute by --public, for a trial",
        )  # fmt: skip
    return secret


def secret_in(file: Path) -> str | None:
    """The secret in a file, None where there is no such file."""
    require_file(file, "the course secret")
    try:
        with file.open("rb") as opened:
            secret = opened.read(LONGEST + 1).decode("utf-8-sig").strip()
    except (OSError, UnicodeDecodeError) as error:
        if not os.path.lexists(file):
            return None
        leads_nowhere = f"a link to {os.readlink(file)}" if file.is_symlink() and not file.exists() else None
        raise KeygenError(
            "the course secret cannot be read",
            file=file,
            expected="one line of text in UTF-8",
            found=leads_nowhere or str(getattr(error, "strerror", None) or error),
            repair=f"let keygen read the file, or set {VARIABLE}",
        ) from error
    if len(secret) > LONGEST or "\0" in secret:
        raise KeygenError(
            "the course secret is no line of text", file=file, expected=f"{LINE}, of {LONGEST} bytes at most",
            repair="remove it, and make one by `keygen secret`",
        )  # fmt: skip
    if not secret:
        raise KeygenError(
            "the course secret is empty", file=file, expected=LINE, repair="remove it, and make one by `keygen secret`"
        )  # fmt: skip
    return secret


def weaknesses(file: Path = FILE) -> Iterator[str]:
    """What a stranger could do to the course's secret, as sentences."""
    secret = course_secret(file)
    if secret is not None and len(secret) < LEAST:
        yield (
            f"the course secret has only {len(secret)} characters, and can be guessed: "
            "one that `keygen secret` makes has 64"
        )  # fmt: skip
    if secret is not None and VARIABLE not in os.environ and os.name == "posix" and file.stat().st_mode & OTHERS:
        yield f"the course secret can be read by others on this machine: chmod 600 {file}"


def fresh() -> str:
    """A new secret as its file has it: 64 hex digits in a line."""
    return secrets.token_hex(32) + "\n"


def make() -> Path:
    """Write a new secret of 64 hex digits into `.keygen-secret`, for its owner alone to read; the file.

    Raises KeygenError where there is a file of this name (the numbers of everybody would change), or none can be made.
    """
    try:
        with open(FILE, "x", encoding="ascii", opener=lambda path, flags: os.open(path, flags, 0o600)) as file:
            file.write(fresh())
    except FileExistsError as error:
        raise KeygenError(
            "there is a course secret already, and with another everybody has other numbers", file=FILE,
            repair="keep it; if no sheet was given out by it yet, remove the file first",
        ) from error  # fmt: skip
    except OSError as error:
        raise KeygenError(
            "the course secret cannot be written", file=FILE, found=error.strerror or str(error),
            repair="work in a folder that you may write to",
        ) from error  # fmt: skip
    return FILE


def sheet_key(secret: str | None, sheet: str) -> str:
    """The key of one sheet's streams: HMAC-SHA256 of its name under the secret, in hex; "public" without a secret.

    Keys of two sheets tell nothing of each other nor of the secret.
    """
    if secret is None:
        return PUBLIC
    return hmac.new(secret.encode("utf-8", "surrogateescape"), sheet.encode(), hashlib.sha256).hexdigest()


def fingerprint(key: str) -> str:
    """16 hex digits by which a manifest recognizes a sheet's key without telling it."""
    return hashlib.sha256(f"keygen-fingerprint\x1f{key}".encode()).hexdigest()[:16]


def name_of_key(key: str) -> str:
    """What scripts are told of a key: "public", or its fingerprint."""
    return PUBLIC if key == PUBLIC else fingerprint(key)
