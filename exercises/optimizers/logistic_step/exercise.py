"""One step of gradient descent for logistic regression with one weight: the formula derived, then numbers."""

from fractions import Fraction
from functools import cache

from keygen.author import (
    Chain,
    Condition,
    Literal,
    Name,
    backprop,
    calculus,
    called,
    concluded,
    decimals,
    expression,
    integers,
    logloss,
    relation,
    sigmoid,
    slip,
    with_numbers,
    written,
)

given = {
    "x": decimals("", "-6", "6", "0.5", published=-5, nonzero=True),
    "y": integers("", 0, 1, published=1),
    "w0": decimals("", "-2", "2", "0.1", published=1),
    "rate": decimals("", "0.01", "0.3", "0.01", published="0.01"),
}

band = {"operations": (20, 30)}
slips = [slip("b", "difference_turned")]


def computation(t):
    t.w = called(t.w0)
    t.z = t.w * t.x
    t.p = sigmoid(t.z)
    t.L = logloss(t.y, t.p)
    backprop(t, "L", ["w"])
    t.also("dL_dz", t.p - t.y)
    t.simple = (t.p - t.y) * t.x
    t.also("dL_dw", (t.p - t.y) * t.x)
    t.w1 = t.w - t.rate * t.dL_dw
    t.also("w1", t.w - t.rate * ((sigmoid(t.w * t.x) - t.y) * t.x))
    t.p1 = sigmoid(t.w1 * t.x)
    t.L1 = logloss(t.y, t.p1)


def answers(s):
    formulas = (s.chain(name).formula for name in ("dL_dw", "w1"))
    return {
        "a": {"gradient": concluded(expression("simple", "w"), *formulas)},
        "b": {"p": "p", "loss": "L", "gradient": "dL_dw", "w1": "w1", "p1": "p1", "loss1": "L1"},
    }


def with_numbers_in(s, name, form):
    """name = form = numbers = value, for the form that is short to compute by."""
    formula = written(s.trace, form)
    return Chain((s.name(name), formula, with_numbers(formula, s.values), Literal(s.values[name])))


def from_the_start(s, chain):
    """The same line with the weight under its name at the start, w_0."""
    return Chain(tuple(calculus.put(link, {"w": s.name("w0")}) for link in chain.links))


@cache
def by_probability():
    """The derivative of the logloss by p: its two terms, then one fraction."""
    terms, fraction = (calculus.read(text) for text in ("-y/p + (1 - y)/(1 - p)", "(p - y)/(p*(1 - p))"))
    name = Name("dL_dp")
    scope = calculus.scope({"p": ("0.1", "0.9"), "y": (0, 1)}, dL_dp=terms)
    return calculus.derivation(
        scope, name, calculus.substitute(name, terms), calculus.becomes(fraction), check="points"
    )


def show(s):
    return {
        "by_probability": by_probability(),
        "gradient": with_numbers_in(s, "dL_dw", "simple"),
        "argument": from_the_start(s, s.chain("z")),
        "step": from_the_start(s, with_numbers_in(s, "w1", "w1")),
    }


def conditions(s):
    """Where the weight goes, and where the probability: each with what the sentence says besides."""
    n = {name: s.name(name) for name in ("y", "dL_dw", "w0", "w1", "p", "p1", "L", "L1")}
    up, positive = s.values["dL_dw"] < 0, s.values["y"] == 1
    grown, more = ("<", ">") if up else (">", "<"), ">" if positive else "<"
    return {
        "upwards": Condition(up, (relation(n["dL_dw"], grown[0], 0), relation(n["w1"], grown[1], n["w0"]))),
        "positive": Condition(
            positive,
            (
                relation(n["y"], "=", 1 if positive else 0),
                relation(n["p1"], more, n["p"]),
                relation(n["L1"], "<", n["L"]),
            ),
        ),
    }


def worthwhile(v):
    return {
        "the prediction is wrong enough to be worth a step": abs(v.p - v.y) >= Fraction("0.05"),
        "a factor x that is left out shows in more than the sign": abs(v.x) != 1,
        "the step is visible": abs(v.w1 - v.w) >= Fraction("0.005"),
        "the step makes the loss smaller": v.L1 < v.L,
    }
