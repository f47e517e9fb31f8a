"""The conventions that an exercise's answers rest on, read off what its page prints and its trace computes.

A sheet says each once, in a box that is made of its exercises' (`covers.conventions_box`); the sentences stand in
`templates/<language>/conventions.tex`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from fractions import Fraction
from functools import cache, lru_cache
from typing import Any, NamedTuple

from msgspec import Struct

from keygen.calculus.claims import Claim, Given
from keygen.calculus.derivation import ReasonedChain, derivation
from keygen.calculus.evaluation import exactly
from keygen.calculus.rewriting import becomes
from keygen.calculus.scope import scope
from keygen.document.nodes import Problem, walked
from keygen.document.typesetter import Beside, Typesetter
from keygen.engine.primitives import PRIMITIVES, Reading, Shape, nobody
from keygen.engine.trace import Trace
from keygen.figures.figure import Figure
from keygen.figures.labels import said_in
from keygen.figures.tables import Table
from keygen.mathematics.latex import LatexPrinter, tex
from keygen.mathematics.names import DERIVATIVE
from keygen.mathematics.number_format import Policy
from keygen.mathematics.skeleton import OUTLINES, Bounded, Skeleton
from keygen.mathematics.terms import Apply, Chain, Literal, Marked, Name, Term, apply, constant, leaves_of
from keygen.matrix.marks import MatrixObject
from keygen.variants.solved import Solved


class Printed(Struct, frozen=True):
    """What a page prints: its formulas in TeX, one after another, whatever their digits; the variables in them; the
    functions that it defines; whether any number is rounded. And the trace behind it."""

    tex: str
    names: frozenset[Name]
    defined: frozenset[str]
    rounded: bool
    trace: Trace
    signs: Mapping[str, str]

    def derivatives(self) -> Iterator[tuple[Shape, Shape, Shape]]:
        """Of each array of derivatives that is printed: its shape, that of what it is of, and that of what it is by; of
        one with a sign of the author's, a gradient."""
        shapes = self.trace.shapes
        for name in self.names:
            found = DERIVATIVE.fullmatch(name.name)
            if name.shape and found and found["of"] in shapes and found["by"] in shapes:
                yield name.shape, shapes[found["of"]], shapes[found["by"]]
            elif name.shape and self.signs.get(name.name, "").startswith(PARTIAL):
                yield name.shape, (), name.shape


class Signs(NamedTuple):
    """What the terms of one outline bring to a page, whatever their digits: TeX with all their signs, the variables in
    them, whether they are rounded."""

    tex: str
    names: frozenset[Name]
    rounded: bool


class SignsKnown:
    """The signs of one policy and one exercise's names, by outline: most come back in every variant."""

    def __init__(self, printer: LatexPrinter) -> None:
        self.printer = printer
        self.known: Bounded[Signs] = Bounded(OUTLINES)

    def of(self, term: Term, skeleton: Skeleton) -> Signs:
        """What a term of this outline brings."""
        return self.known.get(skeleton) or self.known.keep(skeleton, self.read(term))

    def read(self, term: Term) -> Signs:
        """What a term brings whose outline has not been seen."""
        written = self.printer.write(term)
        names = frozenset(leaf for leaf in leaves_of(term) if isinstance(leaf, Name))
        return Signs(written.text, names, not written.exact)


@lru_cache(maxsize=64)
def signs_known(policy: Policy, signs: tuple[tuple[str, str], ...]) -> SignsKnown:
    """The signs of a policy and an exercise's names so far."""
    return SignsKnown(tex(policy, signs))


FIGURES = (Figure, Table)


