"""Finished files cut apart and put together, page by page; the same pages give the same bytes.

pikepdf brings a file into one plain form, where an object is a line of text and perhaps a stream, and every page hangs
from one list. From there on whole objects are copied, and only the numbers by which they name each other are changed:
a file of any length is put together in the memory that one of its parts takes. (pikepdf holds all objects of a file
that it writes: 20 kB a page, 300 MB for the solutions of 1,000 students.)

The numbers follow from the pages alone: in the order in which objects are named, the pages first.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from hashlib import sha256
from io import BytesIO
from itertools import pairwise
from typing import NamedTuple

import pikepdf

from keygen.tex.pdf import PACKED

REFERENCE = re.compile(rb"\((?:[^()\\]|\\.)*\)|\b(\d+) 0 R\b")  # strings, which may hold anything, are stepped over
ROOT, LIST, KIDS = (re.compile(pattern) for pattern in (rb"/Root (\d+)", rb"/Pages (\d+)", rb"/Kids \[([^\]]*)\]"))
LENGTH = re.compile(rb"/Length (\d+)")
OUTLINES, FIRST, NEXT, ACTION, TARGET, INFO = (
    re.compile(rb"/%b (\d+) 0 R" % key) for key in (b"Outlines", b"First", b"Next", b"A", b"D", b"Info")
)
TITLE, LANGUAGE = (
    re.compile(rb"/%b (\((?:[^()\\]|\\.)*\)|<[0-9A-Fa-f]*>)" % key, re.DOTALL) for key in (b"Title", b"Lang")
)
PLACE = re.compile(rb"\[ ?(\d+) 0 R (/[^\]]*)\]")
NAMED = re.compile(rb"/Title (\d+) 0 R")
MEDIA_BOX = re.compile(rb"/MediaBox (\[[^\]]*\])")
STRING = re.compile(rb"(\((?:[^()\\]|\\.)*\)|<[0-9A-Fa-f]*>)", re.DOTALL)
HEADER = b"%PDF-1.5\n%\xbf\xf7\xa2\xfe\n"
CATALOG, PAGES = 1, 2
"""The numbers of the two objects that every file begins with."""


def plain(pdf: bytes) -> bytes:
    """The file in the plain form, its streams unpacked."""
    with pikepdf.open(BytesIO(pdf)) as source:
        page = source.pages[0]
        del source.pages[0]
        source.pages.insert(0, page)  # by which qpdf makes one list of a tree, with what its pages inherit
        data = BytesIO()
        source.save(
            data, static_id=True, object_stream_mode=pikepdf.ObjectStreamMode.disable, compress_streams=False,
            stream_decode_level=pikepdf.StreamDecodeLevel.generalized,
        )  # fmt: skip
        return data.getvalue()


class PdfObject(NamedTuple):
    """An object: its text with a `%b` for each object that it names, their numbers, what its stream holds, if any."""

    text: bytes
    named: Sequence[int] = ()
    stream: bytes | None = None

    def naming(self, names: Mapping[int, bytes]) -> bytes:
        """The text with these names of objects; what has none is nothing."""
        return self.text % tuple([names.get(number, b"null") for number in self.named])

    @property
    def whole(self) -> bytes:
        """The text as it was."""
        return self.naming({number: b"%d 0 R" % number for number in self.named})

    def packed(self) -> PdfObject:
        """The object with its stream compressed, unless it is already, in whatever way."""
        if self.stream is None or b"/Filter" in self.text:
            return self
        packed = zlib.compress(self.stream, PACKED)
        text = LENGTH.sub(b"/Filter /FlateDecode /Length %d" % len(packed), self.text, count=1)
        return PdfObject(text, self.named, packed)


class PdfBookmark(NamedTuple):
    """A line of a file's contents: its title, the number of its page, and where on it (both as PDF writes them)."""

    title: bytes
    page: int
    place: bytes


