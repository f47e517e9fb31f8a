"""From an exercise's figure to TeX: labels are typeset, the builder lays them out, the backend draws."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from importlib import import_module
from typing import Any

from keygen.course.figures import Figure
from keygen.errors import KeygenError, nearest
from keygen.page.figures.display import Display, Line
from keygen.page.figures.palette import stroke
from keygen.page.figures.pict2e import draw
from keygen.page.figures.slots import filled, pieces, slot
from keygen.page.figures.spelling import Write, spelled
from keygen.page.figures.textsize import measure

BUILDERS = {  # the module of `builders` that has a function of the kind's name: imported when a page has such a figure
    "graph": "graph",
    "network": "network",
    "chain": "network",
    "scheme": "scheme",
    "plot": "plot",
    "cell": "cell",
    "unrolled": "cell",
}


def builder(kind: str) -> Callable[..., Display]:
    """What lays out figures of a kind, given what writes labels and the figure's arguments."""
    module = import_module(f"keygen.page.figures.builders.{BUILDERS[kind]}")
    build: Callable[..., Display] = getattr(module, kind)
    return build


@lru_cache(maxsize=32)
def sample(number: int) -> str:
    """A short stroke in the role of path `number`, for the text beside a figure."""
    return draw(Display((Line(((0.0, 1.0), (9.0, 1.0)), stroke(number)),))) + r"\quad"


def drawn(figure: Figure, write: Write) -> str:
    """The figure's TeX. Raises KeygenError for a kind that has no builder, and what the builder raises."""
    if figure.kind not in BUILDERS:
        raise KeygenError(f"no builder for a figure of kind {figure.kind!r}", repair=nearest(figure.kind, BUILDERS))
    if figure.kind == "plot":  # its ticks are chosen, and written, when it is built
        return draw(builder(figure.kind)(write, *figure.args))
    labels: list[str] = []

    def reserved(label: Any) -> str | None:
        """A slot for a label that has a text."""
        text = write(label)
        if text:
            labels.append(text)
        return slot(len(labels) - 1, measure(text)) if text else text

    return filled(built(figure.kind, spelled(figure.args, reserved)), labels)


@lru_cache(maxsize=512)
def built(kind: str, args: tuple[Any, ...]) -> tuple[str, ...]:
    """The TeX of a figure, cut at the slots of its labels: variants share most of their figures but for the texts."""
    return pieces(draw(builder(kind)(lambda label: label, *args)))
