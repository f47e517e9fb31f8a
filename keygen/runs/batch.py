"""One batch: the sheets of some students solved, rendered, and set in one run of TeX.

A batch is what travels to another process or machine, and what comes back. It holds all that the work needs, so that
the same batch gives the same bytes everywhere.
"""

from __future__ import annotations

from bisect import bisect
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import chain, pairwise
from pathlib import Path
from traceback import extract_tb
from typing import Any

import msgspec

from keygen import inputs
from keygen.build import Spot, bound, page_of, policy_of, solved, spots
from keygen.course.answers import as_json
from keygen.course.contents import read_once
from keygen.course.course import Course
from keygen.course.parcel import Parcel, opened
from keygen.course.roster import Student
from keygen.errors import KeygenError
from keygen.inputs import Basis
from keygen.limits import refusal
from keygen.order import Order
from keygen.page.document import Document, Problem, TeX
from keygen.page.engines import engine_named
from keygen.page.pdf import Pdf, compile_tex
from keygen.page.people import printed
from keygen.page.preamble import together
from keygen.page.split import Pages, file_of, plain
from keygen.page.subsets import Documents
from keygen.page.template import sheet_page
from keygen.page.type1 import UnknownFont
from keygen.runs.manifest import Worked
from keygen.store import Store, digest

SECONDS = 60, 20  # how long TeX may take: in any case, and for each document more
LIGHTLY = 1  # zlib's level for what is unpacked at once


@dataclass(frozen=True, slots=True)
class Batch:
    """Whose sheets to make, and of what.

    `course` is a parcel where its files are not at hand. `store` is where work is kept, the whole of it under the key
    `place`; None to keep none.
    """

    course: Course | Parcel
    sheet: str
    language: str
    solutions: bool
    key: str
    people: tuple[Student | int, ...]
    basis: Basis
    place: str
    store: Path | None = None


class Piece(msgspec.Struct, frozen=True):
    """An exercise worked out: what a key says of it, and its page."""

    worked: Worked
    page: Problem


class Person(msgspec.Struct, frozen=True):
    """What came of one person: the code, the exercises as JSON, pages of each kind; or why there is nothing."""

    code: str
    exercises: bytes = b""
    pages: list[int] = []
    notes: list[str] = []
    failure: str = ""


class Made(msgspec.Struct, frozen=True):
    """What came of a batch: its people in order; the files of all that did not fail, first everybody's problems, then
    everybody's solutions; and a file of each kind with the pages of them all."""

    people: list[Person]
    files: list[bytes] = []
    printed: list[bytes] = []


@dataclass(frozen=True, slots=True)
class Files:
    """Documents, first everybody's problems, then everybody's solutions, each as a file, with the number of its pages
    and what TeX had to say of it; and a file of each kind with the pages of them all."""

    each: list[bytes]
    pages: list[int]
    notes: list[list[str]]
    printed: list[bytes]


@read_once()
def perform(batch: Batch) -> Made | None:
    """Do the work of a batch; None where it is in the store now. One person's failure is that person's.

    Raises KeygenError only for what fails them all: a machine or a course that is not as it was when the run began.
    """
    with opened(batch.course) as course:
        bench = Bench(batch, course)
        bench.unchanged()
        made = bench.made()
        with read_once():
            bench.unchanged()
        return None if bench.kept(made) else made