class PdfPages:
    """The pages of a file in the plain form, by their `numbers`, with all that they need; the file's title and language
    ("" where it has none) and its contents."""

    def __init__(self, plain: bytes) -> None:
        self.things = {number: pdf_object(text, stream) for number, text, stream in objects(plain)}
        self.ready: dict[int, PdfObject] = {}
        trailer = plain[plain.rindex(b"trailer") :]
        catalog = int(found(ROOT, trailer))
        self.list = int(found(LIST, self.things[catalog].whole))
        _, self.numbers = references(found(KIDS, self.things[self.list].whole))
        self.others = {catalog, self.list, *self.numbers}
        info = INFO.search(trailer)
        self.title = maybe(TITLE, self.things[int(info[1])].whole) if info else b""
        self.language = maybe(LANGUAGE, self.things[catalog].whole)
        self.bookmarks = tuple(self._bookmarks(self.things[catalog].whole))

    def __len__(self) -> int:
        return len(self.numbers)

    def _bookmarks(self, catalog: bytes) -> Iterator[PdfBookmark]:
        """The contents, all on one level, whose lines lead to a place directly or by an action."""
        outlines = OUTLINES.search(catalog)
        link = outlines and FIRST.search(self.things[int(outlines[1])].whole)
        while link:
            line = self.things[int(link[1])].whole
            target = line
            while step := ACTION.search(target) or TARGET.search(target):
                target = self.things[int(step[1])].whole
            if place := PLACE.search(target):
                title = NAMED.search(line)
                told = found(STRING, self.things[int(title[1])].whole) if title else found(TITLE, line)
                yield PdfBookmark(told, int(place[1]), place[2].strip())
            link = NEXT.search(line)

    def part(self, first: int = 0, end: int | None = None) -> PdfPart:
        """The pages from `first` to before `end`, or to the last."""
        return PdfPart(self, first, len(self) if end is None else end)

    def packed(self, number: int) -> PdfObject:
        """An object with its stream compressed."""
        if number not in self.ready:
            self.ready[number] = self.things[number].packed()
        return self.ready[number]


@dataclass(frozen=True)
class PdfPart:
    """The pages from `first` to before `end` of a file, with other objects `instead` of some; behind those in `backs`
    there is an empty one."""

    source: PdfPages
    first: int
    end: int
    instead: Mapping[int, PdfObject] = field(default_factory=dict)
    backs: frozenset[int] = frozenset()

    @property
    def pages(self) -> Sequence[int]:
        """Their numbers."""
        return self.source.numbers[self.first : self.end]

    @property
    def bookmarks(self) -> Sequence[PdfBookmark]:
        """The contents of these pages; the first line is the document's title."""
        pages = set(self.pages)
        return [one for one in self.source.bookmarks if one.page in pages]

    @property
    def title(self) -> bytes:
        """The title of the document that these pages begin with."""
        return next((one.title for one in self.bookmarks), self.source.title)

    def on_fronts(self, ends: Iterable[tuple[int, int]]) -> PdfPart:
        """The part for a printer of both sides: each of the documents in it, which begin and end there, has an even
        number of pages."""
        odd = frozenset(self.source.numbers[end - 1] for start, end in ends if (end - start) % 2)
        return replace(self, backs=odd)

    def pdf_object(self, number: int) -> PdfObject:
        """An object of the part."""
        return self.instead.get(number) or self.source.packed(number)

    def needed(self) -> list[int]:
        """The pages and what they name, and what that names, in this order; of pages, only these."""
        needed = list(self.pages)
        seen = self.source.others.union(needed)
        for number in needed:
            for name in self.pdf_object(number).named:
                if name not in seen:
                    seen.add(name)
                    needed.append(name)
        return needed


def objects(plain: bytes) -> Iterator[tuple[int, bytes, bytes | None]]:
    """The number, the text and the stream (None where there is none) of each object."""
    table = int(plain[plain.rindex(b"startxref") + len(b"startxref") : plain.rindex(b"%%EOF")])
    offsets = sorted(int(row[:10]) for row in plain[table:].split(b"\n") if row.endswith(b" n "))
    for start, end in pairwise([*offsets, table]):
        number, _, body = plain[start:end].partition(b" 0 obj\n")
        text, mark, stream = body.partition(b"\nstream\n")
        if mark:
            yield int(number), text, stream[: int(found(LENGTH, text))]
        else:
            yield int(number), text[: text.rindex(b"\nendobj")], None


def pdf_object(text: bytes, stream: bytes | None) -> PdfObject:
    """An object of the plain form."""
    return PdfObject(*references(text), stream) if b" 0 R" in text else PdfObject(text.replace(b"%", b"%%"), (), stream)


def references(text: bytes) -> tuple[bytes, list[int]]:
    """The text with a `%b` for each object that it names, and the numbers of those."""
    named: list[int] = []

    def blank(found: re.Match[bytes]) -> bytes:
        if found[1] is None:
            return found[0]
        named.append(int(found[1]))
        return b"%b"

    return REFERENCE.sub(blank, text.replace(b"%", b"%%")), named


def found(pattern: re.Pattern[bytes], text: bytes) -> bytes:
    """What a pattern that must be there has found."""
    match = pattern.search(text)
    assert match is not None, (pattern, text)
    return match[1]


def maybe(pattern: re.Pattern[bytes], text: bytes) -> bytes:
    """What a pattern has found, if anything."""
    match = pattern.search(text)
    return match[1] if match else b""


