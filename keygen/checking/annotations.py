"""Findings as GitHub's annotations, which stand beside the lines of a push that they are of."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from keygen.checking.findings import LintFinding
from keygen.checking.sweep import Findings
from keygen.errors import KeygenError

ESCAPES: dict[int, str] = {ord("%"): "%25", ord("\r"): "%0D", ord("\n"): "%0A"}
"""What a workflow command writes for a character of its own; the second table for those of a property."""
IN_PROPERTIES = {**ESCAPES, ord(","): "%2C", ord(":"): "%3A"}


def as_annotations(findings: Findings) -> str:
    """A line each: `::error file=...,line=...::message`."""
    lines = [annotation("error", one.message, one.file, one.line) for one in findings.failures]
    lines += [annotation("error", f"{one.exercise}: {one.message}") for one in findings.flaws]
    lines += [annotation("warning", one.message, one.file, one.line) for one in findings.remarks]
    return "\n".join(lines)


def of_templates(findings: Sequence[LintFinding]) -> str:
    """A line for each finding of a look over templates; remarks are warnings."""
    levels = (("warning" if one.remark else "error", one) for one in findings)
    return "\n".join(annotation(level, one.message, str(one.file), one.line) for level, one in levels)


@contextmanager
def annotated(form: str | None, say: Callable[[str], None]) -> Iterator[None]:
    """Whatever error ends this is said as an annotation too, where such a form is asked for."""
    try:
        yield
    except KeygenError as error:
        if form is not None:
            say(of_error(error))
        raise


def of_error(error: KeygenError) -> str:
    """What kept a check from beginning, or ended it."""
    return annotation("error", str(error), None if error.file is None else str(error.file), error.line)


def annotation(level: str, message: str, file: str | None = None, line: int | None = None) -> str:
    """One annotation; a file is named from the working folder, as GitHub does."""
    place = {"file": file and beneath(file), "line": line and str(line)}
    said = ",".join(f"{key}={text.translate(IN_PROPERTIES)}" for key, text in place.items() if text)
    return f"::{level}{' ' if said else ''}{said}::{message.translate(ESCAPES)}"


def beneath(file: str) -> str:
    """A path from the working folder, where it is in that."""
    path, here = Path(file).resolve(), Path.cwd()
    return path.relative_to(here).as_posix() if path.is_relative_to(here) else file
