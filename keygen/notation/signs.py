r"""The signs of mathematics: one row a primitive, written in three media through the same precedence.

A row says how tightly the sign binds (`level`), which levels each argument may have without brackets, and how it is
written as TeX, as Python that reads a page back, and as a formula for other programs. Brackets are decided before the
medium is: a page that drops one drops it in Python too, and the read-back sees it.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum


class Level(IntEnum):
    """How tightly a printed term binds."""

    NEGATIVE = 0  # begins with a minus: -3, -a + b
    SUM = 1
    HADAMARD = 2
    SCALED = 3  # a number times something
    PRODUCT = 4  # of matrices
    FRACTION = 5
    RAISED = 6  # x^2, W^T
    CALL = 7  # sigma(x), a derivative's fraction sign
    ATOM = 8


def at_least(level: Level) -> frozenset[Level]:
    """This level and everything that binds more tightly."""
    return frozenset(other for other in Level if other >= level)


ANY = at_least(Level.NEGATIVE)
TERM = at_least(Level.SUM)
ENTRYWISE = at_least(Level.FRACTION) | {Level.HADAMARD}
SCALED = at_least(Level.SCALED)
FACTOR = at_least(Level.PRODUCT)
ATOM = frozenset({Level.ATOM})


@dataclass(frozen=True, slots=True)
class Sign:
    """One primitive's row. The patterns speak of arguments {0}, {1} and the parameter {p}; in TeX `<(>` and `<)>` grow
    with what they hold, and `<.>` multiplies by a dot or by nearness. `formula` is Python's where it is not given."""

    level: Level
    allowed: tuple[frozenset[Level], ...]
    tex: str
    python: str
    formula: str = ""
    leads: bool = False  # the first argument stands first, so its minus is the whole term's


def infix(level: Level, left: frozenset[Level], right: frozenset[Level], tex: str, python: str) -> Sign:
    """A sign between two arguments."""
    return Sign(level, (left, right), f"{{0}}{tex}{{1}}", f"{{0}} {python} {{1}}", leads=True)


def call(tex: str, python: str, formula: str = "") -> Sign:
    """A function of one argument in brackets of its own."""
    return Sign(Level.CALL, (ANY,), tex + "<(>{0}<)>", python + "({0})", formula)


LEADING = frozenset({Level.NEGATIVE})

SIGNS: dict[str, Sign] = {
    "constant": Sign(Level.ATOM, (), "{p}", "{p}"),
    "identity": Sign(Level.ATOM, (), "I", "I({p})"),
    "add": infix(Level.SUM, ANY, TERM, " + ", "+"),
    "sub": infix(Level.SUM, ANY, at_least(Level.HADAMARD), " - ", "-"),
    "neg": Sign(Level.NEGATIVE, (at_least(Level.HADAMARD),), "-{0}", "-{0}"),
    "mul": infix(Level.SCALED, SCALED | LEADING, SCALED, "<.>", "*"),
    "hadamard": infix(Level.HADAMARD, ENTRYWISE, ENTRYWISE, r" \odot ", "*"),
    "matmul": infix(Level.PRODUCT, FACTOR | {Level.SCALED}, FACTOR, "<.>", "@"),
    "scale": Sign(Level.SCALED, (SCALED,), "{p}<.>{0}", "{p} * {0}"),
    "div": Sign(Level.FRACTION, (ANY, ANY), r"\frac{{{0}}}{{{1}}}", "(({0}) / ({1}))"),
    "power": Sign(Level.RAISED, (ATOM,), "{0}^{{{p}}}", "{0} ** {p}"),
    "square": Sign(Level.RAISED, (ATOM,), "{0}^{{2}}", "{0} ** 2"),
    "transpose": Sign(Level.RAISED, (ATOM,), r"{0}^\top", "{0}.T"),
    "copy": Sign(Level.ATOM, (ATOM,), "{0}", "{0}"),
    "exp": Sign(Level.RAISED, (ANY,), "e^{{{0}}}", "exp({0})"),
    "sqrt": Sign(Level.CALL, (ANY,), r"\sqrt{{{0}}}", "sqrt({0})"),
    "ln": Sign(Level.CALL, (ATOM,), r"\ln {0}", "ln({0})", "log({0})"),
    "sigmoid": call(r"\sigma", "sigmoid", "(1/(1 + exp(-({0}))))"),
    "tanh": call(r"\tanh", "tanh"),
    "relu": Sign(Level.CALL, (ANY,), r"\max<(>0,\ {0}<)>", "relu({0})", "(({0}) * (({0}) > 0))"),
    "step": Sign(Level.CALL, (ANY,), "<[>{0} > 0<]>", "step({0})", "(({0}) > 0)"),
    "softmax": call(r"\mathrm{{softmax}}", "softmax"),
    "max": call(r"\max", "maximum"),
    "where_max": Sign(Level.CALL, (ANY,), r"<[>{0} = \max<]>", "where_max({0})"),
    "apply": Sign(Level.CALL, (ANY,), "{p}<(>{0}<)>", "{p}({0})"),
    "pick": Sign(Level.ATOM, (ATOM,), "{0}_{{{p}}}", "{0}[{p}]"),
    "place": Sign(Level.CALL, (ANY,), r"\mathrm{{place}}<(>{0}<)>", "place({0}, {p})"),
    "row_products": Sign(  # X^T D row by row: the page's own, no step of a trace
        Level.SUM, (ATOM, ATOM), r"\sum_{{i}} {0}^\top\,{1}", "row_products({0}, {1})", "{0}.T @ {1}"
    ),
    "sum_to": Sign(Level.SCALED, (at_least(Level.HADAMARD),), r"\sum_{{{p}}} {0}", "sum_to({0}, {p})"),
    "repeat_to": Sign(Level.SCALED, (SCALED,), r"{0}\,\mathbf{{1}}", "repeat_to({0}, {p})"),
    "logloss": Sign(Level.CALL, (ANY, ANY), r"\ell<(>{0},\ {1}<)>", "logloss({0}, {1})"),
}
