"""A vast side of a line breaks before its outermost signs, and nowhere else."""

from __future__ import annotations

import pytest

from keygen.writers.breaks import broken, linked, summands


@pytest.mark.parametrize(
    ("tex", "found"),
    [
        ("a + b - c", ["a", "+ b", "- c"]),
        (r"-a + \frac{b - 1}{c + d} \cdot (e - f)", ["-a", r"+ \frac{b - 1}{c + d} \cdot (e - f)"]),
        (r"\left(a - b\right)^{2} + \lvert a - b \rvert", [r"\left(a - b\right)^{2}", r"+ \lvert a - b \rvert"]),
        (r"\begin{pmatrix} a - b & c \end{pmatrix} - X", [r"\begin{pmatrix} a - b & c \end{pmatrix}", "- X"]),
        ("[h_1 + h_2 > 0]", ["[h_1 + h_2 > 0]"]),
        (r"\max(0;\ x + y)", [r"\max(0;\ x + y)"]),
    ],
)
def test_a_formula_breaks_before_the_signs_that_no_bracket_encloses(tex: str, found: list[str]) -> None:
    assert list(summands(tex)) == found
    assert broken(tex, lambda text: True) == found
    assert broken(tex, lambda text: False) == [tex]
    assert " ".join(found) == tex


def test_pieces_stay_together_while_there_is_room() -> None:
    assert broken("a + b + c + d", lambda text: len(text) > 7) == ["a + b", "+ c + d"]
    assert list(linked("=", "a - b", lambda text: True)) == [r"\kglink{=}{a}", r"\kglink{-}{b}"]
