"""Which last layer and which loss a task asks for, each tried on numbers."""

from fractions import Fraction
from functools import cache

import numpy as np

from keygen.author import (
    Chain,
    Given,
    Literal,
    Name,
    apply,
    backprop,
    calculus,
    choice,
    concluded,
    decimals,
    entry_check,
    exp,
    integers,
    ln,
    logloss,
    relation,
    sigmoid,
    slip,
    softmax,
    spelled,
    square,
    total,
    with_numbers,
)

axes = {"class": 3, "label": 3, "side": 4}

given = {
    "za": decimals("", "-3", "3", "0.5", published="0.5", nonzero=True),
    "ya": integers("", 0, 1, published=1),
    "zb": decimals("class", "-2", "2", "0.5", published=[1, 0, -1]),
    "cb": choice(1, 2, 3, published=2),
    "zc": decimals("", "-2", "2", "0.5", published=1, nonzero=True),
    "yc": integers("", 0, 10, published=9),
    "zd": decimals("label", "-2", "2", "0.5", published=[1, -1, "0.5"], nonzero=True),
    "yd": integers("label", 0, 1, published=[1, 0, 0]),
    "be": decimals("side", "0.1", "0.9", "0.1", published=["0.5", "0.4", "0.2", "0.3"]),
    "te": decimals("side", "0.1", "0.9", "0.1", published=["0.4", "0.4", "0.3", "0.3"]),
    "ze": decimals("class", "-2", "2", "0.5", published=[2, 0, "-0.5"]),
    "ce": choice(1, 2, 3, published=1),
    "zf": decimals("", "-1", "2", "0.5", published=1, nonzero=True),
    "yf": integers("", 0, 6, published=2),
}

slips = [slip("a", "difference_turned"), slip("b", "not_normalised")]


def computation(t):
    """A letter a part: logits z, predictions, losses L, and the slope of the loss by the logit where it is p - y."""
    c = t.choices
    t.pa = sigmoid(t.za)
    t.La = logloss(t.ya, t.pa)
    backprop(t, "La", ["za"])
    t.also("dLa_dza", t.pa - t.ya)
    t.pb = softmax(t.zb)
    t.hitb = t.pb[c["cb"] - 1]
    t.Lb = -ln(t.hitb)
    backprop(t, "Lb", ["zb"])
    t.fc = 10 * sigmoid(t.zc)
    t.Lc = (t.yc - t.fc) ** 2
    t.pd = sigmoid(t.zd)
    t.Ld = total(logloss(t.yd, t.pd))
    backprop(t, "Ld", ["zd"])
    t.also("dLd_dzd", t.pd - t.yd)
    t.pe = softmax(t.ze)
    t.hite = t.pe[c["ce"] - 1]
    t.Le = -ln(t.hite) + total(square(t.te - t.be))
    t.lf = exp(t.zf)
    t.Lf = t.lf - t.yf * ln(t.lf)
    backprop(t, "Lf", ["zf"])
    t.also("dLf_dzf", t.lf - t.yf)


def answers(s):
    loss = spelled(calculus.read("lam - y * ln(lam)"))
    return {
        "a": {"p": "pa", "loss": "La", "gradient": "dLa_dza"},
        "b": {"p": "pb", "loss": "Lb", "gradient": "dLb_dzb"},
        "c": {"prediction": "fc", "loss": "Lc"},
        "d": {"p": "pd", "loss": "Ld", "gradient": "dLd_dzd"},
        "e": {"p": "pe", "loss": "Le"},
        "f": {"nll": concluded(loss, s.chain("Lf").formula), "lam": "lf", "loss": "Lf", "gradient": "dLf_dzf"},
    }


def signs(c):
    shared = {"z": "z", "y": "y", "p": "p", "L": "L", "f": r"\hat y"}
    return {
        **{letter + part: sign for letter, sign in shared.items() for part in "abcdef"},
        "be": r"\hat b",
        "te": "b",
        "lf": r"\lambda",
        "hitb": f"p_{c['cb']}",
        "hite": f"p_{c['ce']}",
    }


@cache
def poisson():
    """Minus the logarithm of the Poisson probability."""
    start = calculus.read("-ln(lam**y * exp(-lam) / factorial(y))")
    scope = calculus.scope({"lam": ("0.5", 4), "y": (1, 5)})
    plain = calculus.read("lam - y * ln(lam) + ln(factorial(y))")
    return calculus.derivation(scope, start, calculus.open_logarithm, calculus.becomes(plain), check="points")


