"""Softmax on three classes: probabilities, logloss, its tie to the sigmoid, and what it smooths."""

from fractions import Fraction
from functools import cache

from keygen.author import (
    Chain,
    Given,
    Literal,
    Name,
    Table,
    add_up,
    apply,
    calculus,
    choice,
    concluded,
    decimals,
    exp,
    ln,
    sigmoid,
    slip,
    softmax,
    spelled,
    total,
)

axes = {"class": 3}

given = {
    "z1": decimals("class", "-3", "3", "0.5", published=[1, -2, 0]),
    "z2": decimals("class", "-3", "3", "0.5", published=["0.5", -1, 0]),
    "classes": choice(*((i, j) for i in (1, 2, 3) for j in (1, 2, 3)), published=(1, 3)),
}

slips = [slip("a", "not_normalised")]

SHARPER = (1, 3, 10)  # what the logits are multiplied by when softmax turns into the maximum


def computation(t):
    first, second = t.choices["classes"]
    t.p1, t.p2 = softmax(t.z1), softmax(t.z2)
    t.hit1, t.hit2 = t.p1[first - 1], t.p2[second - 1]
    t.L = -(Fraction(1, 2) * (ln(t.hit1) + ln(t.hit2)))
    for row in ("z1", "p1"):
        t[f"{row}_1"], t[f"{row}_2"] = t[row][0], t[row][1]
    t.pair = t.p1_1 / (t.p1_1 + t.p1_2)
    t.also("pair", sigmoid(t.z1_1 - t.z1_2))
    for k in SHARPER:
        t[f"p_{k}"] = softmax(k * t.z1)
        t[f"m_{k}"] = ln(total(exp(k * t.z1))) / k


def answers(s):
    logits = {f"z_{i}": Name(f"z{i}") for i in (1, 2, 3)}
    tied, function = calculus.put(s.shown["tied"].links[-1], logits), s.shown["function"]
    return {
        "a": {"p1": "p1", "p2": "p2"},
        "b": {"logloss": "L"},
        "c": {"softmax1": concluded(spelled(tied), s.shown["tied"])},
        "d": {"maximum": concluded(spelled(calculus.put(function.links[-1], logits)), function)},
    }


def signs(c):
    first, second = c["classes"]
    of = {f"{letter}{row}": f"{letter}^{{({row})}}" for letter in "zp" for row in (1, 2)}
    places = [(letter, row, i) for letter in "zp" for row in (1, 2) for i in (1, 2, 3)]
    entries = {f"{letter}{row}_{i}": f"{letter}^{{({row})}}_{i}" for letter, row, i in places}
    hits = {"hit1": f"p^{{(1)}}_{first}", "hit2": f"p^{{(2)}}_{second}"}
    sharper = {f"sharper_{i}": rf"\mathrm{{softmax}}(k z^{{(1)}})_{i}" for i in (1, 2, 3)}
    smooth = {"M": "M(z)", "m_k": "M(k z^{(1)})/k"}
    return {**of, **entries, **hits, **sharper, **smooth, "s_1": r"\mathrm{softmax}(z)_1"}


def entry(s, row, i):
    """One probability: e^z over the sum of all three."""
    logits = [apply("exp", calculus.whole(z)) for z in s.values[f"z{row}"]]
    value = s.values[f"p{row}"][i]
    name = Name(f"p{row}_{i + 1}")
    return Chain((name, calculus.div(logits[i], add_up(logits)), Literal(value)), at={name.name: value})


