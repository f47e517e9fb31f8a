"""A batch at work: the sheets of some people solved, certified, written in a medium, and set in TeX."""

from __future__ import annotations

from bisect import bisect
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import chain
from traceback import extract_tb
from types import MappingProxyType
from typing import Any

import msgspec

from keygen.builds import fingerprints
from keygen.builds.batch import Batch, BatchResult, ExerciseWork, Person
from keygen.builds.class_work import work_of
from keygen.builds.manifest import ManifestExercise
from keygen.builds.request import SheetRequest
from keygen.builds.run import Who, order_for
from keygen.builds.sheet import (
    SheetItem,
    asked_items,
    bound,
    html_pages,
    nodes_of,
    page_of,
    policy_of,
    sheet_items,
    solved,
    tex_pages,
)
from keygen.certify.certificate import Certificate
from keygen.course.bundle import opened
from keygen.course.contents import read_once
from keygen.course.course import Course
from keygen.document.covers import sheet_page
from keygen.document.kinds import PageKind
from keygen.document.nodes import Problem
from keygen.document.points import too_few
from keygen.document.tex_parts import Document, TeX, TexProblem
from keygen.document.tex_text import printed
from keygen.errors import KeygenError
from keygen.mathematics.answers import as_json
from keygen.system.limits import refusal
from keygen.system.store import Store, digest
from keygen.tex.engines import engine_named
from keygen.tex.format_cache import together
from keygen.tex.pdf import Pdf, compile_side_by_side, compile_tex
from keygen.tex.pdf_pages import PdfPages, PdfPart, file_of, plain
from keygen.tex.subsets import Documents
from keygen.tex.type1 import UnknownFont

SECONDS = 60, 20  # how long TeX may take: in any case, and for each document more
LIGHTLY = 1  # zlib's level for what is unpacked at once


class SolvedPage(msgspec.Struct, frozen=True):
    """An exercise worked out: its page, and what a key says of it and how much work it is, if that was asked for."""

    page: TexProblem
    certificate: Certificate
    worked: ManifestExercise | None = None
    work: ExerciseWork | None = None


@dataclass(frozen=True, slots=True)
class Files:
    """Documents, first everybody's problems, then everybody's solutions, each as a file, with the number of its pages
    and what TeX had to say of it; and a file of each kind with the pages of them all."""

    each: list[bytes]
    pages: list[int]
    notes: list[list[str]]
    printed: list[bytes]


@read_once()
def perform(batch: Batch) -> BatchResult | None:
    """Do the work of a batch; None where it is in the store now. One person's failure is that person's.

    Raises KeygenError only for what fails them all: a machine or a course that is not as it was when the run began.
    """
    with opened(batch.course) as course:
        worker = BatchWorker(batch, course)
        worker.unchanged()
        made = worker.made()
        with read_once():
            worker.unchanged()
        return None if worker.kept(made) else made


def make(batch: Batch, note: Callable[[str], None] = lambda text: None) -> BatchResult:
    """Do the work of a batch in this process, from files as they were read when its place was worked out; `note` hears
    of each stage. Raises KeygenError for the first thing that fails a sheet that is alone."""
    with opened(batch.course) as course:
        worker = BatchWorker(batch, course, note)
        made = worker.made()
        if batch.basis is not None:
            with read_once():
                changed = worker.different()
            if changed:  # somebody has edited the course in the meantime
                worker.forget()
            else:
                worker.kept(made)
        return made


