"""From f to its gradient, as a teacher writes it: differential, rule by rule, dX to the end, collected, read off.

    df = tr((grad f)' dX);  for a column x, df = (grad f)' dx;  for a column f of a column x, df = J dx

Every line is checked against the complex-step differential of f before it is kept (`verify`), so a false line raises.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Literal

from msgspec import Struct
from msgspec.structs import replace

from keygen.errors import KeygenError
from keygen.matrix.algebra import add, count, divide, number, transpose
from keygen.matrix.expression import Differential, Expression, MatrixTrace, Symbol, Transpose, Zero
from keygen.matrix.printing import plain_text
from keygen.matrix.rewrite_rules import (
    MOVES,
    Laws,
    Stage,
    Terms,
    advance,
    before_differential,
    collected,
    heads,
    read_off,
    stages,
    twins,
)
from keygen.matrix.rules import MINOR, RULES, Rule, Unfolding, pending
from keygen.matrix.shapes import SCALAR, written
from keygen.matrix.terms import Term, compose, expand
from keygen.matrix.transform import substitute, tidy
from keygen.matrix.verify import KnownValues, points_of_both_signs

Convention = Literal["symmetric", "free"]
"""How a symmetric X varies. symmetric: dX is symmetric too, and the gradient is the symmetric G with df = tr(G dX).
free: every entry of X varies by itself, and X' = X is used only in the gradient."""


Reading = Callable[[Expression], Expression]
"""What stands before dX in the end -> the gradient."""
OPENING: dict[type[Expression], str] = {Transpose: "transpose_product", MatrixTrace: "trace_scalar"}
"""The laws by which f is put in order before its differential is taken, by the operation that goes."""


class DerivationLine(Struct, frozen=True):
    """before = after, by the laws named."""

    before: Expression
    after: Expression
    laws: Laws


class Difficulty(Struct, frozen=True):
    """How much a derivation asks: its lines, and the rules of differentiation it uses (the minor ones not counted)."""

    lines: int
    rules: int


class Derivation(Struct, frozen=True):
    """The differential of f, line by line.

    head        what stands before dX in the end: G of tr(G dX), J of J dx; None for a matrix f
    gradient    G', of the shape of `wrt`; None unless f is a number
    jacobian    J; None unless f and `wrt` are columns
    reading     the laws by which the gradient or the Jacobian is read off the last line
    terms       the terms of df before they were collected
    convention  how a symmetric `wrt` varies; None for any other
    """

    f: Expression
    wrt: Symbol
    lines: tuple[DerivationLine, ...]
    head: Expression | None = None
    gradient: Expression | None = None
    jacobian: Expression | None = None
    reading: Laws = ()
    terms: tuple[Term, ...] = ()
    convention: Convention | None = None

    @property
    def differential(self) -> Expression:
        """df, in its last form."""
        return self.lines[-1].after if self.lines else Differential(self.f)

    @property
    def difficulty(self) -> Difficulty:
        """Lines, and rules."""
        used = {law for line in self.lines for law in line.laws}
        return Difficulty(len(self.lines), len(used & (set(RULES) - set(MINOR))))


class LineBuilder:
    """The lines so far; each is checked when it is added, unless there is no `truth` to check it by."""

    def __init__(self, f: Expression, truth: KnownValues | None) -> None:
        self.f, self.truth = f, truth
        self.last: Expression = Differential(f)
        self.text = ""
        self.kept: list[DerivationLine] = []

    def add(self, after: Expression, laws: Laws) -> None:
        """Check a line and keep it, unless a reader would see nothing new."""
        self.check(after, ", ".join(laws))
        text = plain_text(after)
        if text != self.text:
            self.kept.append(DerivationLine(self.last, after, laws))
        self.last, self.text = after, text

    def add_terms(self, terms: Terms, laws: Laws) -> None:
        """Add a line for an expression that is given by its terms."""
        self.add(compose(terms) if terms else Zero(*self.f.shape), laws)

    def check(self, after: Expression, reason: str) -> None:
        """Raise KeygenError unless an expression equals df at the random points."""
        if self.truth is not None:
            self.truth.require(self.last, after, reason)


