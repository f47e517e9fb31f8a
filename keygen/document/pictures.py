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


def svg(
    figure: Figure,
    typesetter: Typesetter,
    labels: Callable[[Any], WrittenLabel] | None = None,
    *,
    told: str | None = None,
) -> str:
    """A figure as an `<svg>` element, told in the typesetter's language (`told`: already). `labels` writes a label and
    says how much room it takes; without it, labels are text that every reader of SVG shows."""
    figure.require(typesetter.language)
    lettering = Lettering(typesetter.text, typesetter.language)
    title = telling(typesetter).sentences.get(f"title_{figure.kind}", figure.kind)
    words_for_it = described(figure, typesetter) if told is None else told
    return drawn(figure, labels or lettering.svg, title=title, told=words_for_it, language=typesetter.language)


def described(figure: Figure, typesetter: Typesetter) -> str:
    """What a figure shows, in words of the typesetter's language: made of the figure's own data."""
    return figure.told(telling(typesetter))


def telling(typesetter: Typesetter) -> Telling:
    """The sentences of a language, and its way to read labels."""
    lettering = Lettering(typesetter.text, typesetter.language)
    sentences = {} if typesetter.spoken is None else words("figures", typesetter.spoken)
    return Telling(sentences, lettering.plain, typesetter.language)
