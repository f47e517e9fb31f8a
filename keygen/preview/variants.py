"""Variants of the exercises of a sheet, or of one exercise: each as a page shows it, with the measures of its work."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from keygen.builds.alike import varies
from keygen.builds.answer_key import item_of
from keygen.builds.request import SheetRequest
from keygen.builds.sheet import SheetItem, nodes_of, policy_of, sheet_items, solved
from keygen.course.band import Measure
from keygen.course.course import Course
from keygen.course.exercise import Exercise
from keygen.course.languages import Language
from keygen.course.sheet import Sheet
from keygen.document.template import words
from keygen.errors import KeygenError
from keygen.mathematics.readback import Proofs
from keygen.variants.solved import Solved
from keygen.variants.workload import measure
from keygen.writers.html import HtmlWriter
from keygen.writers.html_page import after_html, asked_html, heading


@dataclass(frozen=True, slots=True)
class PreviewRequest:
    """What is looked at: a sheet or an exercise of a course, which seeds beside the published numbers, in a language
    (None: the sheet's own, or the first that the exercise has)."""

    course: Course = field(repr=False)
    target: str
    seeds: tuple[int, ...]
    lang: str | None = None


@dataclass(frozen=True, slots=True)
class PreviewPlan:
    """The sheet (an exercise is one of its own), its exercises, and an order for each variant, the published first."""

    sheet: Sheet
    items: tuple[SheetItem, ...]
    orders: tuple[SheetRequest, ...]

    @property
    def language(self) -> Language:
        """The language of the page."""
        return self.orders[0].language

    @property
    def course(self) -> Course:
        """The course that all is of."""
        return self.orders[0].course

    @property
    def file_name(self) -> str:
        """sheet4.preview.html, sheet4.en.preview.html (not the sheet's own language), rnn-bptt.preview.html."""
        return f"{self.sheet.name.replace('/', '-')}{self.sheet.mark(self.language.code)}.preview.html"

    def asked(self, item: SheetItem) -> list[SheetRequest]:
        """The orders of those who get an exercise: of several to choose from a seed has only some."""
        return [order for order in self.orders if item.number in order.asked]


def planned(request: PreviewRequest) -> PreviewPlan:
    """What there is to show. Raises KeygenError for an unknown sheet or exercise, and for a sheet that does not fit."""
    course = request.course
    sheet = course.target(request.target)
    items = tuple(sheet_items(sheet))
    if sheet.file is None:
        sheet, item = item_of(course, request.target, 0)
        items = (item,)
    key = course.seeds_key(sheet.name)
    orders = (SheetRequest(course, sheet, request.lang, seed, key=key) for seed in (None, *request.seeds))
    return PreviewPlan(sheet, items, tuple(orders))


@dataclass(frozen=True, slots=True)
class PreviewVariant:
    """One variant of an exercise: its parts in HTML, the work that it is, the draws refused before it by the condition
    that each failed; equal `key`s are equal data ("": never drawn). With an `error` there is none of these."""

    seed: int | None
    code: str
    heading: str = ""
    body: str = ""
    after: str = ""
    conventions: tuple[str, ...] = ()
    work: Measure | None = None
    rejected: Mapping[str, int] = field(default_factory=dict)
    key: str = ""
    error: KeygenError | None = None


@dataclass(slots=True)
class KnownVariant:
    """A solved variant, what it was solved by, and what is proven of it (None: nothing yet)."""

    exercise: Exercise
    basis: tuple[object, ...]
    solved: Solved
    proofs: Proofs | None = None


class Previewer:
    """Makes variants, and solves none a second time: new words for old numbers need no new draw and no new proof."""

    def __init__(self) -> None:
        self.known: dict[tuple[int, int | None], KnownVariant] = {}

    def variant(self, order: SheetRequest, item: SheetItem) -> PreviewVariant:
        """One variant, certified as for a build; what is wrong with it is its `error`."""
        try:
            known = self.solved(order, item)
            found = known.solved
            (made, typesetter), _ = nodes_of(found, order, item, before=known.proofs)
            known.proofs = typesetter.proofs
            say, writer = words("words", order.language), HtmlWriter(typesetter)
            return PreviewVariant(
                order.seed, order.code, heading(made, writer),
                asked_html(made, writer, say, solutions=True, head="h4"),
                after_html(made, writer, say, solutions=True),
                tuple(made.conventions), measure(found), dict(found.rejected),
                found.variant.key if varies(found.exercise, item.entry) else "",
            )  # fmt: skip
        except KeygenError as error:
            return PreviewVariant(order.seed, order.code, error=error.within(exercise=item.entry.id, who=order.seed))

    def solved(self, order: SheetRequest, item: SheetItem) -> KnownVariant:
        """One variant with all its values; an exercise whose file has changed is another object."""
        exercise, place = order.course.exercise(item.entry.id), (item.number, order.seed)
        basis = (order.sheet.name, order.key, item, policy_of(order.sheet, order.language))
        known = self.known.get(place)
        if known is None or known.exercise is not exercise or known.basis != basis:
            known = self.known[place] = KnownVariant(exercise, basis, solved(order, item))
        return known