class BatchWorker:
    """A batch at work."""

    def __init__(self, batch: Batch, course: Course, note: Callable[[str], None] = lambda text: None) -> None:
        self.batch, self.course, self.note = batch, course, note
        self.sheet, self.language = course.sheet(batch.sheet), course.language(batch.language)
        self.store = None if batch.store is None else Store(batch.store)
        self.policy = policy_of(self.sheet, self.language)
        self.kinds = batch.kinds
        self.items = list(sheet_items(self.sheet))
        self.inputs = {} if self.store is None else {item.number: self.made_of(item) for item in self.items}
        self.written: list[str] = []
        self.chances = 2

    @property
    def guide(self) -> bool:
        """Whether the marking guide is asked for."""
        return PageKind.GUIDE in self.kinds

    def different(self) -> list[str]:
        """What is not as it was when the run began, if there is anything that it is to be like."""
        was = self.batch.basis
        return [] if was is None else list(was.differences(fingerprints.basis(self.sheet, self.course.path)))

    def unchanged(self) -> None:
        """Raise, and forget what was kept, where something is not as it was when the run began."""
        different = self.different()
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

    def kept(self, made: BatchResult) -> bool:
        """Keep what came of the batch, if all went well and there is a store to keep it in."""
        if self.store is None or any(person.failure for person in made.people):
            return False
        return self.store.write(self.batch.place, made)

    def order(self, person: Who) -> SheetRequest:
        """What one person of the batch is to get."""
        return order_for(self.course, self.sheet, self.batch.language, self.batch.key, person)

    def made(self) -> BatchResult:
        """Everything that the batch asks for."""
        return self.alone(self.order(self.batch.people[0])) if self.batch.alone else self.together()

    def alone(self, order: SheetRequest) -> BatchResult:
        """One sheet by itself, its files in the form that is asked for. Raises KeygenError for what goes wrong."""
        if self.batch.form == "html":
            problems = [nodes_of(solved(order, item), order, item, guide=self.guide)[0] for item in asked_items(order)]
            return of_text(order, html_pages(order, problems, self.kinds), remarks=remarks(one for one, _ in problems))
        pages = [piece.page for piece in self.pieces(order)]
        texts, said = tex_pages(order, pages, self.kinds), remarks(pages)
        if self.batch.form == "tex":
            return of_text(order, texts, self.course.style_files(), remarks=said)
        self.note("setting the pages")
        pdfs = compile_side_by_side(texts, style=self.course.style_files(), engine=self.sheet.engine)
        person = Person(order.code, pages=[pdf.pages for pdf in pdfs])
        warned = [list(map(str, pdf.warnings)) for pdf in pdfs]
        return BatchResult([person], [pdf.data for pdf in pdfs], flaws=warned, remarks=said)

    def together(self) -> BatchResult:
        """Work out everybody's exercises, then set them; whoever TeX stumbles over is left out and named."""
        orders = [self.order(person) for person in self.batch.people]
        failures: dict[int, str] = {}
        pieces: dict[int, list[SolvedPage]] = {}
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
            else person_of(order, pieces[place])
            for place, order in enumerate(orders)
        ]
        made = BatchResult(people) if files is None else counted(people, files, len(self.kinds))
        return msgspec.structs.replace(made, remarks=remarks(one.page for done in pieces.values() for one in done))

    def pieces(self, order: SheetRequest) -> list[SolvedPage]:
        """The exercises of one person, worked out now or before."""
        items = [item for item in self.items if item.number in order.asked]
        if self.store is None:
            return [self.piece(order, item) for item in items]
        key = digest("pieces", repr(order.identity), repr(fingerprints.tools()))
        known = self.store.read(key, dict[str, SolvedPage], as_tex) or {}
        usable = {
            made_of: piece for made_of, piece in known.items()
            if (self.batch.alone or piece.worked is not None) and (piece.page.guide or not self.guide)
        }  # fmt: skip
        found = {self.inputs[item.number]: item for item in items}
        made = {made_of: usable.get(made_of) or self.piece(order, item) for made_of, item in found.items()}
        if made != known and self.store.write(key, made, str):
            self.written.append(key)
        return list(made.values())

    def piece(self, order: SheetRequest, item: SheetItem) -> SolvedPage:
        """One exercise of one person."""
        found = solved(order, item)
        page, certificate = page_of(found, order, item, guide=self.guide)
        if self.batch.alone:
            return SolvedPage(page, certificate)
        parts = {p: as_json(answers, self.policy) for p, answers in item.entry.asked(found.answers()).items()}
        worked = ManifestExercise(item.entry.id, item.number, as_json(found.given(), self.policy), parts)
        return SolvedPage(page, certificate, worked, work_of(found))

    def made_of(self, item: SheetItem) -> str:
        """What anybody's page of an exercise depends on besides its numbers; no two items of a sheet have the same."""
        inputs = fingerprints.exercise_inputs(item.entry.id, self.batch.language, self.course.path)
        return digest("piece", repr(item), repr((self.policy, self.sheet.confirm)), inputs)

    def files(self, documents: Mapping[int, Document], failures: dict[int, str]) -> Files | None:
        """Everybody's files, None if there are none. Who fails is added to `failures` and left out.

        One run of TeX sets them all, and its file is cut apart. Where the fonts in it are none that keygen can cut
        down to those of one document, each document has a run of its own, for its fonts tell what is in the run.
        """
        if engine_named(self.sheet.engine).cuts:
            pdf = self.pdf(documents, failures)
            try:
                return None if pdf is None else cut(pdf, len(self.kinds), duplex=self.sheet.duplex)
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
        kinds = [[(pdf, PdfPages(plain(pdf.data))) for pdf in of_kind] for of_kind in zip(*done, strict=True)]
        pdfs = [pdf for pdf, _ in chain(*kinds)]
        return Files(
            [file_of([pages.part()]) for _, pages in chain(*kinds)],
            [pdf.pages for pdf in pdfs],
            [list(map(str, pdf.warnings)) for pdf in pdfs],
            [file_of([self.printed(pages) for _, pages in of_kind], contents=False) for of_kind in kinds],
        ) if done else None  # fmt: skip

    def printed(self, pages: PdfPages) -> PdfPart:
        """One document as a printer gets it."""
        return pages.part().on_fronts([(0, len(pages))]) if self.sheet.duplex else pages.part()

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

    def set(self, documents: Sequence[Document], kinds: Sequence[PageKind]) -> Pdf:
        """The pages of some documents in one run of TeX, kind behind kind."""
        texts = [sheet_page(documents, self.policy, kind) for kind in kinds]
        seconds, more = SECONDS
        return compile_tex(
            together(texts), style=self.course.style_files(), engine=self.sheet.engine,
            timeout=seconds + more * len(documents) * len(texts), ahead=True, packed=LIGHTLY,
        )  # fmt: skip


