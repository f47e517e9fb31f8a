"""Logistic regression with a constant on a handful of points: the loss, and whether it has a minimum."""

from fractions import Fraction
from functools import cache

from keygen.author import (
    Chain,
    Given,
    Literal,
    Name,
    Table,
    apply,
    calculus,
    choice,
    claim,
    concluded,
    integers,
    relation,
    same_as,
    spelled,
    total,
)

axes = {"n": choice(3, 3, 4, 4, 5, published=3)}

given = {
    "x": integers("n", -9, 9, published=[1, 2, 3], increasing=True),
    "y": integers("n", 0, 1, published=[1, 0, 0]),
}

RAY = (1, 3, 5)  # values of k at which the loss on the ray is worked out


def computation(t):
    t.ones = total(t.y)
    t.moment = total(t.x * t.y)


def sample(s):
    return list(zip(s.values["x"], s.values["y"]))


def changes(s):
    """How often the answer changes along x; more than once, and no threshold tells the classes apart."""
    answers = [y for _, y in sample(s)]
    return sum(one != other for one, other in zip(answers, answers[1:]))


def logit(x):
    """b0 + b1 x"""
    return calculus.add(Name("b0"), calculus.times(x, Name("b1")))


def probability(x):
    """sigma(b0 + b1 x)"""
    return apply("sigmoid", logit(x))


def through_probability(x, y):
    """-ln p or -ln(1 - p)"""
    p = probability(x)
    return calculus.neg(calculus.ln(p if y == 1 else calculus.sub(calculus.ONE, p)))


def through_logit(x, y):
    """ln(1 + e^-u) or ln(1 + e^u)"""
    u = logit(x)
    return calculus.ln(calculus.add(calculus.ONE, calculus.exp(calculus.neg(u) if y == 1 else u)))


def loss(s):
    """The sum of logloss, a term an observation."""
    first, second = (calculus.total(form(x, y) for x, y in sample(s)) for form in (through_probability, through_logit))
    scope = calculus.scope({"b0": (-2, 2), "b1": (-2, 2)}, L=first)
    rules = [calculus.substitute(Name("L"), first), calculus.becomes(second, "logloss_of_logit")]
    return calculus.derivation(scope, Name("L"), *rules, check="points")


def ray(s, formula):
    """The ray on which the loss falls to 0: the threshold midway between the classes, the slope growing."""
    pairs = sample(s)
    place = next(i for i in range(len(pairs) - 1) if pairs[i][1] != pairs[i + 1][1])
    threshold = (pairs[place][0] + pairs[place + 1][0]) / 2
    sign = pairs[-1][1] - pairs[0][1]
    k = Name("k")
    b0, b1 = calculus.times(-sign * threshold, k), calculus.times(sign, k)
    on_ray = calculus.simpler_exponents(calculus.put(formula, {"b0": b0, "b1": b1})).term
    scope = calculus.scope({"k": (1, 3)}, L=on_ray, b0=b0, b1=b1)
    return {
        "threshold": claim(calculus.read("(l + r) / 2"), l=pairs[place][0], r=pairs[place + 1][0]),
        "direction": [
            calculus.derivation(scope, Name(name), calculus.substitute(Name(name), term), check="points")
            for name, term in (("b0", b0), ("b1", b1))
        ],
        "on_ray": calculus.derivation(scope, Name("L"), calculus.substitute(Name("L"), on_ray), check="points"),
        "limit": calculus.settled_limit(scope, on_ray, "k", "+oo", check="points"),
        "falling": Table((Name("k"), *map(Given, RAY)), ((Name("L"), *(claim(on_ray, k=k) for k in RAY)),)),
    }


@cache
def by_logit():
    """-ln p and -ln(1 - p) of p = sigma(z), each through the logit."""
    pairs = (("-ln(sigmoid(z))", "ln(1 + exp(-z))"), ("-ln(1 - sigmoid(z))", "ln(1 + exp(z))"))
    scope = calculus.scope({"z": (-3, 3)})
    return [
        calculus.derivation(scope, calculus.read(one), calculus.becomes(calculus.read(other)), check="points")
        for one, other in pairs
    ]


