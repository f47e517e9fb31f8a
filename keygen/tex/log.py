"""What TeX's log says, said to a person: one error with its place, and the warnings that spoil a page.

A generated source carries markers, comments on lines of their own,

    %@ <exercise> <template file>:<line>

each of which says where the line below it was written; the lines that follow it come from the lines that follow
there, until the next marker. `-` stands for the exercise where there is none.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import accumulate

from keygen.errors import KeygenError

MAIN = "sheet.tex"
LEAST_OVERFULL = 2.0
"""Points by which a box may stick out unseen."""

MARKER = re.compile(r"%@ (?P<exercise>\S+) (?P<file>.+):(?P<line>\d+)\s*")
HEADER = re.compile(r"^(?:! *|(?P<file>(?:[A-Za-z]:)?[^:\n]+\.[A-Za-z]+):(?P<line>\d+): +)(?P<message>\S.*)$", re.M)
CONTEXT = re.compile(r"^l\.(?P<line>\d+) ", re.M)
CONTINUED = re.compile(r"(?:\(\S+\))? {6,}(\S.*)")
OPENED = re.compile(r"on input line (\d+) ended by")
LAST_COMMAND = re.compile(r"(\\(?:[A-Za-z@]+|.))\s*$")
REFUSED = re.compile(r"Not (?:reading from|writing to) .* \(open(?:in|out)_any = .\)")
PROBLEM = re.compile(r"^(?=\\kgproblem\b)", re.MULTILINE)
END = "\\end{document}\n"
DOCUMENT = re.compile(r"^keygen: document \d+ after page (\d+)$", re.M)
PAGES = re.compile(r"Output written on .*? \((\d+) pages?")


@dataclass(frozen=True, slots=True)
class SourcePlace:
    """Where a line of the source was written; `line` is 1-based, `source` the generated line itself."""

    exercise: str | None
    file: str | None
    line: int | None
    source: str | None


@dataclass(frozen=True, slots=True)
class TexWarning:
    """A flaw of the page: an overfull box (`amount` in points), a missing glyph, a bitmap font ..."""

    kind: str
    message: str
    amount: float | None = None
    place: SourcePlace | None = None
    line: int | None = None  # of the generated source

    def __str__(self) -> str:
        if self.place is None:
            return self.message
        exercise = "" if self.place.exercise is None else f"{self.place.exercise}, "
        return f"{self.message} ({exercise}{self.place.file}:{self.place.line})"


FLAWS: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("overfull", re.compile(r"^Overfull \\[hv]box \((?P<amount>[\d.]+)pt too .*?(?=\s*(?:\[\])?$)", re.M)),
    ("glyph", re.compile(r"^Missing character: There is no .* in font .*!$", re.M)),
    ("glyph", re.compile(r"^LaTeX Warning: Command .* invalid in math mode on input line \d+\.$", re.M)),
    ("reference", re.compile(r"^LaTeX Warning: (?:Reference|Citation) .* undefined on input line \d+\.$", re.M)),
    ("group", re.compile(r"^\(\\end occurred inside a group at level \d+\)$", re.M)),
    ("bitmap", re.compile(r"(?<=<)[^<>\n]*\.\d*pk(?=>)")),
)
FLAW_LINE = re.compile(r"lines? (\d+)")

REPAIRS: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile(r"Undefined control sequence"), "mend the command's spelling, or define it in style.sty"),
    (re.compile(r"Missing \$ inserted"), r"set formulas inside \( \) or \[ \], and leave no empty line inside \[ \]"),
    (re.compile(r"I can't write on file|Not reading|Not writing"), "TeX may read and write its own folder only"),
    (re.compile(r"File `.*\.(?:sty|cls|def|fd|ldf|clo|cfg)' not found"), "install this file: `keygen doctor` says how"),
    (re.compile(r"[Ff]ont .* not loadable|cannot open .* font"), "install this font: `keygen doctor` says how"),
    (re.compile(r"File `.*' not found"), "put the text into the template: TeX sees only style.sty and its packages"),
    (re.compile(r"Unicode character"),
     r"if it is of a formula, let the exercise say it: \( \val{ ... } \); a sign among words is TeX of your own: "
     r"\begin{kgtex}{words for other media} ... \end{kgtex}"),
    (re.compile(r"ended by|Emergency stop|File ended|Paragraph ended|Extra }|Too many }"),
     "look for a brace or an environment that is not closed, or closed twice"),
)  # fmt: skip
ANY_REPAIR = "mend the template; `keygen build --format tex` writes the TeX that was set"


def place(source: str, line: int) -> SourcePlace:
    """The place of the generated `line`: by the last marker at or before it, else the line itself."""
    above = source.split("\n")[:line]
    for distance, text in enumerate(reversed(above)):
        if marker := MARKER.fullmatch(text):
            exercise = None if marker["exercise"] == "-" else marker["exercise"]
            return SourcePlace(
                exercise, marker["file"], int(marker["line"]) + max(distance - 1, 0), _line_of(source, line)
            )
    return SourcePlace(None, "(the generated TeX)", line, _line_of(source, line))


def pages(log: str) -> int:
    """How many pages the log counts; 0 if TeX wrote none."""
    found = PAGES.search(log)
    return int(found[1]) if found else 0


def starts(log: str) -> tuple[int, ...]:
    """After how many pages each document of the file begins (see `kgdocument` in the style)."""
    return tuple(int(found[1]) for found in DOCUMENT.finditer(log))


def document_lines(source: str) -> tuple[int, ...]:
    """The lines of the source at which its documents begin."""
    *before, _ = f"\n{source}".split("\n\\kgdocument\n")
    above = accumulate(text.count("\n") for text in before)
    return tuple(lines + 2 * place + 1 for place, lines in enumerate(above))


def problems(source: str) -> Iterator[tuple[str, str, str]]:
    """Each problem's exercise, its template, and a source with it alone."""
    head, *parts = PROBLEM.split(source)
    for part in parts:
        if marker := next(filter(None, map(MARKER.fullmatch, part.split("\n"))), None):
            yield marker["exercise"], marker["file"], f"{head}{part.removesuffix(END)}{END}"