class Bench:
    """A batch at work."""

    def __init__(self, batch: Batch, course: Course) -> None:
        self.batch, self.course = batch, course
        self.sheet, self.language = course.sheet(batch.sheet), course.language(batch.language)
        self.store = None if batch.store is None else Store(batch.store)
        self.policy = policy_of(self.sheet, self.language)
        self.kinds = (False, True) if batch.solutions else (False,)
        self.spots = {self.inputs(spot): spot for spot in spots(self.sheet)}
        self.written: list[str] = []
        self.chances = 2

    def unchanged(self) -> None:
        """Raise, and forget what was kept, where something is not as it was when the run began."""
        different = list(self.batch.basis.differences(inputs.basis(self.sheet, self.course.path)))
        if different:
            self.forget()
            raise KeygenError(
                "the run has begun with something else than there is now", found="; ".join(different[:6]),
                repair="leave the course alone while it is built; on a cluster, have the same versions everywhere",
            )  # fmt: skip

    def forget(self) -> None:
        """Keep nothing of what this batch has worked out."""
        if self.store is not None:
            for key in self.written:
                self.store.forget(key)

    def kept(self, made: Made) -> bool:
        """Keep what came of the batch, if all went well and there is a store to keep it in."""
        if self.store is None or any(person.failure for person in made.people):
            return False
        return self.store.put(self.batch.place, msgspec.msgpack.encode(made))

    def order(self, person: Student | int) -> Order:
        """What one person of the batch is to get."""
        whose = self.course, self.sheet, self.batch.language
        if isinstance(person, int):
            return Order(*whose, seed=person, key=self.batch.key)
        return Order(*whose, student=person, key=self.batch.key)

    def made(self) -> Made:
        """Work out everybody's exercises, then set them; whoever TeX stumbles over is left out and named."""
        orders = [self.order(person) for person in self.batch.people]
        failures: dict[int, str] = {}
        pieces: dict[int, list[Piece]] = {}
        for place, order in enumerate(orders):
            try:
                pieces[place] = self.pieces(order)
            except KeygenError as error:
                failures[place] = str(replace(error, who=None))  # it is said beside it
            except OSError as error:
                failures[place] = str(refusal(error))
            except Exception as error:  # one person's fault must not cost the others their sheets
                failures[place] = str(fault(error))
        documents = {place: bound(orders[place], [one.page for one in done]) for place, done in pieces.items()}
        files = self.files(documents, failures)
        people = [
            Person(order.code, failure=failures[place], notes=whose(order))
            if place in failures
            else Person(order.code, msgspec.json.encode([one.worked for one in pieces[place]]), notes=whose(order))
            for place, order in enumerate(orders)
        ]
        return Made(people) if files is None else counted(people, files, len(self.kinds))

    def pieces(self, order: Order) -> list[Piece]:
        """The exercises of one person, worked out now or before."""
        key = digest("pieces", repr(order.identity), repr(inputs.tools()))
        known = (self.store and self.store.read(key, dict[str, Piece], as_tex)) or {}
        found = {made_of: known.get(made_of) or self.piece(order, spot) for made_of, spot in self.spots.items()}
        if self.store is not None and found != known and self.store.put(key, encoded(found)):
            self.written.append(key)
        return list(found.values())

    def piece(self, order: Order, spot: Spot) -> Piece:
        """One exercise of one person."""
        found = solved(order, spot)
        page = page_of(found, order, spot)
        parts = {part: as_json(answers, self.policy) for part, answers in found.answers().items()}
        return Piece(Worked(spot.entry.id, spot.number, as_json(found.given(), self.policy), parts), page)

    def inputs(self, spot: Spot) -> str:
        """What anybody's page of an exercise depends on besides its numbers; no two spots of a sheet have the same."""
        made_of = inputs.exercise_inputs(spot.entry.id, self.batch.language, self.course.path)
        return digest("piece", repr(spot), repr(self.policy), made_of)

    def files(self, documents: Mapping[int, Document], failures: dict[int, str]) -> Files | None:
        """Everybody's files, None if there are none. Who fails is added to `failures` and left out.

        One run of TeX sets them all, and its file is cut apart. Where the fonts in it are none that keygen can cut
        down to those of one document, each document has a run of its own, for its fonts tell what is in the run.
        """
        if engine_named(self.sheet.engine).cuts:
            pdf = self.pdf(documents, failures)
            try:
                return None if pdf is None else cut(pdf, len(self.kinds))
            except UnknownFont:
                pass
        return self.apart(documents, failures)

    def apart(self, documents: Mapping[int, Document], failures: dict[int, str]) -> Files | None:
        """Everybody's files, each out of a run of its own."""
        done: list[list[Pdf]] = []
        for place in [place for place in documents if place not in failures]:
            try:
                done.append([self.set([documents[place]], [kind]) for kind in self.kinds])
            except KeygenError as error:
                failures[place] = str(error)
        kinds = [[(pdf, Pages(plain(pdf.data))) for pdf in of_kind] for of_kind in zip(*done, strict=True)]
        pdfs = [pdf for pdf, _ in chain(*kinds)]
        return Files(
            [file_of([pages.part()]) for _, pages in chain(*kinds)],
            [pdf.pages for pdf in pdfs],
            [list(map(str, pdf.warnings)) for pdf in pdfs],
            [file_of([pages.part() for _, pages in of_kind]) for of_kind in kinds],
        ) if done else None  # fmt: skip

    def pdf(self, documents: Mapping[int, Document], failures: dict[int, str]) -> Pdf | None:
        """Everybody's pages in one file, None if there are none. Who fails is added to `failures` and left out."""
        while left := [place for place in documents if place not in failures]:
            try:
                return self.set([documents[place] for place in left], self.kinds)
            except KeygenError as error:
                failures |= self.culprits({place: documents[place] for place in left}, error)
        return None

    def culprits(self, documents: Mapping[int, Document], of_all: KeygenError) -> dict[int, str]:
        """Whose documents cannot be set alone. If each of them can, it was not a page that TeX has failed for (somebody
        killed it, say), and it gets another chance with them all."""
        failed: dict[int, str] = {}
        for place, document in documents.items():
            try:
                self.set([document], self.kinds)
            except KeygenError as error:
                failed[place] = str(error)
        self.chances -= not failed
        return failed if failed or self.chances else dict.fromkeys(documents, str(of_all))

    def set(self, documents: Sequence[Document], kinds: Sequence[bool]) -> Pdf:
        """The pages of some documents in one run of TeX, without solutions, with them, or these behind those."""
        texts = [sheet_page(documents, self.policy, solutions=kind) for kind in kinds]
        seconds, more = SECONDS
        return compile_tex(
            together(texts), style=self.course.style_files(), engine=self.sheet.engine,
            timeout=seconds + more * len(documents) * len(texts), ahead=True, packed=LIGHTLY,
        )  # fmt: skip