def printed(made: Problem, solved: Solved, typesetter: Typesetter) -> Printed:
    """What a page prints."""
    texts: set[str] = set()
    names: set[Name] = set()
    defined: set[str] = set()
    found: dict[Skeleton, Signs] = {}
    rounded = False
    known = signs_known(typesetter.policy, typesetter.signs)
    skeletons = known.printer.term_skeletons
    for said in objects_of(made):
        for term in terms_of(said):
            if isinstance(term, Name):
                names.add(term)
            elif isinstance(term, Literal):  # a number has no sign that a convention speaks of
                rounded = rounded or not skeletons.leaf_of(term, single=False).exact
            else:
                skeleton = skeletons.of(term).skeleton
                found[skeleton] = found.get(skeleton) or known.of(term, skeleton)
        if isinstance(said, Chain) and isinstance(said.links[0], Apply):  # f(z) = ...
            defined.add(said.links[0].primitive)
        if isinstance(said, MatrixObject):  # which consists of no terms
            texts.add(typesetter.typeset(said))
    names.update(*(signs.names for signs in found.values()))
    texts.update(signs.tex for signs in found.values())
    texts.update(typesetter.term(name) for name in names)
    rounded = rounded or any(signs.rounded for signs in found.values())
    return Printed("\n".join(sorted(texts)), frozenset(names), frozenset(defined), rounded, solved.trace, solved.signs)


def objects_of(shown: Any) -> Iterator[Any]:
    """The objects that a page or some of its nodes show, those of rows, tables and figures one by one."""
    for node in walked(shown):
        for part in (*getattr(node, "says", ()), getattr(node, "item", None)):
            if isinstance(part, Beside):
                yield from part.items
            elif isinstance(part, FIGURES):
                yield from said_in(part, printed=True)
            elif part is not None:
                yield part


def terms_of(said: Any) -> tuple[Term, ...]:
    """The terms that an object prints."""
    match said:
        case Chain(links):
            return links
        case Claim() | Given():
            return (said.shown,)
        case Name() | Apply() | Marked():
            return (said,)
    return ()


def observations_are_rows(page: Printed) -> bool:
    """Whether data are multiplied by weights on their right: the gradient by the weights begins with what is left of
    them, transposed."""
    trace = page.trace
    inputs = {variable.name for variable in trace.inputs}
    turned = {step.inputs[0]: step.target.name for step in trace.steps if step.primitive == "transpose"}
    products = [step.inputs for step in trace.steps if step.primitive == "matmul"]
    first = {left for left, _ in products}
    return any(right in inputs and turned.get(left) in first for left, right in products)


def rectified(page: Printed) -> bool:
    """Whether the computation goes through a ReLU."""
    return any(PRIMITIVES[step.primitive].unit == "rectified" for step in page.trace.steps)


PARTIAL = r"\frac{\partial"
SQUARED_NORM = r"\rVert^"
LONE = ((), (1, 1))  # shapes of a number
CONVENTIONS: Mapping[str, Callable[[Printed], bool]] = {
    "rounding": lambda page: page.rounded,
    "rows": observations_are_rows,
    "mean": lambda page: any(name.name == "n" for name in page.names) and "n" in page.trace.shapes,
    "elementwise": lambda page: r"\odot" in page.tex,
    "power": lambda page: r"^{\odot" in page.tex,
    "bracket": lambda page: re.search(r"> 0(\\right)?\]", page.tex) is not None,
    "relu": lambda page: rectified(page) and "relu" not in page.defined,
    "kink": lambda page: rectified(page) and any(DERIVATIVE.fullmatch(name.name) for name in page.names),
    "gradient": lambda page: r"\nabla_" in page.tex or any(of in LONE for _, of, _ in page.derivatives()),
    "slope": lambda page: any(shape == of == by for shape, of, by in page.derivatives()),
    "jacobian": lambda page: any(shape != by and of not in LONE for shape, of, by in page.derivatives()),
    "prime": lambda page: re.search(r"[a-z)]'", page.tex) is not None,
    "new": lambda page: any(name.name.endswith("_new") for name in page.names),
    "sigmoid": lambda page: r"\sigma" in page.tex,
    "tanh": lambda page: r"\tanh" in page.tex and "tanh" not in page.defined,
    "leaky_relu": lambda page: r"\mathrm{LeakyReLU}" in page.tex and "leaky_relu" not in page.defined,
    "elu": lambda page: r"\mathrm{ELU}" in page.tex and "elu" not in page.defined,
    "softplus": lambda page: r"\mathrm{softplus}" in page.tex and "softplus" not in page.defined,
    "norm": lambda page: SQUARED_NORM in page.tex,
    "length": lambda page: r"\lVert" in page.tex and SQUARED_NORM not in page.tex,
    "identity": lambda page: r"\kgmat{I}" in page.tex,
    "logarithm": lambda page: r"\ln" in page.tex,
}
"""A convention -> whether a page needs it, in the order in which a sheet says them."""


