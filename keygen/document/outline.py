"""A template's sections as its `%%` lines open and close them, read without Jinja: what stands where, what is open.

A closing line that is missing shows itself only where something else closes; the reader is told where it was opened.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import field
from typing import NamedTuple

from msgspec import Struct

from keygen.errors import nearest

SECTIONS = ("title", "statement", "part", "remark", "law", "word", "answer", "caption")
"""What holds words of a page; none stands directly within another, but for what is `OF_ANSWERS` within its part."""
OF_ANSWERS = ("answer", "caption")
BLOCKS = (*SECTIONS, "if", "for", "macro", "call", "filter")
"""Every `%%` line that wants an end."""
ALONE = ("solution", "elif", "else", "worth", "equation", "by", "set", "from", "import", "include", "do")
BRINGING = ("from", "import", "include", "call", "macro")
"""What may bring parts that the file itself does not name."""
WITHIN = {"solution": ("part",), "elif": ("if",), "else": ("if", "for")}
"""What stands only within something, and within what."""
LINE = re.compile(r"[ \t]*%%[-+]?[ \t]*(\w+)[ \t]*(.*?)[ \t]*$")
DISPLAY = re.compile(r"\\\[(.*?)\\\]", re.DOTALL)


class Opened(NamedTuple):
    """A `%%` line: what it opens, of what name, and its line."""

    kind: str
    name: str
    line: int


class Misnested(Struct, frozen=True):
    """A `%%` line that does not fit those around it: its line, what is wrong, what to write."""

    line: int
    what: str
    repair: str


def statements(text: str) -> Iterator[Opened]:
    """The `%%` lines of a template."""
    for number, line in enumerate(text.splitlines(), start=1):
        if found := LINE.match(line):
            yield Opened(found[1], found[2], number)


def misnested(text: str) -> Misnested | None:
    """The first line that does not fit; None where all do."""
    open_: list[Opened] = []
    for here in statements(text):
        closes = here.kind.removeprefix("end")
        if here.kind.startswith("end") and closes in BLOCKS:
            if not open_:
                return Misnested(
                    here.line, f"`%% {here.kind}` closes nothing", f"remove it, or add `%% {closes}` above"
                )
            if open_[-1].kind != closes:
                return unclosed(open_[-1], f"line {here.line}, `%% {here.kind}`")
            open_.pop()
        elif here.kind in BLOCKS:
            if here.kind in SECTIONS and open_ and open_[-1].kind in SECTIONS and here.kind not in OF_ANSWERS:
                return unclosed(open_[-1], f"line {here.line}, `{said(here)}`")
            open_.append(here)
        elif here.kind not in ALONE:
            return Misnested(here.line, f"`%% {here.kind}` is no line of templates", nearest(here.kind, known()))
        elif here.kind in WITHIN and not (open_ and open_[-1].kind in WITHIN[here.kind]):
            if open_ and open_[-1].kind not in SECTIONS:
                return unclosed(open_[-1], f"line {here.line}, `%% {here.kind}`")
            outer = " or ".join(f"`%% {kind}`" for kind in WITHIN[here.kind])
            return Misnested(here.line, f"`%% {here.kind}` stands in no {outer}", f"add {outer} above it")
    return unclosed(open_[-1], "the end of the file") if open_ else None


def unclosed(opened: Opened, before: str) -> Misnested:
    """What is said of a line without its end."""
    end = f"`%% end{opened.kind}`"
    return Misnested(opened.line, f"`{said(opened)}` has no {end}", f"add {end} before {before}")


def said(line: Opened) -> str:
    """A line as its author writes it."""
    return f"%% {line.kind} {line.name}".rstrip()


def known() -> tuple[str, ...]:
    """The words that a `%%` line may begin with."""
    return (*BLOCKS, *ALONE, *(f"end{kind}" for kind in BLOCKS))


# --- what stands where


class OutlinedPart(Struct, frozen=True):
    """A part: its key, its line, whether it has a solution, and whether a condition decides if it is there."""

    key: str
    line: int
    solved: bool
    conditional: bool


class Outline(Struct, frozen=True):
    """What a well nested template is made of. `displays`: of each section, by what opens it, the expressions on lines
    of their own, sorted; `starts`: its line."""

    parts: tuple[OutlinedPart, ...]
    sections: tuple[Opened, ...]
    displays: Mapping[str, tuple[str, ...]]
    starts: Mapping[str, int] = field(default_factory=dict)


def parts_in(text: str) -> frozenset[str] | None:
    """The parts that a template has, under a condition or not; None where another file may bring some."""
    if any(one.kind in BRINGING for one in statements(text)):
        return None
    return frozenset(part.key for part in outlined(text).parts)


def outlined(text: str) -> Outline:
    """The outline of a template."""
    parts: list[OutlinedPart] = []
    sections: list[Opened] = []
    bounds: list[tuple[str, int]] = []
    depth = 0
    for here in statements(text):
        depth += (here.kind in ("if", "for")) - (here.kind in ("endif", "endfor"))
        if here.kind == "part":
            parts.append(OutlinedPart(here.name, here.line, solved=False, conditional=depth > 0))
        elif here.kind == "solution" and parts:
            last = parts[-1]
            parts[-1] = OutlinedPart(last.key, last.line, solved=True, conditional=last.conditional)
        if here.kind in SECTIONS or here.kind in ("solution", "equation"):
            sections.append(here)
        if here.kind in SECTIONS or here.kind == "solution":
            bounds.append((f"the solution of part {parts[-1].key}" if here.kind == "solution" and parts else
                           f"{here.kind} {here.name}".strip(), here.line))  # fmt: skip
    lines = text.splitlines()
    ends = [*(line for _, line in bounds[1:]), len(lines) + 1][: len(bounds)]
    displays = {
        name: tuple(sorted(" ".join(found.split()) for found in DISPLAY.findall("\n".join(lines[start:end - 1]))))
        for (name, start), end in zip(bounds, ends, strict=True)
    }  # fmt: skip
    return Outline(tuple(parts), tuple(sections), displays, dict(bounds))