def warnings(log: str, source: str) -> tuple[TexWarning, ...]:
    """The flaws that a reader would see; a box that sticks out by 2 pt or less is none."""
    return tuple(dict.fromkeys(_warnings(log, source)))


def _warnings(log: str, source: str) -> Iterator[TexWarning]:
    for kind, pattern in FLAWS:
        for flaw in pattern.finditer(log):
            amount = float(flaw["amount"]) if kind == "overfull" else None
            if amount is not None and amount <= LEAST_OVERFULL:
                continue
            line = FLAW_LINE.search(flaw[0])
            number = int(line[1]) if line else None
            yield TexWarning(kind, flaw[0], amount, None if number is None else place(source, number), number)


def failure(log: str, terminal: str, source: str, style: Mapping[str, bytes]) -> KeygenError | None:
    """The first error of the log, at its place; None where the log tells of no error."""
    header = HEADER.search(log)
    if header is None:
        return None
    before, rest = log[: header.start()].split("\n"), log[header.end() + 1 :]
    message = " ".join([header["message"].rstrip(), *_continued(header["message"], rest)])
    where = _where(header, rest, source, style) or SourcePlace(None, None, None, None)
    refused = REFUSED.search(terminal)
    found = refused[0] if refused else _found(message, before, rest)
    return KeygenError(
        f"TeX stopped: {message}", exercise=where.exercise, file=where.file, line=where.line, source=where.source,
        found=found, repair=_repair(f"{message} {found}"),
    )  # fmt: skip


def _continued(message: str, rest: str) -> Iterator[str]:
    """LaTeX breaks its own messages; what it goes on with is indented and ends at an empty line."""
    if " Error: " not in message:
        return
    for line in rest.split("\n"):
        more = CONTINUED.fullmatch(line)
        if more is None:
            return
        yield more[1].rstrip()


def _where(header: re.Match[str], rest: str, source: str, style: Mapping[str, bytes]) -> SourcePlace | None:
    """Where the message itself says (`\\begin{..} on input line 6 ended by ..`), else by the header's file and line.

    A header without them (`! LaTeX Error`) leans on the next that has them.
    """
    if opened := OPENED.search(header["message"]):
        return place(source, int(opened[1]))
    named = next((entry for entry in (header, *HEADER.finditer(rest)) if entry["file"]), None)
    if named is not None:
        file, line = named["file"].removeprefix("./"), int(named["line"])
        if file == MAIN:
            return place(source, line)
        return SourcePlace(None, file, line, _line_of(style.get(file, b"").decode(errors="replace"), line))
    context = CONTEXT.search(rest)
    return place(source, int(context["line"])) if context else None


def _line_of(text: str, line: int) -> str | None:
    """A line as TeX counts them (str.splitlines knows more separators); None for an empty one."""
    return next((text.strip() or None for text in text.split("\n")[line - 1 : line]), None)


def _found(message: str, before: list[str], rest: str) -> str | None:
    """The undefined command (TeX breaks its context right after it), or the text of a runaway argument."""
    if message.startswith("Undefined control sequence"):
        command = LAST_COMMAND.search(rest.split("\n", 1)[0])
        return command[1] if command else None
    if len(before) > 2 and before[-3].startswith("Runaway "):
        return before[-2].strip()[:80]
    return None


def _repair(message: str) -> str:
    return next((repair for pattern, repair in REPAIRS if pattern.search(message)), ANY_REPAIR)
