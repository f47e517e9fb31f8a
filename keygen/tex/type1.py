"""Type 1 fonts as pdfTeX embeds them, cut down to fewer glyphs (Adobe Type 1 Font Format, 1990).

A font's program is a clear part, which ends with `eexec`, and an encrypted one, which holds the glyphs and the
subroutines that they share. What a font is cut down to depends on those glyphs alone, whatever others it had.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from functools import cache, cached_property
from typing import NamedTuple

from keygen.tex.eexec import CHARSTRING, EEXEC, decrypted, encrypted, homeward

NOTDEF = "/.notdef"
ALWAYS = frozenset(range(4))
"""The first subroutines are for flex and for changes of hints, in any font."""
TOGETHER = 16
"""So many subroutines are encrypted at once."""

SLOT = re.compile(rb"^dup (\d+) */(\S+) put *\r?\n", re.M)
UNIT = re.compile(rb"/FontMatrix *\[ *0?\.001 +0 +0 +0?\.001 +0 +0 *\]")
FONT_NAME = re.compile(rb"(?<=/FontName /)[A-Z]{6}(?=\+)")
RANDOM = re.compile(rb"/lenIV (-?\d+)")
SUBRS = re.compile(rb"/Subrs +(?=\d+\s+array\s)")
GLYPHS = re.compile(rb"/CharStrings +(?=\d+ dict dup begin\s)")
COUNT = re.compile(rb"\d+")
SUBR = re.compile(rb"dup +(\d+) +(\d+) +(\S+) ")
GLYPH = re.compile(rb"(/\S+) +(\d+) +(\S+) ")

CALL_SUBR, RETURN, ESCAPE, WIDTH = 10, 11, 12, 13
SEAC, WIDTHS, DIV, CALL_OTHER, POP = 6, 7, 12, 16, 17


class UnknownFont(ValueError):
    """A font that is put together otherwise than those that can be cut down."""


class FontEntry(NamedTuple):
    """A glyph or a subroutine: its line, what draws it (encrypted), the words around that."""

    line: bytes
    code: bytes
    words: tuple[bytes, bytes]


class GlyphProgram(NamedTuple):
    """What drawing a glyph takes: the numbers of subroutines, the width in thousandths of the font's size."""

    subrs: frozenset[int]
    width: float


class FontTable(NamedTuple):
    """Entries by their names, the text before the number of them, and the text before the first of them."""

    before: bytes
    head: bytes
    entries: Mapping[bytes, FontEntry]


