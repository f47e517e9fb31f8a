"""Dropout on a fully connected net, counted: parameters, chances, and how many units and parameters are left."""

from fractions import Fraction
from math import prod

from keygen.author import (
    Chain,
    Given,
    Literal,
    Name,
    add_up,
    apply,
    calculus,
    choice,
    concluded,
    decimals,
    integers,
    product,
    spelled,
    with_numbers,
)

given = {
    "inputs": integers("", 5, 20, published=12),
    "hidden": decimals("3", "40", "400", "20", published=[300, 200, 100]),
    "outputs": choice(1, 1, 2, 3, published=1),
    "off": choice("1/2", "1/4", "3/4", published="1/2"),
    "thinner": choice("1/4", "1/5", "1/10", "2/5", "1/2", published="1/4"),
}

LAYERS = (1, 2, 3)
LARGEST = 1000  # units of a layer, so that the chance that all are off is a number one can still write
P = Name("p")
LIVING = [Name(f"N_{k}") for k in LAYERS]
MEANS = [Name(f"mu_{k}") for k in LAYERS]
DEVIATIONS = [Name(f"D_{k}") for k in LAYERS]

slips = []  # its own is in the words


def parameters(sizes):
    """Weights and biases, layer by layer."""
    pairs = list(zip(sizes, sizes[1:]))
    found = (pairs[0][0] + 1) * pairs[0][1]
    for before, after in pairs[1:]:
        found = found + (before + 1) * after
    return found


def computation(t):
    c = t.choices
    t.n_4 = c["outputs"]
    for k in LAYERS:
        t[f"n_{k}"] = t.hidden[k - 1]
    t.share = 1 - Fraction(c["off"])
    for k in LAYERS:
        t[f"m_{k}"] = t.share * t[f"n_{k}"]
    t.count = parameters([t.inputs, t.n_1, t.n_2, t.n_3, t.n_4])
    t.count_thin = parameters([t.inputs, t.m_1, t.m_2, t.m_3, t.n_4])
    t.slipped = t.share * t.count
    t.units = t.n_1 + t.n_2 + t.n_3
    t.target = (1 - Fraction(c["thinner"])) * t.units
    t.p_thin = (t.units - t.target) / t.units


signs = {
    "inputs": "n_0",
    "count": "K",
    "count_thin": r"K'",
    "slipped": r"\tilde{K}",
    "units": "n",
    "p_thin": "p",
    "share": "q",
    "left": "M",
    "living": "N",
    **{f"D_{k}": rf"\Delta_{k}" for k in LAYERS},
    "P_off": r"P_{1}",
    "P_some": "P",
}


def sizes(s):
    """The widths of all layers, inputs and outputs too."""
    return [int(size) for size in (s.values["inputs"], *s.values["hidden"], s.choices["outputs"])]


def alive(s, k):
    """n_k (1 - p): what is expected to be left of a layer."""
    return calculus.times(sizes(s)[k], calculus.read("1 - p"))


def spread(s, k):
    """n_k p (1 - p)"""
    return calculus.times(sizes(s)[k], calculus.read("p*(1 - p)"))


def scope(s, **meanings):
    """p, the numbers of living units of each layer, what they depart from their means by, and what else is said."""
    found = {f"D_{k}": calculus.sub(LIVING[k - 1], alive(s, k)) for k in LAYERS}
    laws = {f"N_{k}": calculus.binomial(sizes(s)[k], calculus.read("1 - p")) for k in LAYERS}
    return calculus.scope({"p": ("0.1", "0.9")}, **found, **meanings).drawing(**laws)


def chances(s):
    """That a layer is off; that one of the three is."""
    first, *_ = hidden = sizes(s)[1:4]
    one = calculus.power(P, first)
    rest = product(calculus.sub(calculus.ONE, calculus.power(P, n)) for n in hidden)
    some = calculus.sub(calculus.ONE, rest)
    half = Fraction(1, 2)
    return {
        "all_off": Chain((Name("P_off"), one), at={"p": half, "P_off": Fraction(1, 2**first)}),
        "some": Chain((Name("P_some"), some), at={"p": half, "P_some": excluded(half, hidden)}),
        "p_off": one,
        "p_some": some,
    }


def excluded(p, hidden):
    """The chance that a layer is off, by inclusion and exclusion."""
    a, b, c = (p**n for n in hidden)
    return a + b + c - a * b - a * c - b * c + a * b * c


