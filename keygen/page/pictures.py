"""Figures beyond TeX: an exercise's figure as SVG, and in words for who does not see it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from keygen.figures.figure import Figure
from keygen.figures.lettering import Lettering, Written
from keygen.figures.svg import svg as drawn
from keygen.figures.telling import Telling
from keygen.page.template import words
from keygen.page.typeset import Printer


def svg(figure: Figure, printer: Printer, labels: Callable[[Any], Written] | None = None) -> str:
    """A figure as an `<svg>` element, told in the printer's language. `labels` writes a label and says how much room it
    takes; without it, labels are text that every reader of SVG shows."""
    figure.require(printer.language)
    lettering = Lettering(printer.text, printer.language)
    title = telling(printer).sentences.get(f"title_{figure.kind}", figure.kind)
    return drawn(
        figure, labels or lettering.svg, title=title, told=described(figure, printer), language=printer.language
    )


def described(figure: Figure, printer: Printer) -> str:
    """What a figure shows, in words of the printer's language: made of the figure's own data."""
    return figure.told(telling(printer))


def telling(printer: Printer) -> Telling:
    """The sentences of a language, and its way to read labels."""
    lettering = Lettering(printer.text, printer.language)
    sentences = {} if printer.spoken is None else words("figures", printer.spoken)
    return Telling(sentences, lettering.plain, printer.language)
