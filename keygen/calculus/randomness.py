"""What a chain knows of random letters: independent, each with its law. A law is worked out from its definition (a sum
over what may happen, a quadrature), never by the formulas that a page proves, and stands in as two outcomes of one
probability with its mean and its variance.

Two outcomes are exact for whatever is of the second degree at most in each letter (for a mean of such, for a variance
of what is of the first degree), and for the square of max(0, x) where the law is symmetric about 0. So max(0, x) is
read as such a square, and in a variance as a factor beside a letter of its own with the mean 0; nowhere else.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from fractions import Fraction
from functools import lru_cache
from itertools import product
from typing import Any

from msgspec import Struct

from keygen.calculus.traversal import names, put
from keygen.engine.primitives import Reading, nobody
from keygen.errors import KeygenError
from keygen.mathematics.terms import Apply, Name, Term, apply, constant

Number = Any  # of whatever kind the chain is tried on


class RandomLaw(Struct, frozen=True):
    """kind    a row of `MOMENTS`
    params  its parameters, in the letters of the chain
    """

    kind: str
    params: tuple[Term, ...]

    def put(self, values: Mapping[str, Term | Fraction | int]) -> RandomLaw:
        """The law in which letters have become terms."""
        return RandomLaw(self.kind, tuple(put(param, values) for param in self.params))


def binomial(n: Term | int, p: Term) -> RandomLaw:
    """How many of n independent events happen, each of probability p; n = 1 is Bernoulli's law."""
    return RandomLaw("binomial", (constant(n) if isinstance(n, int) else n, p))


def uniform(a: Term) -> RandomLaw:
    """Uniform from -a to a."""
    return RandomLaw("uniform", (a,))


def centred(variance: Term) -> RandomLaw:
    """Any law with the mean 0 and this variance: the normal one, or one of which no more is known."""
    return RandomLaw("centred", (variance,))


def symmetric(variance: Term) -> RandomLaw:
    """Any law that is symmetric about 0, with this variance."""
    return RandomLaw("symmetric", (variance,))


@lru_cache(maxsize=4096, typed=True)  # of two kinds of numbers one may equal the other
def counted(n: Number, p: Number) -> tuple[Number, Number]:
    """Mean and variance of a binomial count, by the sum over all counts; the probabilities are taken relative to that
    of the likeliest, so that none is too small."""
    size, chance = round(float(n.real)), float(p.real)
    if not 0 < chance < 1:
        raise KeygenError("a probability is outside (0, 1)", expected="a number between 0 and 1", found=str(chance))
    mode = min(size, int((size + 1) * chance))
    weights = {mode: p / p}
    for k in range(mode, size):
        weights[k + 1] = weights[k] * (size - k) / (k + 1) * p / (1 - p)
    for k in range(mode, 0, -1):
        weights[k - 1] = weights[k] * k / (size - k + 1) * (1 - p) / p
    whole = sum(weights.values())
    mean = sum(k * weight for k, weight in weights.items()) / whole
    return mean, sum((k - mean) ** 2 * weight for k, weight in weights.items()) / whole


def spread(a: Number) -> tuple[Number, Number]:
    """Mean and variance of the uniform law, by Simpson's rule, which is exact for cubic polynomials."""
    points = ((-a, 1), (0 * a, 4), (a, 1))
    return sum(x * weight for x, weight in points) / 6, sum(x * x * weight for x, weight in points) / 6


MOMENTS: Mapping[str, Callable[..., tuple[Number, Number]]] = {
    "binomial": counted,
    "uniform": spread,
    "centred": lambda variance: (0 * variance, variance),
    "symmetric": lambda variance: (0 * variance, variance),
}
"""Mean and variance of a law from its definition."""
SYMMETRIC = frozenset({"uniform", "symmetric"})
CENTRED = SYMMETRIC | {"centred"}


def outcomes(
    laws: Iterable[tuple[str, RandomLaw]], value: Callable[[Term], Number], root: Callable[[Number], Number]
) -> Iterator[dict[str, Number]]:
    """Every way in which the letters may come out, all of one probability."""
    pairs = []
    for name, law in laws:
        mean, variance = MOMENTS[law.kind](*map(value, law.params))
        pairs.append([(name, mean + sign * root(variance)) for sign in (-1, 1)])
    return (dict(letters) for letters in product(*pairs))


def mean_of(values: Sequence[Number]) -> Number:
    """E, over outcomes of one probability."""
    return sum(values[1:], values[0]) / len(values)


def variance_of(values: Sequence[Number]) -> Number:
    """Var, over outcomes of one probability."""
    mean = mean_of(values)
    return mean_of([(x - mean) ** 2 for x in values])


AVERAGES: Mapping[str, Callable[[Sequence[Number]], Number]] = {"expectation": mean_of, "variance": variance_of}
"""The signs of randomness on the values of what stands in their brackets."""


