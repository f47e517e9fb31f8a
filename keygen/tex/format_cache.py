"""Preambles dumped to TeX formats, so that a run starts where `\\begin{document}` stands.

A format is only ever a saving: it is kept if the page comes out of it byte for byte as without it, found again
under the preamble, the style, the engine and the packages it was made of, and forgotten when it fails.
"""

from __future__ import annotations

import gzip
import os
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from keygen.system.store import Store, digest, formats, programs
from keygen.tex.engines import lines_of

BEGIN = re.compile(r"^[ \t]*\\begin\{document\}", re.M)
END = r"\end{document}"

# A dump forgets what the preamble has put on the page (xcolor's first colour, say). The page of a plain run loses it
# here, through an output routine that throws away, so that both ways give the same bytes.
CLEARED = r"\begingroup\output{\setbox0\box255 \deadcycles0 }\hbox{}\penalty-10000 \endgroup"


@dataclass(frozen=True, slots=True)
class Split:
    """A source cut before `\\begin{document}`; the two ways of setting it number their lines as the source does."""

    preamble: str
    body: str
    opening: str

    @property
    def plain(self) -> str:
        """All of it in one run."""
        return self.preamble + CLEARED + self.opening + self.body

    @property
    def after_dump(self) -> str:
        """What is left to do once the preamble is in the format."""
        return "%\n" * self.preamble.count("\n") + self.opening + self.body

    @property
    def dump(self) -> str:
        """The run that makes the format."""
        return self.preamble + r"\dump" + "\n"


def split(source: str, opening: str) -> Split | None:
    """Cut the source; `opening` is TeX to run right before `\\begin{document}`. None where nothing can be cut."""
    begin = BEGIN.search(source)
    return Split(source[: begin.start()], source[begin.start() :], opening) if begin else None


def together(sources: Sequence[str]) -> str:
    """Sources of the same preamble as one: what is in their documents, one after the other."""
    first, *others = sources
    inner = (other[found.end() : other.rindex(END)] for other in others if (found := BEGIN.search(other)))
    end = first.rindex(END)
    return "".join([first[:end], *inner, first[end:]])


@dataclass(frozen=True, slots=True)
class FormatFile:
    """The place of one preamble's format in the store; another piece stands for a preamble that survives no dump."""

    store: Store
    key: str

    def find(self) -> Path | None:
        """The format, if it is there and whole."""
        return self.store.file(self.key)

    def refused(self) -> bool:
        """Whether this preamble is known not to survive a dump."""
        return self.store.get(self._refusal) is not None

    def refuse(self) -> None:
        """Remember that it does not."""
        self.store.put(self._refusal, b"")

    def keep(self, data: bytes) -> None:
        """Put the format into its place and the oldest formats out of theirs."""
        self.store.put(self.key, data)
        self.store.tidy()

    @property
    def _refusal(self) -> str:
        return digest("refused", self.key)


def format_file(cache: Path, preamble: str, style: Mapping[str, bytes], engine: str) -> FormatFile:
    """The slot of a preamble with its style files, for the engine of that fingerprint."""
    return FormatFile(formats(cache), digest("format", engine, preamble, repr(sorted(style.items()))))


def unpacked(data: bytes) -> bytes:
    """A format as the engine reads it fastest: it writes them compressed and takes both."""
    return gzip.decompress(data) if data.startswith(b"\x1f\x8b") else data


def fingerprint(binary: Path, cache: Path, env: Mapping[str, str]) -> str:
    """Changes with the engine's version and with every installation of TeX packages.

    Costs no process once it is known: the version is remembered under the program's path and bytes, and an
    installation shows in the times of TeX's file lists (`ls-R`).
    """
    identity, known = _known(binary, cache, env)
    times = [str(os.stat(path).st_mtime_ns) if os.path.exists(path) else "" for path in known[1:]]
    return "|".join([identity, *known, *times])


def version(binary: Path, cache: Path, env: Mapping[str, str]) -> str:
    """How the program names itself; no process once it is known."""
    return _known(binary, cache, env)[1][0]


def _known(binary: Path, cache: Path, env: Mapping[str, str]) -> tuple[str, list[str]]:
    """Which file the program is; its version, and the file lists of TeX's packages."""
    binary = binary.resolve()
    identity, store = digest(str(binary), binary.read_bytes()), programs(cache)
    known = store.read(identity, list[str])
    if not known:
        said = lines_of([str(binary), "--version"], env)[:1] or [binary.name]
        known = [*said, *lines_of(["kpsewhich", "--all", "ls-R"], env)]
        store.write(identity, known)
    return identity, known
