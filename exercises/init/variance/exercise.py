"""The scale of initial weights: how a layer changes the variance, and which laws of the weights keep it."""

from fractions import Fraction
from functools import cache

from keygen.author import (
    Chain,
    Name,
    add_up,
    apply,
    calculus,
    choice,
    concluded,
    product,
    relation,
    same_as,
    spelled,
)

WIDTHS = sorted({Fraction(a, b) for a in range(1, 13) for b in range(1, 9) if 1 <= 4 * Fraction(a, b) <= 16})

given = {
    "width": choice(*map(str, WIDTHS), published="1"),
    "layers": choice(*range(2, 13), published=10),
}

HALF = Fraction(1, 2)
TERMS = (4, 2)  # units before the layer, at which the chains are tried
A, N, SIGMA = Name("a"), Name("n"), Name("sigma")

slips = []  # its own is in the words


def computation(t):
    c = t.choices
    t.c = Fraction(c["width"])
    t.ratio = t.c**2 / 3
    t.after = t.ratio ** c["layers"]
    t.slipped = (2 * t.c) ** 2 / 3


signs = {
    "ratio": "r",
    "after": "R",
    "slipped": r"\tilde{r}",
    "ax": r"\max(0, z)",
    "P_zero": "P_{0}",
    "P_plus": "P_{+}",
}


def root(term):
    return apply("sqrt", term)


def half_width(s):
    """c / sqrt(n)"""
    return calculus.div(calculus.whole(Fraction(s.choices["width"])), root(N))


def layer(terms, law, arriving=None):
    """A sum of independent products: weights of one law, and inputs of one law or what `arriving` makes of them."""
    letters = {"v": ("0.5", 4), "n": (terms, terms), "a": ("0.5", 2), "s": ("0.5", 2), "c": ("0.25", 4)}
    weights = ["w", *(f"w_{i}" for i in range(2, terms + 1))]
    inputs = [arriving or "x", *(f"{arriving or 'x'}_{i}" for i in range(2, terms + 1))]
    arrives = (calculus.symmetric if arriving else calculus.centred)(Name("v"))
    laws = {**dict.fromkeys(weights, law), **dict.fromkeys(inputs, arrives)}
    passed = [apply("relu", Name(x)) if arriving else Name(x) for x in inputs]
    total = add_up(product(pair) for pair in zip(map(Name, weights), passed))
    return calculus.scope(letters, h=total).drawing(**laws)


def through(law, factor, *rules, arriving=None, other):
    """Var(h), found for a layer of every size that is tried; the chain of the last one."""
    found = None
    one = calculus.mul(Name("w"), factor)
    for terms in TERMS:
        found = calculus.derivation(
            layer(terms, law, arriving),
            calculus.variance(Name("h")),
            calculus.becomes(calculus.mul(N, calculus.variance(one)), "products_same" if arriving else "variance_same"),
            *other(one),
            *rules,
            check="points",
        )
    return found


def product_of_variances(one):
    w, x = (calculus.variance(Name(name)) for name in ("w", "x"))
    return [calculus.becomes(product((N, w, x)), "variance_product")]


def with_square(one):
    w, square = calculus.variance(Name("w")), calculus.expectation(calculus.power(apply("relu", Name("z")), 2))
    half = calculus.div(calculus.variance(Name("z")), calculus.whole(2))
    return [
        calculus.becomes(product((N, w, square)), "second_moment"),
        calculus.becomes(product((N, w, half)), "relu_half"),
    ]


@cache
def up_to(c):
    """For weights drawn uniformly up to c / sqrt(n)."""
    half = calculus.div(c, root(N))
    third, spread = calculus.div(calculus.power(half, 2), calculus.whole(3)), calculus.variance(Name("x"))
    law = calculus.uniform(half)
    found = through(
        law, Name("x"),
        calculus.becomes(product((N, third, spread)), "uniform_variance"),
        calculus.becomes(product((calculus.div(calculus.power(c, 2), calculus.whole(3)), spread))),
        other=product_of_variances,
    )  # fmt: skip
    return found, layer(TERMS[-1], law)


