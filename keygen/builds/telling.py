"""What a command says on stderr beside what it has made: of a run, of the key of its numbers."""

from __future__ import annotations

from collections.abc import Iterable

from keygen.builds.run import RunReport, few
from keygen.course.secret import PUBLIC, weaknesses
from keygen.system.terminal import tell


def told_of(report: RunReport) -> None:
    """What is to be said on stderr of a run: notes, who failed, what became of the files of the run before."""
    for whose, text in report.notes:
        tell(f"keygen: {whose}: {text}")
    for whose, text in report.failures:
        tell(f"keygen: {whose} has no sheet: {text}")
    if report.swept.removed:
        tell(f"keygen: removed, for this run makes no such files: {few(report.swept.removed)}")
    if report.swept.kept:
        tell(f"keygen: not of this run, but edited, so kept: {few(report.swept.kept)}")
    if report.renewed.pages:
        tell(f"keygen: new, so to be printed again: {few(report.renewed.pages)}")
        tell(f"keygen: the new pages and answers are in these, too: {few(report.renewed.shared)}")
    if report.different:
        tell(f"keygen: not as the manifest has them, so nothing is written: {few(report.different)}")
        tell("  mend:     take the manifest as its run has written it, and the roster's files of that time")


def told_of_roster(taken: Iterable[str], key: str) -> None:
    """What is to be said on stderr of a roster: which columns are taken, and of the key of its numbers."""
    for text in taken:
        tell(f"keygen: {text}")
    told_of_key(key)


def told_of_key(key: str, *, ours: bool = True) -> None:
    """What is to be said on stderr of the key of students' numbers: that it is public, or that the secret behind it is
    weak, if it is `ours`."""
    if key == PUBLIC:
        tell("keygen: these numbers are public: anybody who has keygen can compute them")
    elif ours:
        told_of_secret(key)


def told_of_secret(key: str) -> None:
    """What is to be said on stderr of the secret behind a key, if there is one."""
    for text in () if key == PUBLIC else weaknesses():
        tell(f"keygen: {text}")