class Type1:
    """A font's program; `clear` bytes of it are not encrypted. Raises UnknownFont for what it cannot cut down."""

    def __init__(self, program: bytes, clear: int) -> None:
        self.clear = program[:clear]
        private = decrypted(program[clear:], EEXEC)
        if not FONT_NAME.search(self.clear) or not UNIT.search(self.clear):
            raise UnknownFont("it is no subset, or is stretched")
        found = RANDOM.search(private)
        self.random = 4 if found is None else int(found[1])
        self.subrs: FontTable | None = None
        at = 0
        if SUBRS.search(private):
            self.subrs, at = table(private, 0, SUBRS, SUBR)
        self.glyphs, at = table(private, at, GLYPHS, GLYPH)
        self.after = private[at:]
        self.sealed, self.drawing = cache(homeward), cache(self._drawing)
        if self.random < 0 or NOTDEF.encode() not in self.glyphs.entries:
            raise UnknownFont("its glyphs are not encrypted, or the one for none is not there")

    @cached_property
    def encoding(self) -> Mapping[int, str]:
        """The names of glyphs by their codes, as the font itself says, as far as it says."""
        return {int(slot[1]): f"/{slot[2].decode('latin-1')}" for slot in SLOT.finditer(self.clear)}

    def cut(self, tag: str, names: Collection[str], codes: Collection[int]) -> tuple[bytes, int]:
        """The program with these glyphs alone, and `codes` of its own encoding; how many bytes of it are clear."""
        glyphs = [name.encode("latin-1") for name in sorted({NOTDEF, *names})]
        if not self.glyphs.entries.keys() >= set(glyphs):
            raise UnknownFont(f"it has not all of {', '.join(names)}")
        parts: list[bytes] = []
        if self.subrs is not None:
            rows = self.subroutines(self.subrs, glyphs)
            parts += [self.subrs.before, b"%d%b" % (len(rows), self.subrs.head)]
            parts += [b"".join(rows[at : at + TOGETHER]) for at in range(0, len(rows), TOGETHER)]
        parts += [self.glyphs.before, b"%d%b" % (len(glyphs), self.glyphs.head)]
        parts += [self.glyphs.entries[name].line for name in glyphs]
        first, *others = [*parts, self.after]
        clear = FONT_NAME.sub(tag.encode(), self.clear, count=1)
        clear = SLOT.sub(lambda slot: slot[0] if int(slot[1]) in codes else b"", clear)
        return b"".join([clear, self.sealed(first, EEXEC), *map(self.sealed, others)]), len(clear)

    def subroutines(self, subrs: FontTable, glyphs: Collection[bytes]) -> list[bytes]:
        """Those that the glyphs call, up to the last of them. In the place of any other is one that does nothing."""
        used = ALWAYS.union(*(self.drawing(glyph).subrs for glyph in glyphs))
        known = {int(name): entry for name, entry in subrs.entries.items() if int(name) in used}
        nothing = encrypted(bytes([*[0] * self.random, RETURN]), CHARSTRING)
        reading, closing = next(iter(subrs.entries.values())).words if known else (b"", b"")
        idle = b" %d %b %b%b" % (len(nothing), reading, nothing, closing)
        count = max(known, default=-1) + 1
        return [known[number].line if number in known else b"dup %d%b" % (number, idle) for number in range(count)]

    def width(self, glyph: str) -> float:
        """The width of a glyph in thousandths of the font's size."""
        return self.drawing(glyph.encode("latin-1")).width

    def _drawing(self, glyph: bytes) -> GlyphProgram:
        found, widths = set[int](), list[float]()
        try:
            self.follow(self.glyphs.entries[glyph].code, [], [], found, widths)
            return GlyphProgram(frozenset(found), widths[0])
        except (ArithmeticError, LookupError, RecursionError) as error:
            raise UnknownFont(f"{glyph.decode('latin-1')} is not drawn as usual") from error

    def follow(
        self, code: bytes, stack: list[float], handed: list[float], found: set[int], widths: list[float]
    ) -> None:
        """Go through what draws a glyph, for the subroutines and the width in it: `stack` has the numbers before a
        command, `handed` those that a program in PostScript was given, of which the one that changes hints gives back
        its own."""
        draws, at = decrypted(code, CHARSTRING)[self.random :], 0
        while at < len(draws):
            command, at = draws[at], at + 1
            if command > 31:
                operand, at = read_number(draws, command, at)
                stack.append(operand)
            elif command == WIDTH:
                widths.append(stack[1])
                stack.clear()
            elif command == CALL_SUBR:
                number = int(stack.pop())
                if self.subrs is None or (entry := self.subrs.entries.get(b"%d" % number)) is None:
                    raise UnknownFont(f"it has no subroutine {number}")
                found.add(number)
                self.follow(entry.code, stack, handed, found, widths)
            elif command == RETURN:
                return
            elif command == ESCAPE:
                command, at = draws[at], at + 1
                if command in (SEAC, WIDTHS):
                    raise UnknownFont("a glyph is made of two others, or runs down")
                if command == DIV:
                    divisor, operand = stack.pop(), stack.pop()
                    stack.append(operand / divisor)
                elif command == CALL_OTHER:
                    _, count = stack.pop(), stack.pop()
                    handed[:] = [stack.pop() for _ in range(int(count))]
                elif command == POP:
                    stack.append(handed.pop() if handed else 0)
                else:
                    stack.clear()
            else:
                stack.clear()


def table(private: bytes, start: int, begin: re.Pattern[bytes], each: re.Pattern[bytes]) -> tuple[FontTable, int]:
    """The table that begins there, the text before it being from `start` on; where it ends."""
    begun = begin.search(private, start)
    count = COUNT.match(private, begun.end()) if begun else None
    first = count and each.search(private, count.end())
    if count is None or first is None:
        raise UnknownFont("it has a table that is not as usual")
    at, entries = first.start(), dict[bytes, FontEntry]()
    while head := each.match(private, at):
        end = head.end() + int(head[2])
        line_end = private.index(b"\n", end) + 1
        code, closing = private[head.end() : end], private[end:line_end]
        entries[head[1]] = FontEntry(private[at:line_end], code, (head[3], closing))
        at = line_end
    return FontTable(private[start : count.start()], private[count.end() : first.start()], entries), at


def read_number(code: bytes, first: int, at: int) -> tuple[float, int]:
    """The number that begins with `first`; where the next command begins."""
    if first < 247:
        return first - 139, at
    if first < 251:
        return (first - 247) * 256 + code[at] + 108, at + 1
    if first < 255:
        return (251 - first) * 256 - code[at] - 108, at + 1
    return int.from_bytes(code[at : at + 4], signed=True), at + 4