@cache
def by_logits(true):
    """Minus the logarithm of the softmax probability of the true class, in the logits."""
    logits = [Name(f"z_{i}") for i in (1, 2, 3)]
    grown = [calculus.exp(z) for z in logits]
    hit, body = Name("hitb"), calculus.div(grown[true - 1], calculus.total(grown))
    scope = calculus.scope({z.name: (-2, 2) for z in logits}, hitb=body)
    plain = calculus.sub(calculus.ln(calculus.total(grown)), logits[true - 1])
    steps = calculus.substitute(hit, body), calculus.open_logarithm, calculus.becomes(plain)
    return calculus.derivation(scope, calculus.neg(calculus.ln(hit)), *steps, check="points")


def one_hot(s):
    """The answer of part b as a vector: one in the place of the true class."""
    return np.array([Fraction(i == s.choices["cb"]) for i in (1, 2, 3)], dtype=object)


def errors(s):
    """The gradient of the cross-entropy by the logits: p - y."""
    at = {"yb": one_hot(s)}
    formula = apply("sub", s.name("pb"), Name("yb", (3,)))
    numbers = with_numbers(formula, {**s.values, **at})
    return Chain((s.name("dLb_dzb"), formula, numbers, Literal(s.values["dLb_dzb"])), at=at)


def show(s):
    return {
        "answer": Chain((Name("yb", (3,)), Literal(one_hot(s))), at={"yb": one_hot(s)}),
        "by_logits": by_logits(s.choices["cb"]),
        "errors": errors(s),
        "by_mean": Chain((s.name("dLf_dlf"), calculus.sub(calculus.ONE, calculus.div(s.name("yf"), s.name("lf"))))),
        "classes": {part: Given(s.choices[f"c{part}"]) for part in "be"},
        "poisson": poisson(),
        "check": entry_check(s, "La", "za", "dLa_dza"),
        "letters": {name: Name(name) for name in ("K", "y")},
        "ends": [Given(0), Given(10)],
    }


def conditions(s):
    """The loss of a count may be negative, for a term was left out of it; at the logit 1 it is its own slope."""
    loss, slope = s.name("Lf"), s.name("dLf_dzf")
    return {"below_zero": s.whether(relation(loss, "<", 0)), "loss_is_slope": s.whether(relation(loss, "=", slope))}


meant = {
    "the numbers of the source": (
        "the boxes differ in every number", "no box has a number twice",
        "the labels differ in the size of their gradients", "the loss of a count is not its gradient",
    )
}  # fmt: skip


def arranged(v):
    """The numbers that were drawn, each taken on along its grid until it differs from those it must differ from."""
    same = len(set(v.yd)) == 1
    yd = [*v.yd[:-1], 1 - v.yd[-1]] if same else list(v.yd)
    halves = [Fraction(k, 2) for k in range(-4, 5)]
    labels = [z for z in halves if z]
    zd = []
    for z, y in zip(v.zd, yd):
        zd.append(onward(z, labels, {*zd, *(-other for other, its in zip(zd, yd) if its != y)}))
    be = apart(v.be, TENTHS)
    found = {"yd": yd, "zd": zd, "be": be, "te": apart(v.te, TENTHS, be)}
    found |= {name: apart(getattr(v, name), halves) for name in ("zb", "ze")}
    return found | {"yf": v.yf or 1, "zf": v.zf if v.zf != 1 else Fraction(3, 2)}


TENTHS = [Fraction(k, 10) for k in range(1, 10)]


def onward(number, grid, taken):
    """The first number of a grid from this one on, round and round, that is not taken."""
    start = grid.index(number)
    return next(x for x in grid[start:] + grid[:start] if x not in taken)


def apart(numbers, grid, others=()):
    """The numbers, each taken on until it is none of those before it, nor the one in its place among the others."""
    found = []
    for place, number in enumerate(numbers):
        found.append(onward(number, grid, {*found, *others[place : place + 1]}))
    return found


def worthwhile(v):
    yield "some label is there and some is not", 0 < sum(v.yd) < 3
    yield "no two labels have equal logits", len(set(v.zd)) == 3
    sizes = {z if y else -z for z, y in zip(v.zd, v.yd)}
    yield "the labels differ in the size of their gradients", len(sizes) == 3
    yield "the boxes differ in every number", all(v.be != v.te)
    yield "no box has a number twice", all(len(set(box)) == len(box) for box in (v.be, v.te))
    yield "another class of a softmax has another loss", all(len(set(z)) == 3 for z in (v.zb, v.ze))
    yield "the rating is not guessed", abs(v.yc - v.fc) > Fraction("0.2")
    yield "the counts are not guessed", abs(v.yf - v.lf) > Fraction("0.1")
    yield "the loss of a count is not its gradient", v.yf != 0 and v.zf != 1