def units(s):
    """Expectation and variance of the number of living units, and the p for a thinner net."""
    living = scope(s, living=add_up(LIVING))
    n = sum(sizes(s)[1:4])
    mean = calculus.derivation(
        living,
        calculus.expectation(Name("living")),
        calculus.becomes(add_up(map(calculus.expectation, LIVING)), "mean_sum"),
        calculus.becomes(add_up(alive(s, k) for k in LAYERS), "binomial_mean"),
        calculus.becomes(calculus.sub(calculus.whole(n), calculus.times(n, P))),
        check="points",
    )
    variance = calculus.derivation(
        living,
        calculus.variance(Name("living")),
        calculus.becomes(add_up(map(calculus.variance, LIVING)), "variance_sum"),
        calculus.becomes(add_up(spread(s, k) for k in LAYERS), "binomial_variance"),
        calculus.becomes(calculus.times(n, calculus.read("p*(1 - p)"))),
        check="points",
    )
    thinner = s.values["p_thin"]
    solved = calculus.equations(
        calculus.scope({"best": (0, 1)}, p=calculus.whole(thinner)),
        calculus.equals(mean.links[-1], apply("mul", calculus.whole(1 - thinner), calculus.whole(n))),
        calculus.becomes(calculus.equals(mean.links[-1], calculus.whole(n * (1 - thinner)))),
        calculus.collect_unknown(P),
        calculus.divide_by_factor(P),
        free=("p", 0, "1.1"),
        unknown="p",
    )
    return {"mean": mean, "variance": variance, "thin": solved}


def left(s, one, two, three):
    """The parameters that are left, from the numbers of living units."""
    n_0, *_, n_4 = sizes(s)
    return add_up([
        calculus.times(n_0 + 1, one),
        calculus.mul(calculus.add(one, calculus.ONE), two),
        calculus.mul(calculus.add(two, calculus.ONE), three),
        calculus.times(n_4, calculus.add(three, calculus.ONE)),
    ])  # fmt: skip


def by_layers(one, two, three):
    """What the terms of the count are products of, where its brackets are opened."""
    return one, product((one, two)), two, product((two, three)), three


def opened(s, parts):
    """The count with its brackets opened."""
    n_0, *_, n_4 = sizes(s)
    factors = (n_0 + 1, 1, 1, 1, n_4 + 1)
    return add_up([*(calculus.times(factor, part) for factor, part in zip(factors, parts)), calculus.whole(n_4)])


def plus(number, term):
    return calculus.add(term, calculus.whole(number))


def factors(s, one, two, three):
    """What the deviations of the three layers are multiplied by in the count, from the means of the layers."""
    n_0, *_, n_4 = sizes(s)
    return plus(n_0 + 1, two), plus(1, calculus.add(one, three)), plus(n_4 + 1, two)


def substituted(s):
    """The count where each number is its mean and a deviation, by powers of the deviations; and their factors."""
    letters = {"p": ("0.1", "0.9"), **{name.name: (0, n) for name, n in zip(LIVING, sizes(s)[1:4])}}
    means = {name.name: alive(s, k) for name, k in zip(MEANS, LAYERS)}
    away = {d.name: calculus.sub(n, m) for d, n, m in zip(DEVIATIONS, LIVING, MEANS)}
    about = calculus.scope(letters, **means, **away, left=left(s, *LIVING))
    d = DEVIATIONS
    linear = [calculus.mul(factor, name) for factor, name in zip(factors(s, *MEANS), d)]
    pairs = [calculus.mul(d[0], d[1]), calculus.mul(d[1], d[2])]
    return {
        "split": [
            calculus.derivation(about, n, calculus.becomes(calculus.add(m, e)), check="points")
            for n, m, e in zip(LIVING, MEANS, d)
        ],
        "substituted": calculus.derivation(
            about,
            Name("left"),
            calculus.becomes(left(s, *map(calculus.add, MEANS, d))),
            calculus.becomes(calculus.add(left(s, *MEANS), add_up([*linear, *pairs]))),
            check="points",
        ),
        "factors": [
            calculus.derivation(about, factor, calculus.becomes(value), calculus.multiply_out, check="points")
            for factor, value in zip(factors(s, *MEANS), factors(s, *(alive(s, k) for k in LAYERS)))
        ],
    }


