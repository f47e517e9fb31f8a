"""Recurrent cells."""

from __future__ import annotations

from dataclasses import fields
from typing import Any

from keygen.course.figures import Cell, Moment
from keygen.page.figures import cell as pictures
from keygen.page.figures.display import Display
from keygen.page.figures.spelling import WIDTH, Write


def cell(write: Write, weights: Cell, moment: Moment) -> Display:
    """A recurrent cell."""
    return pictures.cell(moment_of(write, moment), weights_of(write, weights))


def unrolled(write: Write, weights: Cell, start: Any, moments: tuple[Moment, ...]) -> Display:
    """A recurrent cell unrolled in time."""
    steps = [moment_of(write, moment) for moment in moments]
    return pictures.unrolled(write(start) or "", steps, weights_of(write, weights), WIDTH)


def weights_of(write: Write, weights: Cell) -> pictures.Weights:
    """The labels of a cell's weights."""
    return pictures.Weights(write(weights.past) or "", write(weights.input) or "", write(weights.output) or "")


def moment_of(write: Write, moment: Moment) -> pictures.Moment:
    """The labels of a cell at one moment."""
    texts = {field.name: write(getattr(moment, field.name)) or "" for field in fields(moment)}
    return pictures.Moment(**texts)