def derive(f: Expression, wrt: Symbol, convention: Convention = "symmetric") -> Derivation:
    """The differential of f by `wrt`, and its gradient (f a number) or Jacobian (f and `wrt` columns).

    `convention` matters for a symmetric `wrt` alone. Raises KeygenError where f has no value anywhere, holds an
    operation without a rule, or where a rule is broken.
    """
    if not is_symmetric(wrt):
        return _derive(f, wrt)
    if convention == "symmetric":
        return _symmetrized(replace(_derive(f, wrt), convention=convention))
    free = Symbol(wrt.name, wrt.rows, wrt.columns, wrt.index)
    first = _derive(substitute(f, wrt, free), free)
    gradient = None if first.gradient is None else substitute(first.gradient, free, wrt)
    return replace(first, f=f, wrt=wrt, gradient=gradient, convention=convention)


@lru_cache(maxsize=512)
def hessian(first: Derivation) -> Derivation:
    """The differential of the gradient: for a column its Jacobian is the Hessian, for a matrix it is d(grad f).

    Kept: the second differential needs it again, and the same forms come back from variant to variant.
    Raises KeygenError if there is no gradient.
    """
    return replace(_derive(gradient_of(first), first.wrt), convention=first.convention)


def gradient_of(first: Derivation) -> Expression:
    """The gradient. Raises KeygenError if f is not a number."""
    if first.gradient is None:
        raise KeygenError(f"{first.f} has no gradient", expected="1 x 1", found=written(first.f.shape))
    return first.gradient


def derive_by(rules: Mapping[str, Rule], read: Reading, f: Expression, wrt: Symbol) -> Derivation:
    """What would come out by other rules, or read off in another way: no line of it is checked.

    Raises KeygenError where shapes do not fit.
    """
    found = _lines(f, wrt, LineBuilder(f, None), rules, read)
    return replace(found, gradient=symmetric_part(found.gradient)) if is_symmetric(wrt) else found


def read_from(differential: Expression, wrt: Symbol) -> Expression:
    """The gradient, or the Jacobian, read off a differential that somebody says; nothing of it is checked. Raises
    KeygenError where dX cannot be brought to the end of each term."""
    plan = stages(differential, wrt)
    if plan is None or not differential.moving:
        raise KeygenError(f"nothing is read off {differential}")
    terms, _ = advance(expand(tidy(differential), lambda part: part.moving), ())
    settled = _settled(terms, plan, LineBuilder(differential, None))
    found = _read(settled, differential, wrt, LineBuilder(differential, None), read_off)
    return found.jacobian if found.gradient is None and found.jacobian is not None else gradient_of(found)


def is_symmetric(wrt: Symbol) -> bool:
    """Whether a variable is a symmetric matrix."""
    return wrt.trait in ("symmetric", "definite")


def _derive(f: Expression, wrt: Symbol) -> Derivation:
    truth = KnownValues(Differential(f), points_of_both_signs([f], [wrt]))
    return _lines(f, wrt, LineBuilder(f, truth), RULES, read_off)


def _lines(f: Expression, wrt: Symbol, lines: LineBuilder, rules: Mapping[str, Rule], read: Reading) -> Derivation:
    opened = tidy(f)
    laws = tuple(law for node, law in OPENING.items() if count(opened, node) != count(f, node))
    if laws and wrt in opened.symbols:
        lines.add(Differential(opened), laws)
    terms = _unfolded(opened, wrt, lines, rules)
    plan = stages(f, wrt)
    if plan is None:
        return Derivation(f, wrt, tuple(lines.kept), terms=tuple(terms))
    terms = _settled(terms, plan, lines)
    return _read(terms, f, wrt, lines, read)