def cut(pdf: Pdf, kinds: int) -> Files:
    """The documents of a file, each with the fonts of its own pages. Raises UnknownFont where that cannot be done."""
    documents = Documents(Pages(plain(pdf.data)))
    ends = list(pairwise([*pdf.starts, pdf.pages]))
    each = len(ends) // kinds
    return Files(
        [file_of([documents.part(*end)]) for end in ends],
        [end - start for start, end in ends],
        [list(flaws(pdf, document)) for document in range(len(ends))],
        [file_of([documents.part(ends[first][0], ends[first + each - 1][1])]) for first in range(0, len(ends), each)],
    )


def counted(people: Sequence[Person], files: Files, kinds: int) -> Made:
    """The people with the pages that each has of either kind, and what TeX had to say of them."""
    found = list(people)
    done = [place for place, person in enumerate(people) if not person.failure]
    for place, pages, notes in zip(done * kinds, files.pages, files.notes, strict=True):
        person = found[place]
        told = list(dict.fromkeys([*person.notes, *notes]))
        found[place] = msgspec.structs.replace(person, pages=[*person.pages, pages], notes=told)
    return Made(found, files.each, files.printed)


def flaws(pdf: Pdf, document: int) -> Iterator[str]:
    """The warnings about one document of a file."""
    for warning in pdf.warnings:
        if warning.line is None or bisect(pdf.lines, warning.line) - 1 == document:
            yield str(warning)


def fault(error: Exception) -> KeygenError:
    """What nobody has foreseen is one person's failure, too, and told with its place."""
    last = extract_tb(error.__traceback__)[-1]
    return KeygenError(
        f"keygen itself failed: {type(error).__name__}: {error}", file=last.filename, line=last.lineno,
        source=last.line, repair="this is for keygen's authors to mend: show them this message",
    )  # fmt: skip


def whose(order: Order) -> list[str]:
    """What is to be said of a name."""
    lacking = "" if order.student is None else printed(order.student.name).lacking
    return [f"the name has characters that the fonts lack: {lacking}"] if lacking else []


def encoded(pieces: Mapping[str, Piece]) -> bytes:
    """Pieces as the store keeps them."""
    return msgspec.msgpack.encode(pieces, enc_hook=str)


def as_tex(kind: type, value: Any) -> Any:
    """TeX comes back as TeX."""
    return kind(value) if kind is TeX else value
