"""Read-back: every printed line is printed again in Python's signs through the same table, evaluated and compared.

Two things can be wrong with a line: its structure (a lost bracket, a flipped sign) and its digits. The structure is
evaluated at full precision, under the brackets that the page decided on; each number's digits are compared with the
number they stand for. Together they leave no way for a false line to pass.

Most lines are true, and a glance (`keygen.mathematics.fast_check`) confirms that at a tenth of the cost. Whatever it
does not confirm is evaluated on exact numbers here; so is every line of `keygen check`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import cached_property
from pathlib import Path
from types import MappingProxyType
from typing import Any

import numpy as np

from keygen.engine.domains import EXACT, FLOAT
from keygen.engine.evaluate import as_float
from keygen.engine.polynomial import Polynomial
from keygen.engine.real import Undecided
from keygen.errors import FalseClaim, KeygenError, line_where
from keygen.mathematics.comparison import HOLDS, on_trial, real
from keygen.mathematics.eval_scope import ATTRIBUTES, compiled, evaluate_line
from keygen.mathematics.fast_check import FastCheck, apart
from keygen.mathematics.line_digits import sharpening
from keygen.mathematics.number_cache import Numerals, numerals
from keygen.mathematics.number_format import Policy, digits
from keygen.mathematics.python import ShownNumber, require_true_digits, to_python
from keygen.mathematics.terms import Chain, Literal, Name, Term


def side_value(text: str, scope: Mapping[str, Any], constants: Mapping[str, Any] = MappingProxyType({})) -> Any:
    """The value of one side of a line: on exact numbers, or in float64 where letters have values to be tried at only
    (floats, the functions that an exercise names, slopes and limits). Raises KeygenError for a line that no one could
    evaluate."""
    try:
        line = compiled(text)
        asked = [name for name in line.names if name not in ATTRIBUTES or name in scope]
        values = {name: constants[name] if name in constants else scope[name] for name in asked}
        if line.nested or any(map(on_trial, values.values())):
            tried = {name: value if callable(value) else as_float(value) for name, value in values.items()}
            return real(evaluate_line(line, tried, FLOAT.name))
        return real(evaluate_line(line, values, EXACT.name))
    except KeygenError:
        raise
    except Exception as error:  # whatever Python says of a false line, shapes that do not fit or a missing name
        raise KeygenError(
            "a printed line has no value",
            found=f"{text}: {error}",
            repair="this is a defect of keygen or of the exercise's computation; please report it with the seed",
        ) from error


class Proofs:
    """The chains read back so far under one policy, so that a line that is shown twice is read back once; formulas of
    matrices, which readers of their own read back, by their texts.

    exactly  every one on exact numbers, and not at a glance
    quick    the values for a glance, where that has its own
    flat     under the brackets of a terminal (`mathematics.unicode`), and exactly
    """

    def __init__(
        self,
        values: Mapping[str, Any],
        policy: Policy,
        calls: Mapping[str, Any],
        *,
        exactly: bool = False,
        quick: Mapping[str, Any] | None = None,
        flat: bool = False,
    ) -> None:
        self.values, self.calls, self.policy = values, calls, policy
        self.exactly, self.flat = exactly or flat, flat
        self.glance = FastCheck(self.scope if quick is None else scope_of(quick, calls), policy)
        self.sharpened = sharpening(policy)
        self.kept: dict[int, Chain] = {}  # by identity; the chains are kept, so that identities stay theirs
        self.formulas: dict[str, Any] = {}
        self.equalities = 0
        self.exact_digits = 0

    @cached_property
    def scope(self) -> Mapping[str, Any]:
        """What the names of the lines mean."""
        return scope_of(self.values, self.calls)

    @cached_property
    def numerals(self) -> Numerals:
        """The numbers of the policy."""
        return numerals(self.policy)

    @property
    def digits(self) -> int:
        """The numbers on these chains, each of which is what its digits say."""
        return self.glance.digits + self.exact_digits

    def require(self, chain: Chain) -> None:
        """Read a chain back unless this very one has been; `verify` says what is raised."""
        if id(chain) not in self.kept:
            shown = self.sharpened(chain)
            if self.exactly or not self.glance.confirms(shown):
                self.exact_digits += read_back(shown, self.scope, self.policy, flat=self.flat)
            self.equalities += len(shown.links) - 1
            self.kept[id(chain)] = chain


def verify(chain: Chain, values: Mapping[str, Any], policy: Policy, calls: Mapping[str, Any] | None = None) -> int:
    """Evaluate every link of a chain as the page shows it and compare neighbours; the number of equalities checked.

    `values` holds every name in the chain that the chain has no value for itself, `eval_scope` the functions that are
    only named (f, df). Raises KeygenError with both sides for a line that is false, and for digits that are not the
    number's.
    """
    proofs = Proofs(values, policy, calls or {})
    proofs.require(chain)
    return proofs.equalities


def scope_of(values: Mapping[str, Any], calls: Mapping[str, Any]) -> dict[str, Any]:
    """What the names of a page mean; those that its Python calls stand a line to the right."""
    return apart({**values, **calls})


def read_back(chain: Chain, scope: Mapping[str, Any], policy: Policy, *, flat: bool = False) -> int:
    """The work of `verify` in a ready scope, on exact numbers; how many numbers have the digits that they show."""
    if chain.at:
        scope = {**scope, **apart(chain.at)}
    before: Any = None
    compared = 0
    for place, link in enumerate(chain.links):
        value, numbers = evaluated(link, scope, policy, flat=flat)
        if place and not decided(chain, place, before, value, policy):
            raise FalseClaim(
                "a printed line is false: its two sides differ",
                expected=f"{to_python(chain.links[place - 1], policy, flat=flat)} {chain.relation(place)} {before}",
                found=f"{to_python(link, policy, flat=flat)} = {value}",
                repair="this is a defect of keygen or of the exercise's computation; please report it with the seed",
            )
        for shown in numbers:
            require_true_digits(shown)
        compared += len(numbers)
        before = value
    return compared


ORDERS = frozenset(["<", ">", "<=", ">="])


def require_numbers(chain: Chain, place: int, values: tuple[Any, Any], file: Path | None = None) -> None:
    """Raise KeygenError where a link and the one before it are compared in size, and one of them is several numbers;
    it names the line of the exercise's `file` that computes them."""
    shapes = [value.shape if isinstance(value, np.ndarray) and value.size != 1 else () for value in values]
    if chain.relation(place) not in ORDERS or not any(shapes):
        return
    links = chain.links[place - 1 : place + 1]
    pairs = [(to_python(link, Policy()).text, shape) for link, shape in zip(links, shapes, strict=True) if shape]
    found = " and ".join(f"{text} is {' x '.join(map(str, shape))}" for text, shape in pairs)
    where = {} if file is None else line_where(file, rf"\bt\.{re.escape(pairs[0][0])} =")
    raise KeygenError(
        f"the relation {chain.relation(place)} is between numbers, and {pairs[0][0]} is a matrix",
        expected="a number on either side",
        found=found + (f", by line {where['line']}: {where['source'].strip()}" if "line" in where else ""),
        repair='take one entry, as s.claim("z", 0, 1), or a number that the computation makes of them, as total does; '
        "if it was to be a number, look at how it is computed: @ or *, and the axes in `given`",
    )