def conventions_of(made: Problem, solved: Solved, typesetter: Typesetter) -> tuple[str, ...]:
    """The conventions that an exercise's answers rest on."""
    page = printed(made, solved, typesetter)
    return tuple(name for name, needed in CONVENTIONS.items() if needed(page))


T, ALPHA, ZERO, ONE = Name("t"), Name("alpha"), constant(0), constant(1)
BELOW = apply("smaller", ZERO, T)
GROWN, SHRUNK = apply("exp", T), apply("exp", apply("neg", T))
CALLED_BY_NAME: Reading[tuple[Term, Term]] = Reading(
    "what it is, for a page that calls it by a name",
    {
        "sigmoid": (apply("sigmoid", T), apply("div", ONE, apply("add", ONE, apply("exp", apply("neg", T))))),
        "tanh": (apply("tanh", T), apply("div", apply("sub", GROWN, SHRUNK), apply("add", GROWN, SHRUNK))),
        "leaky_relu": (apply("leaky_relu", T, ALPHA), apply("add", apply("relu", T), apply("mul", ALPHA, BELOW))),
        "elu": (
            apply("elu", T, ALPHA),
            apply("add", apply("relu", T), apply("mul", ALPHA, apply("sub", apply("exp", BELOW), ONE))),
        ),
        "softplus": (apply("softplus", T), apply("ln", apply("add", ONE, apply("exp", T)))),
    },
    needs=nobody,
)
"""Functions that a page calls by a name, and what they are."""


@cache
def written_out(function: str) -> ReasonedChain:
    """A function of t = what it is, tried on both sides of 0."""
    start, curve = CALLED_BY_NAME[function]
    for ends in ((-3, "-0.1"), ("0.1", 3)):
        found = derivation(scope({"t": ends, "alpha": ("0.1", 2)}), start, becomes(curve), check="points")
    return found


def examples(policy: Policy, text: str) -> Mapping[str, Any]:
    """The signs that the sentences of a text speak of. A function is written out only where its name stands there, for
    that takes a proof, and so is the identity matrix, for that takes the rules of matrices."""
    x, a, b, two = Name("x"), Name("A", (2, 2)), Name("B", (2, 2)), constant(2)
    logarithm, below_one = apply("ln", two), apply("exp", constant(Fraction(-1, 10 ** (policy.significant + 1))))
    return {
        "example": Chain((logarithm, Literal(exactly(logarithm)))),
        "zeros": Chain((below_one, Literal(exactly(below_one)))),
        "digits": Given(policy.significant),
        "count": Name("n"),
        "hadamard": apply("mul", a, b),
        "power": apply("square", a),
        "bracket": apply("step", x),
        "number": T,
        "relu": apply("relu", T),
        "slope": Name("dO_dH", (2, 2)),
        "partial": Name("dL_dx"),
        "new": Name("L_new"),
        "leak": ALPHA,
        **{name: written_out(name) for name in CALLED_BY_NAME if name in text},
        "norm": apply("norm_squared", a),
        **({"identity": identity()} if "identity" in text else {}),
    }


def identity() -> MatrixObject:
    """The identity matrix."""
    from keygen.matrix.expression import Symbol  # for a page that speaks of it

    return Symbol("I", "n", "n")


def in_order(found: Iterable[str]) -> tuple[str, ...]:
    """Conventions of several exercises, each once."""
    known = set(found)
    return tuple(name for name in CONVENTIONS if name in known)