def moments(s):
    """Expectation and variance of the number of parameters that are left."""
    about = scope(s, left=left(s, *LIVING))
    m = [alive(s, k) for k in LAYERS]
    mean = calculus.derivation(
        about,
        calculus.expectation(Name("left")),
        calculus.becomes(opened(s, map(calculus.expectation, by_layers(*LIVING))), "mean_linear"),
        calculus.becomes(opened(s, by_layers(*map(calculus.expectation, LIVING))), "mean_product"),
        calculus.becomes(opened(s, by_layers(*m)), "binomial_mean"),
        calculus.multiply_out,
        check="points",
    )
    short = [expanded(factor) for factor in factors(s, *m)]
    d = DEVIATIONS
    pairs = [calculus.mul(d[0], d[1]), calculus.mul(d[1], d[2])]
    linear = [calculus.mul(factor, name) for factor, name in zip(short, d)]
    v = [calculus.variance(name) for name in d]
    spreads = [spread(s, k) for k in LAYERS]

    _, n_1, n_2, n_3, _ = sizes(s)
    both = calculus.times(n_1 * n_2 + n_2 * n_3, calculus.power(calculus.read("p*(1 - p)"), 2))

    def total(parts, *products):
        squares = [calculus.mul(calculus.power(factor, 2), part) for factor, part in zip(short, parts)]
        return add_up([*squares, *products])

    variance = calculus.derivation(
        about,
        calculus.variance(Name("left")),
        calculus.becomes(calculus.variance(add_up([*linear, *pairs]))),
        calculus.becomes(total(v, calculus.mul(v[0], v[1]), calculus.mul(v[1], v[2])), "variance_uncorrelated"),
        calculus.becomes(total(spreads, both), "binomial_variance"),
        check="points",
    )
    return {"left_mean": mean, "left_variance": variance}


def expanded(term):
    """A polynomial multiplied out."""
    return calculus.multiply_out(term).term


def means(s):
    """mu_k = E(N_k) = n_k (1 - p)"""
    about = scope(s, **{name.name: alive(s, k) for name, k in zip(MEANS, LAYERS)})
    return [
        calculus.derivation(
            about, m, calculus.becomes(calculus.expectation(n)), calculus.becomes(alive(s, k)), check="points"
        )
        for m, n, k in zip(MEANS, LIVING, LAYERS)
    ]


def answers(s):
    shown = s.shown
    return {
        "a": {"count": "count"},
        "b": {"count": "count_thin"},
        "c": {"p_off": concluded(spelled(shown["p_off"]), shown["all_off"])},
        "d": {"p_some": concluded(spelled(shown["p_some"]), shown["some"])},
        "e": {
            "mean": concluded(spelled(shown["mean"].links[-1]), shown["mean"]),
            "variance": concluded(spelled(shown["variance"].links[-1]), shown["variance"]),
            "p": "p_thin",
        },
        "f": {
            "mean": concluded(spelled(shown["left_mean"].links[-1]), shown["left_mean"]),
            "variance": concluded(spelled(shown["left_variance"].links[-1]), shown["left_variance"]),
        },
    }


def told(s):
    return {"sizes": ["inputs", "n_1", "n_2", "n_3", "n_4"], "hidden": None, "outputs": None}


def show(s):
    found = units(s) | moments(s) | substituted(s) | chances(s)
    formula = found["left_mean"].links[-1]
    off = Fraction(s.choices["off"])
    at = {name.name: Fraction(size) for name, size in zip(LIVING, sizes(s)[1:4])}
    return {
        **found,
        "left": Chain((Name("left"), left(s, *LIVING)), at={**at, "left": s.values["count"]}),
        "means": means(s),
        "deviations": [Name(f"D_{k}") for k in LAYERS],
        "letters": {name: Name(name) for name in ("p", "living", "left", "P_off", "P_some", "N_1", "N_2", "N_3")},
        "sizes": [s.claim(name) for name in ("inputs", "n_1", "n_2", "n_3", "n_4")],
        "off": Given(off),
        "left_share": Given(1 - Fraction(s.choices["thinner"])),
        "check": checked(s, formula, off),
    }


def checked(s, formula, off):
    """The expectation where the share of part b is off."""
    numbers = with_numbers(formula, {"p": off})
    return Chain((numbers, Literal(s.values["count_thin"])))


def pinnable(v):
    yield "inputs", sizable(v.inputs), f"a whole number from 1 to {LARGEST}"
    yield "hidden", all(map(sizable, v.hidden)), f"whole numbers from 1 to {LARGEST}"
    shares = [Fraction(v.off) * size for size in v.hidden]
    yield "hidden off", all(share.denominator == 1 for share in shares), "layers whose shares that are off are whole"


def sizable(size):
    """Whether a layer may have so many units."""
    return size.denominator == 1 and 1 <= size <= LARGEST


def worthwhile(v):
    n = [int(x) for x in v.hidden]
    yield "the layers differ", len(set(n)) == len(n)
    yield "a share of each layer is a whole number", all((Fraction(v.off) * x).denominator == 1 for x in n)
    yield "the thinner net has a whole number of units", (Fraction(v.thinner) * sum(n)).denominator == 1
    yield "the answers differ", prod(n) > 0 and v.count != v.count_thin
