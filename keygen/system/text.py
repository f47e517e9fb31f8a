"""Files of words as people save them: UTF-8, with a byte order mark or without. Anything else is told at its line."""

from __future__ import annotations

from pathlib import Path

from keygen.errors import KeygenError

MARK = b"\xef\xbb\xbf"


def text_of(path: Path, what: str) -> str:
    """The words of a file of a course, `what` it is for the error.

    Raises KeygenError for what is no file (a folder, a pipe), cannot be read, or is not UTF-8.
    """
    require_file(path, what)
    try:
        data = path.read_bytes()
    except OSError as error:
        raise KeygenError(
            f"{what} cannot be read", file=path, found=error.strerror or str(error), repair="see that you may read it"
        ) from error  # fmt: skip
    return decoded(path, data, what)


def require_file(path: Path, what: str) -> None:
    """Raise KeygenError for a folder, a pipe or a device where a file should be: reading it could last for ever."""
    if path.exists() and not path.is_file():
        kind = "a folder" if path.is_dir() else "no file of words"
        raise KeygenError(
            f"{what} is {kind}", file=path, expected="a file", repair="put a file in its place, or remove it"
        )


def decoded(path: Path, data: bytes, what: str, repair: str = "save it as UTF-8") -> str:
    """The words that the bytes of a file are. Raises KeygenError for bytes that are none, at their line."""
    try:
        bad, text = data.find(b"\0"), data.decode("utf-8-sig")
        found = "a zero byte"
    except UnicodeDecodeError as error:
        bad, text = error.start + data.startswith(MARK) * len(MARK), ""
        found = "UTF-16" if data[:2] in (b"\xff\xfe", b"\xfe\xff") else f"the byte 0x{data[bad]:02X}"
    if bad < 0:
        return text
    before = data[:bad].replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    raise KeygenError(
        f"{what} is not UTF-8", file=path, line=before.count(b"\n") + 1, found=found,
        expected="text in UTF-8, with a byte order mark or without", repair=repair,
    )  # fmt: skip
