"""Figures beyond TeX: an exercise's figure as SVG, and in words for who does not see it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from keygen.document.template import words
from keygen.document.typesetter import Typesetter
from keygen.figures.alt_text import Telling
from keygen.figures.figure import Figure
from keygen.figures.svg import svg as drawn
from keygen.figures.svg_labels import Lettering, WrittenLabel


def svg(figure: Figure, typesetter: Typesetter, labels: Callable[[Any], WrittenLabel] | None = None) -> str:
    """A figure as an `<svg>` element, told in the typesetter's language. `labels` writes a label and says how much room
    it takes; without it, labels are text that every reader of SVG shows."""
    return drawn_and_told(figure, typesetter, labels)[0]


def drawn_and_told(
    figure: Figure, typesetter: Typesetter, labels: Callable[[Any], WrittenLabel] | None = None
) -> tuple[str, str]:
    """What `svg` draws, and what is `described`; each label is written once for both."""
    figure.require(typesetter.language)
    lettering = Lettering(typesetter.text, typesetter.language)
    tell = telling(typesetter, lettering)
    title, told = tell.sentences.get(f"title_{figure.kind}", figure.kind), figure.told(tell)
    return drawn(figure, labels or lettering.svg, title=title, told=told, language=typesetter.language), told


def described(figure: Figure, typesetter: Typesetter) -> str:
    """What a figure shows, in words of the typesetter's language: made of the figure's own data."""
    return figure.told(telling(typesetter))


def telling(typesetter: Typesetter, lettering: Lettering | None = None) -> Telling:
    """The sentences of a language, and its way to read labels; `lettering` may have read some."""
    lettering = lettering or Lettering(typesetter.text, typesetter.language)
    sentences = {} if typesetter.spoken is None else words("figures", typesetter.spoken)
    return Telling(sentences, lettering.plain, typesetter.language)