def decided(chain: Chain, place: int, before: Any, value: Any, policy: Policy) -> bool:
    """Whether a link stands in its relation to the one before it. Raises KeygenError where nobody can tell."""
    require_numbers(chain, place, (before, value))
    try:
        return HOLDS[chain.relation(place)](before, value)
    except Undecided as error:
        raise KeygenError(
            "a printed line cannot be decided",
            expected=f"{to_python(chain.links[place - 1], policy)} {chain.relation(place)} ..., proven",
            found=f"{to_python(chain.links[place], policy)}: {error}",
            repair="say less of these numbers, or let the line come from the computation",
            redraw=True,
        ) from error


def evaluated(
    link: Term, scope: Mapping[str, Any], policy: Policy, *, flat: bool = False
) -> tuple[Any, Sequence[ShownNumber]]:
    """The value of a link as the page shows it, and the numbers whose digits it shows.

    A lone name or number has no sign that could be lost: it is not put into Python's signs only to be evaluated.
    """
    if isinstance(link, Name) and link.name in scope:
        return real(scope[link.name]), ()
    if isinstance(link, Literal) and not isinstance(link.value, Polynomial):
        entries = link.value.flat if isinstance(link.value, np.ndarray) else (link.value,)
        own = policy.finer(link.finer)
        shown = () if on_trial(link.value) else [ShownNumber(digits(entry, own), entry) for entry in entries]
        return real(link.value), shown
    line = to_python(link, policy, flat=flat)
    return side_value(line.text, scope, line.constants), line.shown
