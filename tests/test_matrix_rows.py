"""Rows of a printed matrix stand apart: fractions clear each other, rows of digits stand as close as before."""

from __future__ import annotations

import re
import subprocess

import numpy as np
import pytest

from keygen.tex.pdf import compile_tex
from tests.courses import SHIPPED, ordered
from tests.one_sheet import sources

DPI = 288
POINT = 72.27 / DPI


def gaps(entries: str) -> list[float]:
    """The heights without ink between the rows of ink of one matrix, in points, its brackets whited out."""
    whole = sources(ordered("sheet5", "en"), solutions=False)["sheet5.en"]
    preamble = whole[: whole.index(r"\begin{document}")]
    body = rf"\color{{white}}\pagestyle{{empty}}\[ \begin{{pmatrix}} \color{{black}}{entries} \end{{pmatrix}} \]"
    text = f"{preamble}\\begin{{document}}{body}\\end{{document}}\n"
    pdf = compile_tex(text, style=SHIPPED.style_files())
    command = ["pdftoppm", "-r", str(DPI), "-gray", "-f", "1", "-l", "1", "-"]
    made = subprocess.run(command, input=pdf.data, capture_output=True, check=True).stdout
    head = re.match(rb"P5\s+(\d+)\s+(\d+)\s+\d+\s", made)
    assert head is not None
    page = np.frombuffer(made[head.end() :], np.uint8).reshape(int(head[2]), int(head[1]))
    rows = np.flatnonzero((page < 128).any(axis=1))
    return [float(gap) * POINT for gap in np.diff(rows) if gap > 1]


@pytest.fixture(scope="module")
def fractions() -> list[float]:
    return gaps(r"\frac{15}{7} \\ \color{black}\frac{3}{7}")


def test_fractions_in_rows_are_farther_from_each_other_than_from_their_bars(fractions: list[float]) -> None:
    """Above the bar, below it, between the rows, above the bar, below it."""
    assert len(fractions) == 5
    between = fractions[2]
    assert between >= 4
    assert between > 1.3 * max(*fractions[:2], *fractions[3:])


def test_rows_of_digits_stand_closer_than_a_line_of_text() -> None:
    (between,) = gaps(r"15 \\ \color{black}3")
    assert 4 <= between <= 8
