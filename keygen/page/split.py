"""Finished files cut apart and put together, page by page; the same pages give the same bytes.

pikepdf brings a file into one plain form, where an object is a line of text and perhaps a stream, and every page hangs
from one list. From there on whole objects are copied, and only the numbers by which they name each other are changed:
a file of any length is put together in the memory that one of its parts takes. (pikepdf holds all objects of a file
that it writes: 20 kB a page, 300 MB for the solutions of 1,000 students.)
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from hashlib import sha256
from io import BytesIO
from itertools import pairwise

import pikepdf

REFERENCE = re.compile(rb"\((?:[^()\\]|\\.)*\)|\b(\d+) 0 R\b")  # strings, which may hold anything, are stepped over
ROOT, LIST, KIDS = (re.compile(pattern) for pattern in (rb"/Root (\d+)", rb"/Pages (\d+)", rb"/Kids \[([^\]]*)\]"))
HEADER = b"%PDF-1.5\n%\xbf\xf7\xa2\xfe\n"
CATALOG, PAGES = 1, 2
"""The numbers of the two objects that every file begins with."""


def plain(pdf: bytes) -> bytes:
    """The file in the plain form. The streams stay as TeX has packed them."""
    with pikepdf.open(BytesIO(pdf)) as source:
        page = source.pages[0]
        del source.pages[0]
        source.pages.insert(0, page)  # by which qpdf makes one list of a tree, with what its pages inherit
        data = BytesIO()
        source.save(data, static_id=True, object_stream_mode=pikepdf.ObjectStreamMode.disable)
        return data.getvalue()


class Pages:
    """The pages of a file in the plain form, with all that they need.

    `objects` are texts with a `%b` for each object that they name, and streams; `named` the numbers of those.
    """

    def __init__(self, plain: bytes) -> None:
        self.objects: dict[int, tuple[bytes, bytes]] = {}
        self.named: dict[int, list[int]] = {}
        texts: dict[int, bytes] = {}
        for number, text, stream in objects(plain):
            texts[number] = text
            blanked, self.named[number] = references(text) if b" 0 R" in text else (text.replace(b"%", b"%%"), [])
            self.objects[number] = blanked, stream
        end = plain.rindex(b"trailer")
        self.catalog = int(found(ROOT, plain[end:]))
        self.list = int(found(LIST, texts[self.catalog]))
        _, self.numbers = references(found(KIDS, texts[self.list]))
        self.identity = sha256(plain[:end]).digest()

    def __len__(self) -> int:
        return len(self.numbers)

    def needed(self, pages: Sequence[int]) -> list[int]:
        """The pages and what they name, and what that names; of pages, only these."""
        others = {self.catalog, self.list, *self.numbers}
        seen, new = set(pages), list(pages)
        while new:
            more = set(self.named[new.pop()]) - seen - others
            seen |= more
            new += more
        return sorted(seen)


def objects(plain: bytes) -> Iterator[tuple[int, bytes, bytes]]:
    """The number, the text and the stream (b"" where there is none) of each object."""
    table = int(plain[plain.rindex(b"startxref") + len(b"startxref") : plain.rindex(b"%%EOF")])
    offsets = sorted(int(row[:10]) for row in plain[table:].split(b"\n") if row.endswith(b" n "))
    for start, end in pairwise([*offsets, table]):
        number, _, body = plain[start:end].partition(b" 0 obj\n")
        text, mark, stream = body.partition(b"\nstream\n")
        yield int(number), text, mark + stream


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


class Writer:
    """A file of pages that come one after the other, handed to `write`; `close` hands out what it ends with."""

    def __init__(self, write: Callable[[bytes], object]) -> None:
        self.write, self.identity = write, sha256()
        self.at = len(HEADER)
        self.write(HEADER)
        self.offsets = [0] * (1 + PAGES)
        self.pages: list[int] = []

    def add(self, source: Pages, first: int, end: int) -> None:
        """The pages from `first` to before `end` of a file, with new numbers."""
        pages = source.numbers[first:end]
        numbers = {old: new for new, old in enumerate(source.needed(pages), start=len(self.offsets))}
        names = {old: b"%d 0 R" % new for old, new in [*numbers.items(), (source.list, PAGES)]}
        self.offsets += [0] * len(numbers)
        for old, new in numbers.items():
            text, stream = source.objects[old]
            self.put(new, text % tuple([names.get(name, b"null") for name in source.named[old]]), stream)
        self.pages += [numbers[page] for page in pages]
        self.identity.update(source.identity + b"%d-%d;" % (first, end))

    def put(self, number: int, text: bytes, stream: bytes = b"") -> None:
        """Write one object."""
        head = b"%d 0 obj\n%b" % (number, text)
        self.offsets[number] = self.at
        self.at += len(head) + len(stream)
        self.write(head)
        self.write(stream)

    def close(self) -> None:
        """Write the catalog, the list of pages, and where each object is."""
        kids = b" ".join(b"%d 0 R" % page for page in self.pages)
        self.put(CATALOG, b"<< /Pages %d 0 R /Type /Catalog >>\nendobj\n" % PAGES)
        self.put(PAGES, b"<< /Count %d /Kids [ %b ] /Type /Pages >>\nendobj\n" % (len(self.pages), kids))
        size, identity = len(self.offsets), self.identity.hexdigest()[:32].encode()
        rows = b"".join(b"%010d 00000 n \n" % offset for offset in self.offsets[1:])
        self.write(b"xref\n0 %d\n0000000000 65535 f \n%b" % (size, rows))
        self.write(b"trailer << /Root %d 0 R /Size %d /ID [<%b><%b>] >>\n" % (CATALOG, size, identity, identity))
        self.write(b"startxref\n%d\n%%%%EOF\n" % self.at)


def split(whole: Pages, starts: Iterable[int]) -> Iterator[bytes]:
    """The documents of a file, each begins after `starts` pages; a document has the fonts of its own pages."""
    for first, end in pairwise([*starts, len(whole)]):
        part: list[bytes] = []
        writer = Writer(part.append)
        writer.add(whole, first, end)
        writer.close()
        yield b"".join(part)
