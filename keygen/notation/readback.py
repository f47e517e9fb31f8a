"""Read-back: every printed line is printed again in Python's signs through the same table, evaluated and compared.

Two things can be wrong with a line: its structure (a lost bracket, a flipped sign) and its digits. The structure is
evaluated at full precision, under the brackets that the page decided on; each number's digits are compared with the
number they stand for. Together they leave no way for a false line to pass.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from fractions import Fraction
from functools import lru_cache
from types import CodeType, MappingProxyType
from typing import Any, ClassVar, NamedTuple

import numpy as np

from keygen.engine.evaluate import RULES, as_float
from keygen.engine.kinds import COMPLEX, EXACT, STEP, Kind
from keygen.engine.polynomial import Polynomial
from keygen.engine.surd import Surd
from keygen.engine.terms import Apply, Chain, Literal, Name, Term
from keygen.errors import KeygenError
from keygen.notation.formula import Formula
from keygen.notation.medium import Written
from keygen.notation.numbers import Digits, Policy, digits
from keygen.notation.signs import Level

TOLERANCE = 1e-9


class Shown(NamedTuple):
    """A number as a page shows it beside the number it stands for: what the read-back compares."""

    digits: Digits
    value: Fraction | float | Surd


class Python(Formula):
    """Python that evaluates to the term's value: what the read-back runs.

    Numbers become constants _k0, _k1 ... under the signs and brackets that their digits have on the page, so that the
    same formula is the same text in every variant, and is compiled once.
    """

    pattern: ClassVar[str] = "python"

    def __init__(self, policy: Policy) -> None:
        super().__init__(policy)
        self.constants: dict[str, Any] = {}
        self.shown: list[Shown] = []

    def name(self, term: Name) -> Written:
        """The variable, out of the way of what the page's Python calls by its name."""
        return Written(f"_{term.name}" if term.name in CALLS else term.name)

    def number(self, value: Fraction | float | Surd) -> Written:
        """The number at full precision under the sign and the brackets that its digits have on the page."""
        shown = digits(value, self.policy)
        self.shown.append(Shown(shown, value))
        text = ("-" if shown.negative else "") + self.constant(abs(value))
        if shown.negative:
            return Written(text, Level.NEGATIVE, number=True)
        fraction, power = "/" in shown.text, bool(shown.exponent)
        if shown.root != 1 and not fraction:
            return Written(text, Level.CALL if shown.text == "1" else Level.SCALED, number=True)
        return Written(text, Level.FRACTION if fraction else Level.SCALED if power else Level.ATOM, number=True)

    def array(self, value: np.ndarray) -> Written:
        """A constant; each element's digits are noted."""
        self.shown += [Shown(digits(element, self.policy), element) for element in value.flat]
        return Written(self.constant(value))

    def constant(self, value: Any) -> str:
        """A name for a value."""
        name = f"_k{len(self.constants)}"
        self.constants[name] = value
        return name

    def literal(self, value: Any) -> Written:
        """One number keeps its shape as a constant where it stands in for a matrix."""
        if isinstance(value, np.ndarray) and value.size == 1:
            scalar = self.number(value.item())
            sign = "-" if scalar.level is Level.NEGATIVE else ""
            return scalar._replace(text=sign + self.constant(abs(value)))
        return super().literal(value)

    def param(self, term: Apply) -> Written:
        """Coefficients as constants."""
        if term.primitive == "scale" and isinstance(term.param, Fraction):
            c = term.param
            text = ("-" if c < 0 else "") + self.constant(abs(c))
            return Written(text, Level.NEGATIVE if c < 0 else Level.ATOM)
        return super().param(term)


def either(name: str) -> Callable[[Any], Any]:
    """A function on exact numbers, or on the complex ones of a chain that differentiates."""
    exact, stepped = EXACT.functions[name], COMPLEX.functions[name]
    return lambda x: stepped(x) if isinstance(x, complex) else exact(x)


def kind_of(args: tuple[Any, ...]) -> Kind:
    """Exact numbers, unless one of them is complex."""
    return COMPLEX if any(isinstance(arg, complex) for arg in args) else EXACT


def limit(letter: str, toward: str, body: Callable[[float], Any]) -> float:
    """The value of `body` as far on the way as float64 goes without overflow."""
    for power in reversed(range(64)):
        x = {"+oo": 2.0**power, "-oo": -(2.0**power), "0+": 2.0**-power}[toward]
        with suppress(OverflowError, ZeroDivisionError):
            return float(body(x).real)
    return math.nan