def _unfolded(f: Expression, wrt: Symbol, lines: LineBuilder, rules: Mapping[str, Rule]) -> Terms:
    """The terms of df after all rules, with dX as the only differential."""
    if wrt not in f.symbols:
        lines.add(Zero(*f.shape), ("constant",))
        return []
    e: Expression = Differential(f)
    terms = expand(e, lambda part: part.moving)
    while pending(e):
        unfolding = Unfolding(wrt, rules)
        raw = expand(unfolding.layer(e), lambda part: part.moving)
        terms, simplified = advance(raw, ())
        joined, by_symmetry = twins(terms)
        laws = (*unfolding.laws, *seen(simplified, raw))
        if unfolding.laws and len(simplified) > 1:  # too much for one line
            lines.add_terms(raw, unfolding.laws)
            laws = seen(simplified, raw)
        if len(joined) == 1 < len(terms):
            lines.add_terms(terms, laws)
            laws = ()
        terms = joined
        lines.add_terms(terms, (*laws, *by_symmetry))
        e = lines.last
    return terms


def seen(laws: Laws, before: Terms) -> Laws:
    """The laws whose work shows: a page has a letter that stands there again as a power already."""
    multiplied = compose([MOVES["powers"].apply(term) for term in before]) if "powers" in laws else None
    written_so = multiplied is not None and plain_text(multiplied) == plain_text(compose(before))
    return tuple(law for law in laws if law != "powers" or not written_so)


def _settled(terms: Terms, plan: tuple[Stage, ...], lines: LineBuilder) -> Terms:
    """The terms after the stages, repeated until nothing changes."""
    settled = False
    while not settled:
        settled = True
        for stage in plan:
            after, laws = advance(terms, stage)
            if after != terms:
                lines.add_terms(after, laws)
                terms, settled = after, False
    return terms


def _read(terms: Terms, f: Expression, wrt: Symbol, lines: LineBuilder, read: Reading) -> Derivation:
    """The terms collected before dX, and the gradient or Jacobian read off."""
    if not terms:
        lines.check(Zero(*f.shape), "no term is left")
        gradient, jacobian = (Zero(*wrt.shape), None) if f.shape == SCALAR else (None, Zero(f.shape[0], wrt.rows))
        return Derivation(f, wrt, tuple(lines.kept), gradient=gradient, jacobian=jacobian)
    traced = any(term.traced for term in terms)
    head, laws = collected(heads(terms, wrt))
    if len(terms) > 1:
        lines.add(before_differential(head, wrt, traced), laws)
    if f.shape != SCALAR:
        lines.check(before_differential(head, wrt, traced), "reading the Jacobian off")
        return Derivation(f, wrt, tuple(lines.kept), head, None, head, ("jacobian",), tuple(terms))
    found = read(head)
    lines.check(before_differential(transpose(found), wrt, traced), "reading the gradient off")
    return Derivation(f, wrt, tuple(lines.kept), head, found, None, ("gradient",), tuple(terms))


def _symmetrized(first: Derivation) -> Derivation:
    """The gradient's symmetric part: tr(G dX) = tr(G' dX) for a symmetric dX. Raises KeygenError if it is not equal."""
    part = symmetric_part(first.gradient)
    if part is None or part == first.gradient:
        return first
    truth = KnownValues(Differential(first.f), points_of_both_signs([first.f], [first.wrt]))
    truth.require(first.differential, before_differential(part, first.wrt, traced=True), "symmetric_part")
    return replace(first, gradient=part, reading=("symmetric_part", "gradient"))


def symmetric_part(gradient: Expression | None) -> Expression | None:
    """(G + G')/2; G itself where it is symmetric, None of None."""
    if gradient is None or transpose(gradient) == gradient:
        return gradient
    return divide(add(gradient, transpose(gradient)), number(2))
