"""The course's secret, from which the numbers of every student are derived: without it, nobody computes them."""

from __future__ import annotations

import hashlib
import hmac
import os
from pathlib import Path

from keygen.errors import KeygenError

VARIABLE = "KEYGEN_SECRET"
FILE = Path(".keygen-secret")
PUBLIC = "public"
"""The key of every sheet where there is no secret: anybody can compute anybody's numbers."""


def course_secret() -> str | None:
    """The secret in `KEYGEN_SECRET`, else in the file `.keygen-secret` of the working folder, else None.

    Space around it does not count. Raises KeygenError for a file that is there and cannot be read or says nothing:
    to go on without it would give every student other numbers.
    """
    said = os.environ.get(VARIABLE, "").strip()
    return said or read(FILE)


def read(file: Path) -> str | None:
    """The secret in a file, None where there is no such file."""
    try:
        secret = file.read_text(encoding="utf-8-sig").strip()
    except FileNotFoundError:
        return None
    except (OSError, UnicodeDecodeError) as error:
        raise KeygenError(
            "the course secret cannot be read",
            file=file,
            expected="one line of text in UTF-8",
            found=str(getattr(error, "strerror", None) or error),
            repair=f"let keygen read the file, or set {VARIABLE}",
        ) from error
    if not secret:
        raise KeygenError(
            "the course secret is empty",
            file=file,
            expected="one long line that nobody guesses",
            repair='fill it by python -c "import secrets; print(secrets.token_hex(32))", or remove it',
        )
    return secret


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