def functions() -> dict[str, Any]:
    """What the Python of a page may call: the engine's numeric rules on exact numbers."""
    named = ("identity", "softmax", "logloss", "where_max", "leaky_relu", "elu", "softplus")
    calls = {name: RULES[name] for name in named}
    return {
        **{name: either(name) for name in EXACT.functions},
        **{name: (lambda *args, rule=rule: rule(kind_of(args), *args)) for name, rule in calls.items()},
        "maximum": EXACT.max,
        "sum_to": lambda x, shape: np.sum(x) if shape == () else RULES["sum_to"](EXACT, x, shape),
        "repeat_to": np.broadcast_to,
        "place": lambda x, param: RULES["place"](EXACT, np.asarray(x).item(), param),  # a 1 x 1 array is a number
        "row_products": lambda x, d: sum(np.outer(row, other) for row, other in zip(x, d, strict=True)),
        "Q": Fraction,
        "S": Surd,
        "abs": abs,
        "slope_of": lambda x: x.imag / STEP,
        "limit": limit,
        "alike": lambda left, right: same(real(left), real(right)),
        "positive": lambda x: x.real > 0,
        "factorial": lambda n: math.gamma(n.real + 1),
    }


CALLS = functions()
ATTRIBUTES = frozenset({"T", "real"})  # what a line's Python asks of a value, unless its scope has such a name


@lru_cache(maxsize=8192)
def code(text: str) -> tuple[CodeType, tuple[str, ...]]:
    """A line compiled, with the names it calls for, once: the same formulas come back in every variant."""
    compiled = compile(text, "<page>", "eval")
    return compiled, tuple(dict.fromkeys(names_in(compiled)))


def names_in(compiled: CodeType) -> Iterator[str]:
    """The names that a line calls for, those inside its `lambda`s too."""
    yield from compiled.co_names
    for part in compiled.co_consts:
        if isinstance(part, CodeType):
            yield from names_in(part)


def evaluated(text: str, values: Mapping[str, Any], constants: Mapping[str, Any]) -> Any:
    """The value of a line in Python's signs."""
    compiled, names = code(text)
    known: dict[str, Any] = {"__builtins__": {}}
    for name in names:
        if name in CALLS:
            known[name] = CALLS[name]
        elif name in constants:
            known[name] = constants[name]
        elif name in values or name not in ATTRIBUTES:
            known[name] = values[name]
    return eval(compiled, known)


def real(value: Any) -> Any:
    """The value without the imaginary part that carries its derivative."""
    return value.real if isinstance(value, complex) else value


def same(left: Any, right: Any) -> bool:
    """Equal: exactly for polynomials, to nine digits for numbers and arrays (a 1 x 1 array is a number)."""
    if isinstance(left, Polynomial) or isinstance(right, Polynomial):
        return not (left - right).terms if isinstance(left, Polynomial) else not (right - left).terms
    a, b = floats(left), floats(right)
    if len(a) == len(b) == 1:
        return math.isclose(a[0], b[0], rel_tol=TOLERANCE, abs_tol=TOLERANCE)
    near = all(abs(x - y) <= TOLERANCE * (1 + abs(y)) for x, y in zip(a, b, strict=False))
    return near and np.shape(left) == np.shape(right)


def floats(value: Any) -> list[float]:
    """The numbers of a value in float64."""
    return [float(x) for x in value.ravel().tolist()] if isinstance(value, np.ndarray) else [float(value)]


def read(text: str, scope: Mapping[str, Any], constants: Mapping[str, Any] = MappingProxyType({})) -> Any:
    """The value of one side of a line. Raises KeygenError for a line that no one could evaluate."""
    try:
        return real(evaluated(text, scope, constants))
    except KeygenError:
        raise
    except Exception as error:  # whatever Python says of a false line, shapes that do not fit or a missing name
        raise KeygenError(
            "a printed line has no value",
            found=f"{text}: {error}",
            repair="this is a defect of keygen or of the exercise's computation; please report it with the seed",
        ) from error


HOLDS: dict[str, Callable[[Any, Any], bool]] = {
    "=": same,
    "<": lambda left, right: left < right and not same(left, right),
    ">": lambda left, right: left > right and not same(left, right),
    "<=": lambda left, right: left < right or same(left, right),
    ">=": lambda left, right: left > right or same(left, right),
    "<=>": lambda left, right: bool(left and right),  # two equations that hold at once
}


def honest(shown: Shown) -> bool:
    """Whether the digits on the page are those of the number: all of them, or rounded to the last one shown."""
    digits, value = shown
    return says(digits, value) if isinstance(value, Surd) else honest_ratio(digits, *value.as_integer_ratio())


@lru_cache(maxsize=8192)
def honest_ratio(digits: Digits, top: int, bottom: int) -> bool:
    """The same of a fraction by its numbers, which are found again faster than the fraction."""
    return says(digits, Fraction(top, bottom))