@cache
def tied():
    """The first of two softmax outputs as a sigmoid of the difference of the logits."""
    z1, z2 = Name("z_1"), Name("z_2")
    body = calculus.read("exp(z_1) / (exp(z_1) + exp(z_2))")
    difference = calculus.exp(calculus.neg(calculus.sub(z1, z2)))
    of_sigmoid = calculus.div(calculus.ONE, calculus.add(calculus.ONE, difference))
    scope = calculus.scope({"z_1": (-2, 2), "z_2": (-2, 2)}, s_1=body)
    return calculus.derivation(
        scope, Name("s_1"), calculus.substitute(Name("s_1"), body),
        calculus.multiply_through(calculus.exp(calculus.neg(z1))), calculus.becomes(of_sigmoid),
        calculus.becomes(apply("sigmoid", calculus.sub(z1, z2)), "sigmoid_definition"),
    )  # fmt: skip


@cache
def smooth():
    """The slope of the logarithm of the sum of exponentials is softmax."""
    body = calculus.read("ln(exp(z_1) + exp(z_2) + exp(z_3))")
    slope = calculus.derivative(body, "z_1")
    name = Name("dM_dz_1")
    scope = calculus.scope({"z_1": (-2, 2), "z_2": (-2, 2), "z_3": (-2, 2)}, M=body, **{name.name: slope})
    steps = [calculus.differentiate("z_1"), calculus.differentiate("z_1")]
    return (
        calculus.derivation(scope, Name("M"), calculus.substitute(Name("M"), body)),
        calculus.derivation(scope, name, calculus.substitute(name, slope), *steps),
    )


def sharpened(s):
    """What the largest of three softmax outputs tends to as the logits are multiplied by a growing number."""
    logits = list(s.values["z1"])
    grown = [calculus.exp(calculus.times(z, Name("k"))) for z in logits]
    largest = grown[logits.index(max(logits))]
    scope = calculus.scope({"k": (1, 2)})
    return calculus.settled_limit(scope, calculus.div(largest, calculus.total(grown)), "k", "+oo", check="points")


def loss_again(s):
    """The loss without probabilities: the logarithm of the sum of exponentials minus the logit of the true class."""
    rows = [[calculus.whole(z) for z in s.values[f"z{row}"]] for row in (1, 2)]
    terms = [
        calculus.sub(calculus.ln(calculus.total(map(calculus.exp, row))), row[place - 1])
        for row, place in zip(rows, s.choices["classes"])
    ]
    half = calculus.div(calculus.total(terms), calculus.whole(2))
    return Chain((s.name("L"), half, Literal(s.values["L"])))


def show(s):
    function, slope = smooth()
    ks = [Given(k) for k in SHARPER]
    rows = [(Name(f"sharper_{i}"), *(s.claim(f"p_{k}", i - 1) for k in SHARPER)) for i in (1, 2, 3)]
    return {
        "entries": [entry(s, row, i) for i in range(3) for row in (1, 2)],
        "first": Given(s.choices["classes"][0]),
        "second": Given(s.choices["classes"][1]),
        "same": s.choices["classes"][0] == s.choices["classes"][1],
        "tied": tied(),
        "again": loss_again(s),
        "pair": Chain(s.chain("pair").links[1:]),
        "letters": {name: Name(name) for name in ("k", "z", "z_1", "z_2", "M", "m_k")},
        "function": function,
        "slope": slope,
        "first_logits": s.name("z1"),
        "sharper": Table((Name("k"), *ks), (*rows, (Name("m_k"), *(s.claim(f"m_{k}") for k in SHARPER)))),
        "largest": s.claim("z1", list(s.values["z1"]).index(max(s.values["z1"]))),
        "limit": sharpened(s),
    }


def worthwhile(v):
    ordered = [sorted(z) for z in (v.z1, v.z2)]
    yield "the logits of each observation differ", all(len(set(z)) == 3 for z in ordered)
    yield "the two observations differ", ordered[0] != ordered[1]
    yield "the largest logit stands out", ordered[0][-1] - ordered[0][-2] >= Fraction(1, 2)
    yield "no probability is lost in rounding", min(*v.p1, *v.p2) > Fraction("0.002")
    yield "the logloss is not that of the other classes", abs(v.hit1 - v.hit2) > Fraction("0.001")