def expectation(of: Term) -> Term:
    """E(x)"""
    return apply("expectation", of)


def variance(of: Term) -> Term:
    """Var(x)"""
    return apply("variance", of)


DEGREES: Reading[Callable[[Sequence[int]], int]] = Reading(
    "the degree in a letter, of those of the arguments",
    {"add": max, "sub": max, "neg": max, "scale": max, "relu": max, "mul": sum, "square": lambda each: 2 * each[0]},
    needs=nobody,
)


def degree(term: Term, letter: str, meanings: Mapping[str, Term]) -> int:
    """The degree of a term in a letter, as far as two outcomes are exact: a quotient by it, or another function of it,
    has none. Raises KeygenError for such."""
    match term:
        case Name(name=name) if name == letter:
            return 1
        case Name(name=name):
            return degree(meanings[name], letter, meanings) if name in meanings else 0
        case Apply(primitive=primitive, args=args):
            degrees = [degree(arg, letter, meanings) for arg in args]
            if not any(degrees):
                return 0
            if primitive == "div" and not degrees[1]:
                return degrees[0]
            if primitive in AVERAGES:
                return 0
            if primitive in DEGREES:
                return DEGREES[primitive](degrees)
            raise KeygenError(f"a mean of {primitive!r} of a random letter is not read", found=letter)
    return 0


def require_told(term: Term, laws: Mapping[str, RandomLaw], meanings: Mapping[str, Term]) -> None:
    """Raise KeygenError for a mean or a variance that two outcomes do not tell."""
    if not isinstance(term, Apply):
        return
    for arg in term.args:
        require_told(arg, laws, meanings)
    if term.primitive in AVERAGES:
        require_halves(term, laws, meanings)
        most = 2 if term.primitive == "expectation" else 1
        for letter in laws:
            if degree(term.args[0], letter, meanings) > most:
                raise KeygenError(
                    f"the {term.primitive} of what has a higher degree than {most} in {letter!r} is not read",
                    found=repr(term)[:120],
                    repair="say it in other letters",
                )


def require_halves(average: Apply, laws: Mapping[str, RandomLaw], meanings: Mapping[str, Term]) -> None:
    """Raise KeygenError for max(0, x) of a random letter in a mean or a variance, but where a symmetric law tells it:
    its square has half the mean of x^2, and beside a letter of its own with the mean 0 that is all a variance asks."""
    of = average.args[0]
    for name, meaning in reversed(list(meanings.items())):
        of = put(of, {name: meaning})
    terms = list(parts(of, "sum"))
    for place, one in enumerate(terms):
        others = frozenset[str]().union(*map(names, (*terms[:place], *terms[place + 1 :])))
        alone = any(kind_of(factor, laws) in CENTRED and not names(factor) & others for factor in parts(one, "product"))
        for arg, squared in passed(one):
            if names(arg).isdisjoint(laws):
                continue
            if kind_of(arg, laws) not in SYMMETRIC:
                what = "max(0, x) of a letter whose law is not known to be symmetric about 0 is not read"
                repair = "give it such a law: `calculus.symmetric(variance)`, `calculus.uniform(a)`"
            elif not squared and not (average.primitive == "variance" and alone):
                what = f"the {average.primitive} of max(0, x) itself is not read"
                repair = "ask about its square, or multiply it by a letter of its own with the mean 0"
            else:
                continue
            raise KeygenError(what, found=repr(average)[:120], repair=repair)


def kind_of(term: Term, laws: Mapping[str, RandomLaw]) -> str | None:
    """The kind of law of a random letter; None for anything else."""
    return laws[term.name].kind if isinstance(term, Name) and term.name in laws else None


TAKEN_APART: Reading[frozenset[str]] = Reading(
    "as what its arguments are part of a term: summands, factors",
    {
        "add": frozenset({"sum"}),
        "sub": frozenset({"sum"}),
        "mul": frozenset({"product"}),
        "neg": frozenset({"sum", "product"}),
        "scale": frozenset({"sum", "product"}),
    },
    needs=nobody,
)


def parts(term: Term, kind: str) -> Iterator[Term]:
    """What a term adds up ("sum"), or multiplies ("product"), whatever the signs and numbers before it."""
    if isinstance(term, Apply) and kind in TAKEN_APART.get(term.primitive, ()):
        for arg in term.args:
            yield from parts(arg, kind)
    else:
        yield term


def passed(term: Term, *, squared: bool = False) -> Iterator[tuple[Term, bool]]:
    """What stands in each max(0, x) of a term, and whether that is squared at once."""
    if isinstance(term, Apply):
        if term.primitive == "relu":
            yield term.args[0], squared
        for arg in term.args:
            yield from passed(arg, squared=term.primitive == "square")