def of_text(
    order: SheetRequest, texts: Sequence[str], beside: Mapping[str, bytes] = MappingProxyType({}), *, remarks: list[str]
) -> BatchResult:
    """A sheet whose files are text."""
    return BatchResult([Person(order.code)], [text.encode() for text in texts], beside=dict(beside), remarks=remarks)


def remarks(problems: Iterable[Problem | TexProblem]) -> list[str]:
    """What is to be said of a sheet's exercises, once each."""
    said = ((one, too_few(one.unpaid)) for one in problems)
    return list(dict.fromkeys(f"exercise {one.number} ({one.id}): {text}" for one, text in said if text))


def cut(pdf: Pdf, kinds: int, *, duplex: bool = False) -> Files:
    """The documents of a file, each with the fonts of its own pages; with `duplex`, each on a front page of what is
    printed. Raises UnknownFont where that cannot be done."""
    documents = Documents(PdfPages(plain(pdf.data)))
    ends = pdf.documents
    each = len(ends) // kinds
    return Files(
        [file_of([documents.part(*end)]) for end in ends],
        [end - start for start, end in ends],
        [list(flaws(pdf, document)) for document in range(len(ends))],
        [
            file_of(
                [documents.part(of_kind[0][0], of_kind[-1][1]).on_fronts(of_kind if duplex else ())], contents=False
            )
            for first in range(0, len(ends), each)
            for of_kind in [ends[first : first + each]]
        ],
    )


def counted(people: Sequence[Person], files: Files, kinds: int) -> BatchResult:
    """The people with the pages that each has of either kind, and what TeX had to say of them."""
    found = list(people)
    done = [place for place, person in enumerate(people) if not person.failure]
    for place, pages, notes in zip(done * kinds, files.pages, files.notes, strict=True):
        person = found[place]
        told = list(dict.fromkeys([*person.notes, *notes]))
        found[place] = msgspec.structs.replace(person, pages=[*person.pages, pages], notes=told)
    return BatchResult(found, files.each, files.printed)


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


def person_of(order: SheetRequest, pieces: Sequence[SolvedPage]) -> Person:
    """What came of a person whose exercises are worked out."""
    exercises = msgspec.json.encode([one.worked for one in pieces])
    works = [one.work for one in pieces if one.work is not None]
    return Person(order.code, exercises, [one.certificate for one in pieces], notes=whose(order), works=works)


def whose(order: SheetRequest) -> list[str]:
    """What is to be said of a name."""
    lacking = "" if order.student is None else printed(order.student.name).lacking
    return [f"the name has characters that the fonts lack: {lacking}"] if lacking else []


def as_tex(kind: type, value: Any) -> Any:
    """TeX comes back as TeX."""
    return kind(value) if kind is TeX else value