def optimum(s):
    """The minimum by Newton's method, the probabilities there, the two equations that they satisfy."""
    x = s.values["x"]
    b0, b1, least = calculus.logistic_regression(x, s.values["y"])
    at = {"b0": b0, "b1": b1, "L": least}
    at |= {f"p_{i}": calculus.exactly(probability(place), b0=b0, b1=b1) for i, place in enumerate(x, start=1)}
    p = [Name(f"p_{i}") for i in range(1, len(x) + 1)]
    found = [Literal(at[name.name]) for name in p]
    count, moment = (Literal(s.values[name]) for name in ("ones", "moment"))
    return {
        "best": [Chain((Name(name), Literal(at[name])), at=at) for name in ("b0", "b1")],
        "least": Chain((Name("L"), Literal(least)), at=at),
        "fitted_names": p,
        "fitted": Table(
            (Name("x"), *row(s, "x")), ((Name("p"), *(claim(probability(place), b0=b0, b1=b1) for place in x)),)
        ),
        "slopes": [slope(s, "b0"), slope(s, "b1")],
        "balance": [
            Chain((calculus.total(p), calculus.total(found), count), at=at),
            Chain((weighted(x, p), weighted(x, found), moment), at=at),
        ],
        "minimum": at,
    }


def weighted(x, p):
    """x_1 p_1 + x_2 p_2 + ..."""
    return calculus.total(calculus.times(place, value) for place, value in zip(x, p))


def slope(s, by):
    """The derivative of the loss by a coefficient: each error p - y, times x for the slope."""
    pairs = sample(s)
    p = {f"p_{i}": probability(x) for i, (x, _) in enumerate(pairs, start=1)}
    loss = calculus.total(through_probability(x, y) for x, y in pairs)
    name = Name(f"dL_d{by}")
    letters = {letter: (-2, 2) for letter in sorted(("b0", "b1"), key=by.__ne__)}
    scope = calculus.scope(letters, **p, **{name.name: calculus.derivative(loss, by)})
    errors = (
        calculus.times(1 if by == "b0" else x, calculus.sub(Name(p_i), calculus.whole(y)))
        for p_i, (x, y) in zip(p, pairs)
    )
    through_errors = calculus.becomes(calculus.total(errors), "logloss_by_logit")
    return calculus.derivation(scope, name, through_errors, check="points")


def answers(s):
    shown = s.shown
    loss = {"loss": concluded(spelled(shown["loss"].links[-1]), shown["loss"])}
    if s.conditions["separable"]:
        return {"a": loss, "b": {"separable": same_as(True)}}
    b0, b1 = shown["best"]
    minimum = shown["minimum"]
    found = {
        name: concluded(same_as(minimum[key]), line)
        for name, key, line in (("b0", "b0", b0), ("b1", "b1", b1), ("minimum", "L", shown["least"]))
    }
    return {"a": loss, "b": {"separable": same_as(False), **found}}


signs = {"p": "p"}


def row(s, name):
    """The entries of x or of y."""
    return [s.claim(name, i) for i in range(s.choices["n"])]


def conditions(s):
    """Classes are told apart by a threshold if all of the first one's observations lie left of all of the other's."""
    x, y = row(s, "x"), s.values["y"]
    left, right = ([x_i for x_i, y_i in zip(x, y) if (y_i == y[0]) is first] for first in (True, False))
    return {"separable": s.whether(*(relation(one, "<", other) for one in left for other in right))}


def show(s):
    formula = loss(s)
    return {
        "by_logit": by_logit(),
        "loss": formula,
        "data": Table((Name("x"), *row(s, "x")), ((Name("y"), *row(s, "y")),)),
        "names": {name: Name(name) for name in ("x", "y", "z", "p", "k", "b0", "b1", "L")},
        "model": Chain((Name("p"), apply("sigmoid", calculus.read("b0 + b1*x"))), at=MODEL),
        **(ray(s, formula.links[-1]) if s.conditions["separable"] else optimum(s)),
    }


MODEL = {"b0": 0.0, "b1": 0.0, "x": 0.0, "p": 0.5}  # where the read-back tries the statement's formula


def worthwhile(v):
    yield "both classes are there", 0 < v.ones < len(v.y)
    apart = changes(v.solved) <= 1
    best = (0, 1, 0) if apart else calculus.logistic_regression(v.x, v.y)
    yield "the balance of the slope is no sum of 0, which no digits prove", apart or v.moment != 0
    yield "the best slope is not 0", abs(best[1]) >= Fraction("0.02")
    yield "the best constant is of a size to write down", abs(best[0]) <= 30
