"""Terms in NumPy's style are what NumPy makes of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from fractions import Fraction

import numpy as np
import pytest
from sign_pairs import CALLS, VALUES, Pair, agrees, pairs

from keygen.certify.answers import NUMPY_OWN
from keygen.engine.real import in_decimals
from keygen.errors import KeygenError
from keygen.mathematics.formula import numpy_text
from keygen.mathematics.printer import row_of
from keygen.mathematics.terms import Apply, Literal, Term

pytestmark = pytest.mark.filterwarnings("ignore::RuntimeWarning")

NUMPY = {
    name: getattr(np, name) for name in ("array", "ones", "exp", "log", "sqrt", "tanh", "sum", *NUMPY_OWN)
} | {"__builtins__": {}}  # fmt: skip
FEW = 3
OF_ANOTHER_KIND = {"place", "pick"}  # an index is a tuple there; a place has no form in NumPy


def known(term: Term) -> bool:
    """Whether all of a term has a form in NumPy: an exact number, a sign of NumPy's."""
    match term:
        case Literal(value):
            return isinstance(value, np.ndarray) or not hasattr(value, "decimal_with")
        case Apply():
            return row_of(term) not in OF_ANOTHER_KIND and all(map(known, term.args))
    return True


def a_few_of_each() -> Iterator[Pair]:
    """Some pairs of each two signs, of any shapes."""
    met = Counter[tuple[str, ...]]()
    for pair in pairs():
        inner = tuple(row_of(arg) if isinstance(arg, Apply) else "" for arg in pair.term.args)
        met[pair.row, *inner] += 1
        if met[pair.row, *inner] <= FEW:
            yield pair


def test_every_sign_inside_every_other_keeps_its_value_in_numpy() -> None:
    met = set()
    for pair in a_few_of_each():
        if known(pair.term):
            text = numpy_text(pair.term)
            assert agrees(eval(text, NUMPY, {**VALUES, **CALLS}), pair.term), text
            met.add(pair.row)
    assert met == {pair.row for pair in pairs()} - OF_ANOTHER_KIND


def test_an_array_of_numbers_is_an_array_of_numpys() -> None:
    shown = Literal(np.array([[Fraction(1), Fraction(-2)], [Fraction(1, 3), Fraction(4)]]))
    assert numpy_text(shown) == "array([[1, -2], [(1/3), 4]])"


def test_a_number_without_an_exact_form_is_refused() -> None:
    from fractions import Fraction

    with pytest.raises(KeygenError, match="without an exact form"):
        numpy_text(Literal(in_decimals(Fraction(1, 3))))