class PdfWriter:
    """A file of pages that come one after the other, handed to `write`; `close` hands out what it ends with.

    Title and language are those of what comes first; the contents are those of the pages, if it is to have any.
    """

    def __init__(self, write: Callable[[bytes], object], *, contents: bool = True) -> None:
        self.hand_out, self.identity = write, sha256()
        self.contents, self.bookmarks = contents, list[PdfBookmark]()
        self.title = self.language = b""
        self.at = 0
        self.write(HEADER)
        self.offsets = [0] * (1 + PAGES)
        self.pages: list[int] = []

    def write(self, data: bytes) -> None:
        """Hand out some bytes; the file's identity follows from all of them."""
        self.at += len(data)
        self.identity.update(data)
        self.hand_out(data)

    def add(self, part: PdfPart) -> None:
        """Some pages of a file, with new numbers."""
        numbers = {old: new for new, old in enumerate(part.needed(), start=len(self.offsets))}
        names = {old: b"%d 0 R" % new for old, new in [*numbers.items(), (part.source.list, PAGES)]}
        self.offsets += [0] * len(numbers)
        for old, new in numbers.items():
            pdf_object = part.pdf_object(old)
            self.put(new, pdf_object.naming(names), pdf_object.stream)
        if not self.pages:
            self.title, self.language = part.title, part.source.language
        for page in part.pages:
            self.pages.append(numbers[page])
            if page in part.backs:
                self.pages.append(self.blank(part.source.things[page]))
        if self.contents:
            self.bookmarks += [one._replace(page=numbers[one.page]) for one in part.bookmarks]

    def blank(self, like: PdfObject) -> int:
        """Write an empty page of the size of another."""
        about = found(MEDIA_BOX, like.whole), PAGES
        return self.add_object(b"<< /MediaBox %b /Parent %d 0 R /Resources << >> /Type /Page >>" % about)

    def put(self, number: int, text: bytes, stream: bytes | None = None) -> None:
        """Write one object."""
        self.offsets[number] = self.at
        self.write(b"%d 0 obj\n%b" % (number, text))
        if stream is not None:
            self.write(b"\nstream\n")
            self.write(stream)
            self.write(b"\nendstream")
        self.write(b"\nendobj\n")

    def add_object(self, text: bytes) -> int:
        """Write one object more, under the next number."""
        self.offsets.append(0)
        self.put(len(self.offsets) - 1, text)
        return len(self.offsets) - 1

    def outlines(self) -> int:
        """Write the contents; the number of what they hang from."""
        count, root = len(self.bookmarks), len(self.offsets)
        self.add_object(b"<< /Count %d /First %d 0 R /Last %d 0 R /Type /Outlines >>" % (count, root + 1, root + count))
        for place, one in enumerate(self.bookmarks, start=1):
            beside = b"/Next %d 0 R " % (root + place + 1) if place < count else b""
            beside += b"/Prev %d 0 R " % (root + place - 1) if place > 1 else b""
            dest = b"[%d 0 R %b]" % (one.page, one.place)
            self.add_object(b"<< /Dest %b %b/Parent %d 0 R /Title %b >>" % (dest, beside, root, one.title))
        return root

    def close(self) -> None:
        """Write the catalog, the list of pages, and where each object is."""
        kids = b" ".join(b"%d 0 R" % page for page in self.pages)
        said = b"/Lang %b " % self.language if self.language else b""
        if self.bookmarks:
            said += b"/Outlines %d 0 R " % self.outlines()
        info = b""
        if self.title:
            info = b"/Info %d 0 R " % self.add_object(b"<< /Title %b >>" % self.title)
        self.put(CATALOG, b"<< %b/Pages %d 0 R /Type /Catalog >>" % (said, PAGES))
        self.put(PAGES, b"<< /Count %d /Kids [ %b ] /Type /Pages >>" % (len(self.pages), kids))
        size, table, identity = len(self.offsets), self.at, self.identity.hexdigest()[:32].encode()
        rows = b"".join(b"%010d 00000 n \n" % offset for offset in self.offsets[1:])
        self.write(b"xref\n0 %d\n0000000000 65535 f \n%b" % (size, rows))
        about = (info, CATALOG, size, identity, identity)
        self.write(b"trailer << %b/Root %d 0 R /Size %d /ID [<%b><%b>] >>\n" % about)
        self.write(b"startxref\n%d\n%%%%EOF\n" % table)


def file_of(parts: Iterable[PdfPart], *, contents: bool = True) -> bytes:
    """A file of some pages, with a table of contents if they have one and it is wanted."""
    pieces: list[bytes] = []
    writer = PdfWriter(pieces.append, contents=contents)
    for part in parts:
        writer.add(part)
    writer.close()
    return b"".join(pieces)
