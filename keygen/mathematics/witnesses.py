"""Witnesses: answers of which there are many, one of them given, with a condition that tells all right ones from wrong.

A condition is written from the very relations that a page prints, in a grammar small enough for any program: integer
literals, names of the witness and of what is given, subscripts, `+ - * @`, comparisons, `& | ~`, `all()`,
`maximum(0, .)` and `step(.)`, which is [h > 0]. `certify.condition` evaluates it from the text alone.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from fractions import Fraction
from math import lcm
from typing import Any

import numpy as np

from keygen.engine.primitives import Reading, nobody
from keygen.errors import KeygenError
from keygen.mathematics.answers import Answer
from keygen.mathematics.formula import FormulaPrinter
from keygen.mathematics.number_format import Policy
from keygen.mathematics.operators import Precedence
from keygen.mathematics.printer import Fragment
from keygen.mathematics.skeleton import Bounded, Hole, Skeletons
from keygen.mathematics.terms import Apply, Chain, Literal, Marked, Name, Term, apply, constant

SIGNS = {"=": "=="}  # of relations, where they are not the page's
TEMPLATES = 4096  # that are kept
COMPARISONS = frozenset({"=", "!=", "<", "<=", ">", ">="})
GRAMMAR: Reading[str] = Reading(
    "its sign in a condition, where that is not a formula's",
    {
        **dict.fromkeys(("constant", "add", "sub", "neg", "mul", "scale", "matmul", "pick"), ""),
        "relu": "maximum(0, {})",
        "step": "step({})",
    },
    needs=nobody,
)
"""What conditions can say; nothing else is in their grammar."""


class ConditionPrinter(FormulaPrinter):
    """A side of a comparison in the grammar of conditions. Raises KeygenError for what that does not have."""

    def apply(self, term: Apply) -> Fragment:
        """Functions by their names, entries by their places."""
        if term.primitive not in GRAMMAR:
            raise KeygenError(f"a condition has no sign for {term.primitive!r}", expected=", ".join(sorted(GRAMMAR)))
        if called := GRAMMAR[term.primitive]:
            return Fragment(called.format(self.term(term.args[0]).text))
        if term.primitive == "pick" and isinstance(term.param, tuple):
            places = "".join(f"[{at}]" for at in term.param)
            return Fragment(self.term(term.args[0]).text + places)
        return super().apply(term)

    def number(self, value: Any) -> Fragment:
        """A whole number; denominators are cleared before."""
        if not isinstance(value, int | Fraction) or value.denominator != 1:
            raise KeygenError(
                "a condition holds a number that is not whole", found=str(value),
                repair="multiply what stands inside a function by the denominators",
            )  # fmt: skip
        return Fragment(str(value.numerator), Precedence.NEGATIVE if value < 0 else Precedence.ATOM, number=True)


class ConditionTemplatePrinter(ConditionPrinter):
    """A side of a comparison with a replacement field for each of its numbers."""

    def number(self, value: Any) -> Fragment:
        """A field under the sign of the number."""
        if not isinstance(value, Hole):
            return super().number(value)
        negative = value.shape_class.negative
        sign, level = ("-", Precedence.NEGATIVE) if negative else ("", Precedence.ATOM)
        return Fragment(f"{sign}{{{value.leaf}}}", level, number=True)

    def param(self, term: Apply) -> Fragment:
        """A coefficient as any number."""
        return self.number(term.param) if isinstance(term.param, Hole) else super().param(term)


class Conditions:
    """Sides of comparisons, written once for all that differ in their numbers alone."""

    def __init__(self) -> None:
        self.printer, self.skeletons = ConditionPrinter(), Skeletons(Policy())
        self.templates: Bounded[str] = Bounded(TEMPLATES)

    def text(self, side: Term) -> str:
        """A side of a comparison; `ConditionPrinter` says what is raised."""
        skeleton, leaves = self.skeletons.made(side)
        if not all(isinstance(leaf.value, Fraction) for leaf in leaves):
            return self.printer.write(side).text
        numbers = [self.printer.number(abs(leaf.value)).text for leaf in leaves]
        template = self.templates.get(skeleton)
        if template is None:
            stand_in: Term = self.skeletons.stand_in(side, iter(enumerate(leaves)))
            template = self.templates.keep(skeleton, ConditionTemplatePrinter().write(stand_in).text)
        return template.format(*numbers)


CONDITIONS = Conditions()


def witness(weights: Mapping[str, Any], *relations: Chain, **beside: bool) -> Answer:
    """One right answer, and the relations that all right answers fulfil and no wrong one does.

    `weights` are numbers and nested lists of them by name; a relation is `relation(left, sign, right)` in terms of the
    weights (`unknowns`) and of what is given. Raises KeygenError where there is no relation, and for one that the
    grammar of conditions cannot say.
    """
    if not relations:
        raise KeygenError("a witness has no condition", repair="say by relations which answers are right")
    exact = {name: nested(value) for name, value in weights.items()}
    return Answer("witness", exact, None, beside={"condition": condition_text(relations), **beside})


def no_witness(**beside: bool) -> Answer:
    """That there is none, with what says so: `no_witness(separable=False)`. Raises KeygenError where nothing does."""
    if not beside or any(beside.values()):
        raise KeygenError("nothing says why there is no witness", repair="no_witness(separable=False)")
    return Answer("witness", None, None, beside=beside)


def unknowns(name: str, *shape: int) -> Any:
    """A letter for a weight, or with a shape the letters of its entries, in nested lists: w_1, w_2 of `("w", 2)`."""
    whole = Name(name, shape)
    if not shape:
        return whole
    entries = np.empty(shape, dtype=object)
    for place in np.ndindex(*shape):
        entries[place] = Apply("pick", (whole,), place)
    return entries.tolist()


def weighted(coefficients: Iterable[Fraction | int], unknowns: Iterable[Term]) -> Term:
    """a_1 w_1 + a_2 w_2 + ..., without what is multiplied by 0; 0 where nothing is left."""
    found: Term | None = None
    for a, w in zip(coefficients, unknowns, strict=True):
        if a:
            size = w if a in (1, -1) else apply("scale", w, param=abs(Fraction(a)))
            if found is None:
                found = size if a > 0 else apply("neg", w) if a == -1 else apply("scale", w, param=Fraction(a))
            else:
                found = apply("add" if a > 0 else "sub", found, size)
    return constant(0) if found is None else found


def condition_text(relations: Iterable[Chain]) -> str:
    """All relations at once, as a program reads them."""
    texts = [relation_text(chain) for chain in relations]
    return texts[0] if len(texts) == 1 else " & ".join(f"({text})" for text in texts)


def relation_text(chain: Chain) -> str:
    """left <= right, without denominators. Raises KeygenError for what is no comparison of two sides."""
    sign = chain.relation(1) if len(chain.links) == 2 else ""
    if sign not in COMPARISONS:
        raise KeygenError(
            "a condition is made of comparisons of two sides", expected="relation(left, sign, right)",
            found=f"{len(chain.links)} sides, {sign or chain.relations}",
        )  # fmt: skip
    scale = lcm(*(x.denominator for link in chain.links for x in summed(link)))
    left, right = (CONDITIONS.text(multiplied(link, scale)) for link in chain.links)
    return f"{left} {SIGNS.get(sign, sign)} {right}"


def summed(term: Term) -> Iterator[Fraction]:
    """The numbers among the summands of a side, and their coefficients."""
    match term:
        case Apply(primitive="constant" | "scale", param=Fraction() as x):
            yield x
        case Literal(value=int() | Fraction() as x):
            yield Fraction(x)
        case Apply(primitive="add" | "sub" | "neg"):
            for arg in term.args:
                yield from summed(arg)
        case Marked():
            yield from summed(term.body)


def multiplied(term: Term, times: int) -> Term:
    """A side that many times, summand by summand."""
    match term:
        case _ if times == 1:
            return term
        case Apply(primitive="constant", param=Fraction() as x):
            return constant(x * times)
        case Literal(value=int() | Fraction() as x):
            return constant(Fraction(x) * times)
        case Apply(primitive="scale", param=Fraction() as x):
            return term.args[0] if x * times == 1 else apply("scale", term.args[0], param=x * times)
        case Apply(primitive="add" | "sub" | "neg"):
            return apply(term.primitive, *(multiplied(arg, times) for arg in term.args))
        case Marked():
            return multiplied(term.body, times)
        case _:
            return apply("scale", term, param=Fraction(times))


def nested(value: Any) -> Any:
    """Numbers as exact texts, in the lists that they stand in. Raises KeygenError for one that is not exact."""
    if isinstance(value, np.ndarray):
        value = value.tolist()
    if isinstance(value, list | tuple):
        return [nested(item) for item in value]
    if isinstance(value, bool) or not isinstance(value, int | Fraction):
        raise KeygenError("a witness holds what is no exact number", found=repr(value)[:80])
    return str(Fraction(value))
