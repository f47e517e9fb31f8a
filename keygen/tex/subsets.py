"""Documents cut out of one file of pdfTeX's, each with fonts of the glyphs on its own pages and of no others.

pdfTeX makes one font of whatever glyphs anybody's page has, solutions and names too, and numbers fonts as they come up.
Here a page calls its fonts F1, F2, ... as it comes to them, and a document's fonts are made of its pages alone: what
they draw, under which codes, how wide it is. So a document is the same bytes whatever else was in the run.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from hashlib import sha256

from keygen.tex.pdf_pages import PdfObject, PdfPages, PdfPart, pdf_object
from keygen.tex.type1 import Type1, UnknownFont

CONTENTS, RESOURCES = re.compile(rb"/Contents (\d+) 0 R"), re.compile(rb"/Resources (\d+) 0 R")
KNOWN = re.compile(rb"<< (?:/Font << (?P<fonts>[^<>]*) >> )?(?P<others>/ProcSet \[[^\[\]<>]*\] )?>>")
FONT = re.compile(rb"/(\w+) (\d+) 0 R")
SELECTED = re.compile(rb"/(\w+) ([\d.]+) Tf\b")
STRING = re.compile(rb"\(((?:[^()\\]|\\.)*)\)", re.S)
STRANGE = b"()<>'\"", frozenset((b"BI", b"Do", b"Tf", b"gs", b"sh", b"scn", b"SCN"))
"""What stands on no page but in its strings: other ways to show text, and what may draw with fonts of its own."""
ESCAPED = re.compile(rb"\\([0-7]{3}|.)", re.S)
LETTERS = {b"n": 10, b"r": 13, b"t": 9, b"b": 8, b"f": 12}

DESCRIPTOR, PROGRAM, ENCODING, UNICODE = (
    re.compile(rb"/%b (\d+) 0 R" % key) for key in (b"FontDescriptor", b"FontFile", b"Encoding", b"ToUnicode")
)
TYPE_1, CLEAR = re.compile(rb"/Subtype /Type1\b"), re.compile(rb"/Length1 (\d+)")
NAME, CHARSET = re.compile(rb"/FontName /[A-Z]{6}\+([^\s/]+)"), re.compile(rb"/CharSet \([^()]*\)")
BOX = re.compile(rb"/FontBBox \[ (-?[\d.]+) (-?[\d.]+) (-?[\d.]+) (-?[\d.]+) \]")
HEIGHTS = re.compile(rb"/(Ascent|CapHeight|Descent|XHeight) -?[\d.]+ ")
DIFFERENCES = re.compile(rb"/Differences \[([^\[\]<>()]*)\]")


@dataclass(frozen=True, slots=True)
class PageFonts:
    """A page that calls its fonts F1, F2, ...: what stands instead of its objects, and its codes of each font."""

    instead: Mapping[int, PdfObject]
    used: Mapping[int, set[int]]


@dataclass(frozen=True, slots=True)
class Font:
    """A font as pages name it: its descriptor, glyphs by code (None: as the program says), and what else is said of it,
    which is the same for any codes."""

    descriptor: int
    glyphs: Mapping[int, str] | None
    unicode: bytes


@dataclass(frozen=True, slots=True)
class Face:
    """What fonts of the same outlines share: the text of their descriptor, their name, the program."""

    descriptor: bytes
    name: bytes
    number: int
    program: Type1


@dataclass(frozen=True, slots=True)
class Subset:
    """A face with some of its glyphs: the name that says which, descriptor and program."""

    name: bytes
    instead: Mapping[int, PdfObject]


class Documents:
    """The documents of a file. Raises UnknownFont where it cannot be told what a page draws."""

    def __init__(self, source: PdfPages) -> None:
        self.source = source
        self.page, self.font = cache(self._page), cache(self._font)
        self.face, self.subset = cache(self._face), cache(self._subset)

    def part(self, first: int, end: int) -> PdfPart:
        """The pages from `first` to before `end`, with the fonts of these."""
        used: dict[int, set[int]] = {}
        instead: dict[int, PdfObject] = {}
        for number in self.source.numbers[first:end]:
            page = self.page(number)
            instead |= page.instead
            for font, codes in page.used.items():
                used.setdefault(font, set()).update(codes)
        return PdfPart(self.source, first, end, instead | dict(self.fonts(used)))

    def fonts(self, used: Mapping[int, set[int]]) -> Iterator[tuple[int, PdfObject]]:
        """What stands instead of fonts of which these codes are used, of their descriptors and programs."""
        glyphs: dict[int, set[str]] = {}
        slots: dict[int, set[int]] = {}
        for number, codes in used.items():
            font = self.font(number)
            glyphs.setdefault(font.descriptor, set()).update(self.named(font, codes).values())
            slots.setdefault(font.descriptor, set()).update(codes if font.glyphs is None else ())
        for descriptor, names in glyphs.items():
            subset = self.subset(descriptor, frozenset(names), frozenset(slots[descriptor]))
            yield from subset.instead.items()
            for number, codes in used.items():
                if self.font(number).descriptor == descriptor:
                    yield number, self.written(self.font(number), subset.name, codes)

    def named(self, font: Font, codes: Collection[int]) -> dict[int, str]:
        """The glyphs that the codes of a font stand for, in the order of these."""
        known = self.face(font.descriptor).program.encoding if font.glyphs is None else font.glyphs
        if not known.keys() >= set(codes):
            raise UnknownFont("a page has a character that its font has not")
        return {code: known[code] for code in sorted(codes)}

    def written(self, font: Font, name: bytes, codes: Collection[int]) -> PdfObject:
        """A font of these codes."""
        program, glyphs = self.face(font.descriptor).program, self.named(font, codes)
        first, last = min(glyphs), max(glyphs)
        widths = [b"%.6g" % program.width(glyphs[code]) if code in glyphs else b"0" for code in range(first, last + 1)]
        slots = b" ".join(b"%d %b" % (code, glyph.encode("latin-1")) for code, glyph in glyphs.items())
        encoding = b"" if font.glyphs is None else b" /Encoding << /Differences [ %b ] /Type /Encoding >>" % slots
        text = b"<< /Type /Font /Subtype /Type1 /BaseFont /%b /FontDescriptor %d 0 R%b%b" % (
            name, font.descriptor, encoding, font.unicode,
        )  # fmt: skip
        return pdf_object(
            text + b" /FirstChar %d /LastChar %d /Widths [ %b ] >>" % (first, last, b" ".join(widths)), None
        )

    def text(self, number: int) -> bytes:
        """The text of an object."""
        return self.source.things[number].whole

    def _page(self, number: int) -> PageFonts:
        text = self.text(number)
        contents = int(one(CONTENTS, text))
        head, _, content = self.source.things[contents]
        resources = KNOWN.fullmatch(self.text(int(one(RESOURCES, text))))
        if resources is None or content is None or b"/Filter" in head or b"/Annots" in text:
            raise UnknownFont("a page has more than text and lines")
        fonts = {name: int(font) for name, font in FONT.findall(resources["fonts"] or b"")}
        names: dict[bytes, bytes] = {}
        texts: dict[bytes, list[bytes]] = {}
        before, *selected = SELECTED.split(content)
        pieces, others = [before], [before]
        for name, size, shown in zip(selected[::3], selected[1::3], selected[2::3], strict=True):
            if name not in names:
                names[name], texts[name] = b"F%d" % (len(names) + 1), []
            pieces += [b"/%b %b Tf" % (names[name], size), shown]
            text_object, _, beyond = shown.partition(b"\nET")
            texts[name].append(text_object)
            others.append(beyond)
        if not fonts.keys() >= names.keys():
            raise UnknownFont("a page has a font that is not among its own")
        used: dict[int, set[int]] = {}
        for name, objects in texts.items():
            split = STRING.split(b"\n".join(objects))
            others += split[::2]
            used.setdefault(fonts[name], set()).update(codes(b"".join(split[1::2])))
        if strange(b"\n".join(others)) or not all(used.values()):
            raise UnknownFont("a page shows something in an unusual way")
        told = b"/Font << %b >> " % b" ".join(b"/%b %d 0 R" % (new, fonts[name]) for name, new in names.items())
        own = b"/Resources << %b%b>>" % (told if names else b"", resources["others"] or b"")
        content = b"".join(pieces)
        instead = PdfObject(b"<< /Length %d >>" % len(content), (), content).packed()
        return PageFonts({number: pdf_object(RESOURCES.sub(lambda _: own, text), None), contents: instead}, used)

    def _font(self, number: int) -> Font:
        text = self.text(number)
        if not TYPE_1.search(text):
            raise UnknownFont("a font is not of Type 1")
        encoding, unicode = ENCODING.search(text), UNICODE.search(text)
        return Font(
            int(one(DESCRIPTOR, text)),
            None if encoding is None else dict(differences(self.text(int(encoding[1])))),
            b"" if unicode is None else b" " + unicode[0],
        )

    def _face(self, number: int) -> Face:
        text = self.text(number)
        program = self.source.things[int(one(PROGRAM, text))]
        whole = Type1(program.stream or b"", int(one(CLEAR, program.text)))
        return Face(measured(text), one(NAME, text), int(one(PROGRAM, text)), whole)

    def _subset(self, descriptor: int, glyphs: frozenset[str], slots: frozenset[int]) -> Subset:
        face, charset = self.face(descriptor), "".join(sorted(glyphs)).encode()
        number = int.from_bytes(sha256(b"%b%b %b" % (face.name, charset, bytes(sorted(slots)))).digest()[:8])
        tag = "".join(chr(ord("A") + number // 26**place % 26) for place in range(6))
        name = tag.encode() + b"+" + face.name
        listed = CHARSET.sub(lambda _: b"/CharSet (%b)" % charset, face.descriptor)
        text = NAME.sub(lambda _: b"/FontName /" + name, listed)
        program, clear = face.program.cut(tag, glyphs, slots)
        head = b"<< /Length %d /Length1 %d /Length2 %d /Length3 0 >>" % (len(program), clear, len(program) - clear)
        return Subset(name, {descriptor: pdf_object(text, None), face.number: PdfObject(head, (), program).packed()})


def measured(descriptor: bytes) -> bytes:
    """A descriptor with heights of the outlines: pdfTeX has those of the encoding that happened to come last."""
    box = BOX.search(descriptor)
    if box is None:
        raise UnknownFont("a font has no box")
    heights = {b"Ascent": box[4], b"CapHeight": box[4], b"Descent": box[2]}
    said = {key: b"/%b %b " % (key, height) for key, height in heights.items()}
    return HEIGHTS.sub(lambda found: said.get(found[1], b""), descriptor)


def one(pattern: re.Pattern[bytes], text: bytes) -> bytes:
    """What a pattern has found; UnknownFont where it has found nothing."""
    match = pattern.search(text)
    if match is None:
        raise UnknownFont(f"there is no {pattern.pattern!r}")
    return match[1]


def differences(encoding: bytes) -> Iterator[tuple[int, str]]:
    """Codes with the names of their glyphs."""
    code = 0
    for word in one(DIFFERENCES, encoding).split():
        if word.startswith(b"/"):
            yield code, word.decode("latin-1")
            code += 1
        else:
            code = int(word)


def codes(string: bytes) -> set[int]:
    """The codes in a string."""
    escaped = {int(one, 8) if one.isdigit() else LETTERS.get(one, ord(one)) for one in set(ESCAPED.findall(string))}
    return escaped | set(ESCAPED.sub(b"", string))


def strange(commands: bytes) -> bool:
    """Whether there is a command on a page, outside of its strings, that may show more than these."""
    signs, words = STRANGE
    return any(sign in commands for sign in signs) or not words.isdisjoint(commands.split())