def drawn(width):
    """The same for a number c, tried again by the page's read-back."""
    return calculus.with_values(*up_to(Name("c")), {"c": width})


@cache
def in_letters():
    """What is the same in every variant."""
    x, z = Name("x"), Name("z")
    spread, square = calculus.variance(x), calculus.power(Name("s"), 2)
    third = calculus.div(calculus.power(A, 2), calculus.whole(3))
    return {
        "uniform": through(
            calculus.uniform(A), x,
            calculus.becomes(product((N, third, spread)), "uniform_variance"),
            other=product_of_variances,
        ),
        "normal": through(
            calculus.centred(square), x, calculus.becomes(product((N, square, spread))), other=product_of_variances
        ),
        "relu": through(
            calculus.centred(square), apply("relu", z),
            calculus.becomes(product((N, square, calculus.div(calculus.variance(z), calculus.whole(2))))),
            arriving="z", other=with_square,
        ),
    }  # fmt: skip


def solved(left, right, **at):
    """left = 1 <=> right, for numbers n at which both are true."""
    return Chain((calculus.equals(left, calculus.ONE), right), relations=("<=>",), at=at)


def answers(s):
    shown = s.shown
    return {
        "a": {"ratio": "ratio", "after": "after"},
        "b": {"half_width": concluded(spelled(shown["width_term"]), shown["width_line"])},
        "c": {"variance": concluded(spelled(shown["normal_term"]), shown["normal_line"])},
        "d": {"variance": concluded(spelled(shown["relu_term"]), shown["relu_line"])},
        "e": {"p_zero": concluded(same_as(HALF), shown["chance"])},
    }


def show(s):
    width = root(calculus.div(calculus.whole(3), N))
    one, two = (calculus.div(calculus.whole(k), N) for k in (1, 2))
    square = calculus.power(Name("s"), 2)
    chance = Name("P_zero")
    half = calculus.whole(HALF)
    return {
        "drawn": drawn(Fraction(s.choices["width"])),
        **in_letters(),
        "width_term": width,
        "normal_term": one,
        "relu_term": two,
        "width_equation": solved(
            product((N, calculus.div(calculus.power(A, 2), calculus.whole(3)))), calculus.equals(A, width), n=12, a=HALF
        ),
        "normal_equation": solved(product((N, square)), calculus.equals(square, one), n=4, s=HALF),
        "relu_equation": solved(
            product((N, calculus.div(square, calculus.whole(2)))), calculus.equals(square, two), n=8, s=HALF
        ),
        "kept": Chain(
            (product((N, calculus.div(calculus.power(width, 2), calculus.whole(3)))), calculus.ONE), at={"n": 12}
        ),
        "width_line": Chain((A, width), at={"n": 12, "a": HALF}),
        "normal_line": Chain((square, one), at={"n": 4, "s": HALF}),
        "relu_line": Chain((square, two), at={"n": 8, "s": HALF}),
        "chance": Chain((chance, half), at={"P_zero": HALF}),
        "halves": Chain(
            (calculus.equals(calculus.times(2, chance), calculus.ONE), calculus.equals(chance, half)),
            relations=("<=>",), at={"P_zero": HALF},
        ),
        "letters": {name: Name(name) for name in ("a", "n", "h", "w", "x", "z", "s")},
        "interval": [calculus.neg(half_width(s)), half_width(s)],
        "rectified": apply("relu", Name("z")),
        "minus_a": calculus.neg(Name("a")),
        "square": square,
        "term": product((Name("w"), Name("x"))),
        "L": s.choices["layers"],
        "chance_name": chance,
    }  # fmt: skip


def conditions(s):
    return {
        "fades": s.whether(relation(s.name("ratio"), "<", 1)),
        "keeps": s.whether(relation(s.name("ratio"), "=", 1)),
    }


def worthwhile(v):
    yield "the variance changes", v.solved.values["ratio"] != 1
