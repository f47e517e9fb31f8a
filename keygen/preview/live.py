"""A page that is renewed while its course is worked on: what it is made of at the moment, and who renews it."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field, replace
from typing import Any

from keygen.builds.fingerprints import exercise_inputs
from keygen.builds.sheet import SheetItem, policy_of
from keygen.course.contents import read_once
from keygen.course.course import Course
from keygen.errors import KeygenError
from keygen.preview.page import Pieces, PreviewWriter, common_failure, error_html, short_digest
from keygen.preview.variants import Previewer, PreviewPlan, PreviewRequest, PreviewVariant, planned
from keygen.writers.html_page import framed

ENOUGH = 2
"""Variants with one error after which the others are not tried: it is the exercise's."""
WAITING = """
new EventSource("/events").onmessage = event => { if (JSON.parse(event.data).layout) location.reload(); };
"""
"""The script of a page that has nothing to show but an error: it waits for more."""


@dataclass(frozen=True, slots=True)
class LiveState:
    """What the page is at one moment: its pieces, the writer that knows their places (None: there is nothing yet), a
    digest that is equal for pages that can be renewed piece by piece, an error in HTML that lies over all, whether work
    goes on, whether this was the end."""

    pieces: Pieces = field(default_factory=dict)
    writer: PreviewWriter | None = None
    layout: str = ""
    error: str = ""
    working: bool = True
    closed: bool = False

    @property
    def summary(self) -> dict[str, object]:
        """By which a page in a browser knows what is new."""
        digests = {id: one.digest for id, one in self.pieces.items()}
        return {"layout": self.layout, "pieces": digests, "error": self.error, "working": self.working}

    def page(self) -> str:
        """The whole page."""
        if self.writer is None:
            return framed("keygen", "", "", f"{self.error}<script>{WAITING}</script>")
        words = "".join(f' data-{name}="{self.writer.say[name]}"' for name in ("working", "gone"))
        return self.writer.page(self.pieces, f'<div id="live" data-layout="{self.layout}"{words}></div>')


class Live:
    """Where the state of the page stands: one thread puts another in its place, others read."""

    def __init__(self) -> None:
        self.state = LiveState()

    def set(self, **what: Any) -> None:
        """Another state, in which these things have changed."""
        self.state = replace(self.state, **what)

    def put(self, pieces: Pieces) -> None:
        """Pieces in the place of their former selves."""
        self.set(pieces={**self.state.pieces, **pieces})


class OutOfDate(Exception):
    """Files have been saved since this was begun."""


@dataclass
class Renewal:
    """Makes the page again, as far as it has changed, the exercise that was saved last first and each variant shown as
    soon as it is there; stops in the midst where `stale` says that more is saved. What is `made` is kept under the
    digest of what it depends on."""

    request: PreviewRequest
    live: Live
    stale: Callable[[], bool] = lambda: False
    previewer: Previewer = field(default_factory=Previewer)
    made: dict[tuple[int, int | None], tuple[str, PreviewVariant]] = field(default_factory=dict)

    def renew(self) -> None:
        """Make what has changed; an error is shown on the page."""
        self.live.set(working=True)
        with suppress(OutOfDate):
            try:
                with read_once():
                    errors = self.renewed()
            except KeygenError as error:
                errors = [error_html(error)]
            self.live.set(working=False, error="".join(dict.fromkeys(errors)))

    def renewed(self) -> list[str]:
        """Make what has changed; the errors of exercises that have no variant, in HTML. Raises KeygenError for a course
        that cannot be read, and OutOfDate."""
        course = self.request.course
        plan = planned(replace(self.request, course=Course(course.path, course.secret_file)))
        writer, before = PreviewWriter(plan), self.live.state.pieces
        pieces = {id: before.get(id, empty) for id, empty in writer.places().items()}
        self.live.set(writer=writer, layout=writer.digest(pieces), pieces=pieces)
        latest = sorted(plan.items, key=lambda item: saved_at(plan, item), reverse=True)
        errors = [error_html(error) for item in latest if (error := self.exercise(plan, writer, item)) is not None]
        made = {number: self.known(plan, item) for item in plan.items if (number := item.number)}
        if all(made.values()):
            self.live.put(writer.whole(made))
        return errors

    def known(self, plan: PreviewPlan, item: SheetItem) -> list[PreviewVariant]:
        """What is made of an exercise; none where not all is."""
        found = [self.made.get((item.number, order.seed)) for order in plan.asked(item)]
        return [one[1] for one in found if one is not None] if all(found) else []

    def exercise(self, plan: PreviewPlan, writer: PreviewWriter, item: SheetItem) -> KeygenError | None:
        """Make the variants of an exercise, if it has changed, and show each. The error that all have is told instead,
        and what stood there stays."""
        key, orders, found = key_of(plan, item), plan.asked(item), list[PreviewVariant]()
        shown = 0
        for order in orders:
            known = self.made.get((item.number, order.seed))
            if known is None or known[0] != key:
                if self.stale():
                    raise OutOfDate
                known = key, self.previewer.variant(order, item)
            found.append(known[1])
            failure = common_failure(found)
            if failure is None:
                self.made |= {(item.number, one.seed): (key, one) for one in found[shown:]}
                self.live.put(dict(writer.card(item, one) for one in found[shown:]))
                shown = len(found)
            elif len(found) >= min(ENOUGH, len(orders)):
                return failure
        self.live.put(writer.exercise(item, found))
        return None


def saved_at(plan: PreviewPlan, item: SheetItem) -> float:
    """When a file of an exercise was saved last: who has saved it wants to see it first."""
    folders = plan.course.path.word_folders(item.entry.id)
    return max(file.stat().st_mtime for folder in folders for file in (folder, *folder.iterdir()))


def key_of(plan: PreviewPlan, item: SheetItem) -> str:
    """A digest of all that an exercise's pieces depend on."""
    sheet, language = plan.sheet, plan.language
    inputs = exercise_inputs(item.entry.id, language.code, plan.course.path)
    return short_digest(
        inputs, sheet.name, plan.orders[0].key, repr((item, policy_of(sheet, language), sheet.wishes(item.number)))
    )
