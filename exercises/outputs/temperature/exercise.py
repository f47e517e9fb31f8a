"""Softmax with a temperature: three temperatures, both limits, and what they do to generated replies."""

from fractions import Fraction
from itertools import pairwise
from math import exp as e_to

from keygen.author import (
    Axis,
    Chain,
    Curve,
    Given,
    Guide,
    Literal,
    Name,
    Table,
    calculus,
    called,
    choice,
    concluded,
    decimals,
    ln,
    plot_figure,
    same_as,
    sampled,
    slip,
    softmax,
    total,
)

axes = {"class": 3}

HOT, WARM, COLD = (5, 10, 20), ("0.5", 1, 2), ("0.1", "0.2", "0.25")

given = {
    "z": decimals("class", "-3", "6", "0.5", published=[1, 2, 5]),
    "T": choice(
        *(tuple(map(Fraction, (hot, warm, cold))) for hot in HOT for warm in WARM for cold in COLD),
        published=(Fraction(10), Fraction(1), Fraction("0.1")),
    ),
}

slips = [slip("a", "not_normalised")]


def computation(t):
    for part, temperature in zip("abc", t.choices["T"]):
        t[f"s{part}"] = called(t.z) if temperature == 1 else t.z / temperature
        t[f"p{part}"] = softmax(t[f"s{part}"])
        t[f"H{part}"] = -total(t[f"p{part}"] * ln(t[f"p{part}"]))


def answers(s):
    shown = s.shown
    return {
        **{part: {"p": f"p{part}"} for part in "abc"},
        "d": {"limit": concluded(same_as(shown["cold_limit"]), *shown["cold"])},
        "e": {"limit": concluded(same_as(shown["hot_limit"]), *shown["hot"])},
        "f": {"entropy": ["Ha", "Hb", "Hc"]},
    }


signs = {
    **{f"{letter}{part}": letter for letter in "pH" for part in "abc"},
    **{f"s{part}": r"\frac{z}{T}" for part in "abc"},
}


def probability(s, i):
    """One probability as a formula in T."""
    grown = [calculus.exp(calculus.div(calculus.whole(z), Name("T"))) for z in s.values["z"]]
    return calculus.div(grown[i], calculus.total(grown))


def one_limit(s, i, toward):
    """The limit of one probability in T."""
    return calculus.settled_limit(calculus.scope({"T": (1, 2)}), probability(s, i), "T", toward, check="points")


def share(s, i):
    """One probability against T, in float64; its own exponential is divided out, so that nothing overflows."""
    gaps = [float(z - s.values["z"][i]) for z in s.values["z"]]
    return lambda T: 1 / sum(e_to(gap / T) for gap in gaps)


def plot(s):
    """Each probability against the temperature."""
    curves = []
    for i in range(s.choices["class"]):
        curves.append(Curve(sampled(share(s, i), 0.05, 50, log=True), Name(f"p_{i + 1}"), i + 1))
    guides = [Guide(x=Given(x)) for x in s.choices["T"]]
    return plot_figure(curves, Axis(Name("T"), 0.05, 50, log=True), Axis(Name("p"), low=0.0, high=1.0), guides)


def entropy_again(s):
    """The entropy at the middle temperature as the logarithm of the sum of exponentials minus the mean exponent."""
    T = s.choices["T"][1]
    exponents = [calculus.whole(z / T) for z in s.values["z"]]
    p = [Name(f"p_{i}") for i in (1, 2, 3)]
    total = calculus.ln(calculus.total(map(calculus.exp, exponents)))
    mean = calculus.total(calculus.mul(name, exponent) for name, exponent in zip(p, exponents))
    at = {name.name: value for name, value in zip(p, s.values["pb"])}
    return Chain((s.name("Hb"), calculus.sub(total, mean), Literal(s.values["Hb"])), at=at)


def entropy(s):
    """H through the probabilities, at the middle temperature."""
    p = [Name(f"p_{i}") for i in (1, 2, 3)]
    body = calculus.neg(calculus.total(calculus.mul(name, calculus.ln(name)) for name in p))
    at = {name.name: value for name, value in zip(p, s.values["pb"])}
    return Chain((Name("H"), body), at={**at, "H": s.values["Hb"]})


def first_logarithm(s):
    """The logarithm of the first probability at the middle temperature, opened."""
    exponents = [calculus.whole(z / s.choices["T"][1]) for z in s.values["z"]]
    opened = calculus.sub(exponents[0], calculus.ln(calculus.total(map(calculus.exp, exponents))))
    return Chain((calculus.ln(Name("p_1")), opened), at={"p_1": s.values["pb"][0]})


def at_temperature(value):
    """T = value"""
    return Chain((Name("T"), Literal(value)), at={"T": value})


def show(s):
    cold = [one_limit(s, i, "0+") for i in range(3)]
    hot = [one_limit(s, i, "+oo") for i in range(3)]
    entropies = [s.claim(f"H{part}") for part in "abc"]
    temperatures = [Given(x) for x in s.choices["T"]]
    first = probability(s, 0)
    return {
        "first": Chain((Name("p_1"), first), at={"T": 1, "p_1": calculus.exactly(first, T=1)}),
        "cold": cold,
        "hot": hot,
        "cold_limit": [calculus.known(chain.links[-1]) for chain in cold],
        "hot_limit": [calculus.known(chain.links[-1]) for chain in hot],
        "letters": {name: Name(name) for name in "TpzH"},
        "temperatures": dict(zip("abc", temperatures)),
        "entropies": Table((Name("T"), *temperatures), ((Name("H"), *entropies),)),
        "by_temperature": [
            {"H": s.chain(f"H{part}").result, "T": at_temperature(T)} for part, T in zip("abc", s.choices["T"])
        ],
        "coldest": at_temperature(min(s.choices["T"])),
        "warmest": at_temperature(max(s.choices["T"])),
        "entropy": entropy(s),
        "first_logarithm": first_logarithm(s),
        "again": entropy_again(s),
        "plot": plot(s),
    }


def worthwhile(v):
    ordered = sorted(v.z)
    yield "the largest logit is positive", ordered[-1] > 0
    yield "the logits stand apart", all(1 <= high - low <= 4 for low, high in pairwise(ordered))
    yield "the logits do not only count", len({high - low for low, high in pairwise(ordered)}) == 2
    yield "a temperature of 1 is not needed to tell the parts apart", abs(v.pa[0] - v.pb[0]) > Fraction("0.01")