def says(digits: Digits, number: Fraction | Surd) -> bool:
    """Whether digits say a number."""
    if digits.exact or digits.text == "0":
        return digits.value() == number
    unit = Fraction(10) ** (digits.exponent - len(digits.text.partition(".")[2]))
    if "." not in digits.text:
        unit = Fraction(10) ** (len(digits.text) - len(digits.text.rstrip("0")) + digits.exponent)
    value = number if isinstance(number, Fraction) else Fraction(float(number))
    said: Any = digits.value()
    return bool(abs(said - value) <= unit * Fraction(51, 100))


class Line(NamedTuple):
    """A link in Python's signs, with its constants and with the numbers whose digits a page shows."""

    text: str
    constants: Mapping[str, Any]
    shown: Sequence[Shown]

    def __str__(self) -> str:
        """The text with the constants' values in their places, for a person."""
        return re.sub(r"_k\d+", lambda name: str(self.constants[name[0]]), self.text)


def spoken(link: Term, policy: Policy) -> Line:
    """A link in Python's signs."""
    medium = Python(policy)
    return Line(medium.term(link).text, medium.constants, medium.shown)


@lru_cache(maxsize=4096)
def spoken_before(link: Term, policy: Policy) -> Line:
    """The same for a formula of a trace, which comes back in every variant; other links hold the variant's numbers."""
    return spoken(link, policy)


class Proofs:
    """The chains read back so far under one policy, so that a line that is shown twice is read back once."""

    def __init__(self, values: Mapping[str, Any], policy: Policy, calls: Mapping[str, Any]) -> None:
        self.scope, self.policy = scope_of(values, calls), policy
        self.kept: dict[int, Chain] = {}  # by identity; the chains are kept, so that identities stay theirs
        self.equalities = 0

    def require(self, chain: Chain) -> None:
        """Read a chain back unless this very one has been; `verify` says what is raised."""
        if id(chain) not in self.kept:
            self.equalities += read_back(chain, self.scope, self.policy)
            self.kept[id(chain)] = chain


def verify(chain: Chain, values: Mapping[str, Any], policy: Policy, calls: Mapping[str, Any] | None = None) -> int:
    """Evaluate every link of a chain as the page shows it and compare neighbours; the number of equalities checked.

    `values` holds every name in the chain that the chain has no value for itself, `calls` the functions that are only
    named (f, df). Raises KeygenError with both sides for a line that is false, and for digits that are not the
    number's.
    """
    return read_back(chain, scope_of(values, calls or {}), policy)


def scope_of(values: Mapping[str, Any], calls: Mapping[str, Any]) -> dict[str, Any]:
    """What the names of a page mean; those that its Python calls stand a line to the right."""
    meanings = {name: lambda x, call=call: call(as_float(x)) for name, call in calls.items()}
    return apart({**values, **meanings})


def apart(scope: dict[str, Any]) -> dict[str, Any]:
    """A scope in which variables are out of the way of what the page's Python calls by their names."""
    return scope | {f"_{name}": scope[name] for name in CALLS.keys() & scope.keys()}


def read_back(chain: Chain, scope: Mapping[str, Any], policy: Policy) -> int:
    """The work of `verify` in a ready scope."""
    if chain.at:
        scope = {**scope, **apart(dict(chain.at))}
    before: Any = None
    for place, link in enumerate(chain.links):
        value, numbers = heard(link, scope, policy)
        if place and not HOLDS[chain.relation(place)](before, value):
            raise KeygenError(
                "a printed line is false: its two sides differ",
                expected=f"{spoken(chain.links[place - 1], policy)} {chain.relation(place)} {before}",
                found=f"{spoken(link, policy)} = {value}",
                repair="this is a defect of keygen or of the exercise's computation; please report it with the seed",
            )
        for shown in numbers:
            if not honest(shown):
                raise KeygenError(
                    "a printed number is not the number it stands for",
                    expected=str(shown.value),
                    found=str(shown.digits),
                )
        before = value
    return len(chain.links) - 1


def heard(link: Term, scope: Mapping[str, Any], policy: Policy) -> tuple[Any, Sequence[Shown]]:
    """The value of a link as the page shows it, and the numbers whose digits it shows.

    A lone name or number has no sign that could be lost: it is not put into Python's signs only to be evaluated.
    """
    if isinstance(link, Name) and link.name in scope:
        return real(scope[link.name]), ()
    if isinstance(link, Literal) and not isinstance(link.value, Polynomial):
        entries = link.value.flat if isinstance(link.value, np.ndarray) else (link.value,)
        return real(link.value), [Shown(digits(entry, policy), entry) for entry in entries]
    line = spoken_before(link, policy) if isinstance(link, Apply) and link.origin else spoken(link, policy)
    return read(line.text, scope, line.constants), line.shown
