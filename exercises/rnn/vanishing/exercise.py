"""A linear recurrent cell: how a gradient fades or grows on its way through time, and how it is clipped."""

from fractions import Fraction
from functools import cache
from itertools import product
from math import isqrt

from keygen.author import (
    Given,
    Name,
    Table,
    apply,
    backprop,
    choice,
    claim,
    decimals,
    integers,
    relation,
    same_as,
    slip,
    sqrt,
    square,
    total,
)

axes = {"entries": choice(2, 3, published=2)}

given = {
    "w": decimals("", "-1.5", "1.5", "0.05", published="0.5", nonzero=True),
    "T": choice(*range(5, 25), published=10),
    "gradient": integers("entries", -9, 9, published=[6, 8], nonzero=True),
    "threshold": decimals("", "0.5", "6", "0.5", published=5),
}

band = {"operations": (40, 80)}
slips = [slip("c", "root_left_out")]

TRIED = tuple(map(Fraction, ("-1.1", "0.5", "0.9", "1", "1.1", "1.5")))
NEAR = Fraction("0.1")  # weights that are no further apart teach the same
AFTER = (5, 10, 50, 100)  # an odd number shows the sign
WHOLE = range(1, 16)  # norms of a gradient that a hand finds


def computation(t):
    """States and inputs are ones: the derivative does not depend on them, and no page shows them."""
    last = t.choices["T"]
    t.v, t.h_0 = 1, 1
    for k in range(1, last + 1):
        t[f"x_{k}"] = 1
        t[f"h_{k}"] = t.w * t[f"h_{k - 1}"] + t.v * t[f"x_{k}"]
    backprop(t, f"h_{last}", ["h_0"])
    t.also(f"dh_{last}_dh_0", t.w**last)
    t.norm = sqrt(total(square(t.gradient)))
    t.factor = t.threshold / t.norm
    t.clipped = t.factor * t.gradient
    t.after = sqrt(total(square(t.clipped)))


signs = {
    "gradient": "g",
    "threshold": "c",
    "norm": r"\lVert g\rVert",
    "factor": "s",
    "clipped": r"\bar{g}",
    "after": r"\lVert\bar{g}\rVert",
}


def answers(s):
    return {
        "a": {"dhT_dh0": f"dh_{s.choices['T']}_dh_0"},
        "b": {"behaviour": same_as("vanishes" if abs(s.values["w"]) < 1 else "explodes")},
        "c": {"norm": "norm", "clipped": "clipped"},
    }


def show(s):
    last = s.choices["T"]
    whole = s.chain(f"dh_{last}_dh_0")
    powers = [apply("power", Name("w"), param=steps) for steps in AFTER]
    return {
        "wanted": s.name(f"dh_{last}_dh_0"),
        "first": s.chain("h_1").formula,
        "second": s.chain("h_2").formula,
        "one_step": s.chain(f"dh_{last}_dh_{last - 1}").formula,
        "two_steps": s.chain(f"dh_{last}_dh_{last - 2}").formula,
        "whole": whole.keeping(range(2, len(whole.links))),
        "powers": Table(
            (Name("w"), *powers),
            tuple((Given(w), *(claim(power, w=w).decimal for power in powers)) for w in tried(s.values["w"])),
        ),
    }


def tried(w):
    """The weights of the table: the one of the exercise among them, in the place of one that is about the same."""
    return sorted({w, *(other for other in TRIED if abs(other) == 1 or abs(other - w) > NEAR)})


def conditions(s):
    w = s.name("w")
    return {
        "small": s.whether(relation(w, "<", 1), relation(w, ">", -1)),
        "negative": s.whether(relation(w, "<", 0)),
        "too_long": s.whether(relation(s.name("norm"), ">", s.name("threshold"))),
    }


def arranged(v):
    """A weight of another size than 1 and not too small, with a clear effect, and a gradient with a whole norm."""
    sign, size, steps = (1 if v.w > 0 else -1), abs(v.w), v.T
    if size < Fraction("0.3"):
        size += Fraction("0.3")
    elif Fraction(1, 2) <= size**steps <= 2:
        size += Fraction("0.2") if size >= 1 else Fraction("-0.2")
    each = whole_norms(len(v.gradient), v.threshold)
    place = sum((int(g) + 9) * 19**k for k, g in enumerate(v.gradient))
    return {"w": sign * size, "gradient": each[place % len(each)]}


@cache
def whole_norms(entries, threshold):
    """The gradients that the last part may have."""
    found = product([g for g in range(-9, 10) if g], repeat=entries)
    return [g for g in found if clipped_by_hand(g, threshold)]


def clipped_by_hand(gradient, threshold):
    """Whether a hand finds the norm, and it is too long; the entries differ in size."""
    squares = sum(g**2 for g in gradient)
    norm = isqrt(squares)
    long = norm >= Fraction("1.2") * threshold
    return norm**2 == squares and norm in WHOLE and long and len({abs(g) for g in gradient}) > 1


def worthwhile(v):
    yield "the weight is neither 1 nor so small that nothing is left", abs(v.w) != 1 and abs(v.w) >= Fraction("0.3")
    power = abs(v.w) ** v.T
    yield "the derivative is clearly smaller or larger than 1", power < 0.5 or power > 2
    yield "the norm is a whole number, which a hand finds", v.norm in WHOLE
    yield "the gradient is too long", v.norm >= Fraction("1.2") * v.threshold
    yield "the entries of the gradient differ in size", len({abs(g) for g in v.gradient}) > 1
