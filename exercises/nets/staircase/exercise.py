"""A staircase of step units for a function: how many steps an error asks for, how many units, and their weights."""

from fractions import Fraction
from functools import cache

from keygen.author import (
    Chain,
    Literal,
    Name,
    absolute,
    apply,
    calculus,
    ceil,
    choice,
    concluded,
    decimals,
    in_decimals,
    integers,
    relation,
    same_as,
    spelled,
    sqrt,
)

given = {
    "kind": choice("square", "arch", "root", published="square"),
    "scale": integers("", -4, 4, published=1, nonzero=True),
    "shift": integers("", -9, 9, published=0),
    "eps": decimals("", "0.05", "0.5", "0.01", published="0.1"),
}

STEPS = (1, 2, 3)
MOST = 10**6  # steps that a pin may ask for


def on_numbers(kind, x):
    """The function but for its scale and shift."""
    return x**2 if kind == "square" else x * (2 - x) if kind == "arch" else sqrt(x)


def largest(t, steps):
    """The largest change over one of so many steps: of the square over the last one, of the others over the first."""
    return t.size / sqrt(steps) if t.choices["kind"] == "root" else t.size * (2 * steps - 1) / steps**2


def computation(t):
    kind = t.choices["kind"]
    t.size = absolute(t.scale)
    if kind == "root":
        t.bound = t.size**2 / t.eps**2
    else:
        t.bound = (t.size + sqrt(t.size**2 - t.size * t.eps)) / t.eps
        t.other = (t.size - sqrt(t.size**2 - t.size * t.eps)) / t.eps
    t.N = ceil(t.bound)
    t.units = t.N - 1
    t.error = largest(t, t.N)
    t.fewer = largest(t, t.N - 1)
    for k in STEPS:
        t[f"f_{k}"] = t.scale * on_numbers(kind, k / t.N) + t.shift
        t[f"v_{k}"] = (t[f"f_{k - 1}"] if k > 1 else t.shift) - t[f"f_{k}"]
    t.slipped = 2 * t.N


signs = {
    "eps": r"\varepsilon", "scale": "s", "shift": "d", "size": "c", "bound": "q", "other": r"\tilde{q}", "units": "m",
    "error": "E_N", "fewer": "E_{N-1}", "slipped": r"\tilde{m}", "f_at": "f(x)",
}  # fmt: skip

slips = []  # its own is in the words


def at(kind, x, scale, shift):
    """The function in terms."""
    arch = calculus.mul(x, calculus.sub(calculus.whole(2), x))
    body = arch if kind == "arch" else apply("square" if kind == "square" else "sqrt", x)
    return calculus.add(calculus.mul(scale, body), shift)


def numbers_of(s):
    return calculus.whole(s.values["scale"]), calculus.whole(s.values["shift"])


def answers(s):
    return {"a": {"units": concluded("units", s.chain("N"), s.chain("units")), "weights": [f"v_{k}" for k in STEPS]}}


def told(s):
    f = spelled(at(s.choices["kind"], Name("x"), *numbers_of(s)))
    return {"f": f, "a": same_as(0), "b": same_as(1), "kind": None, "scale": None, "shift": None}


@cache
def change(kind):
    """How much the function changes over step number k, in letters."""
    k, N, scale = Name("k"), Name("N"), Name("s")
    after = calculus.div(calculus.add(k, calculus.ONE), N)
    ends = [at(kind, x, scale, calculus.ZERO) for x in (after, calculus.div(k, N))]
    if kind == "square":
        found = apply("div", calculus.mul(scale, calculus.add(calculus.times(2, k), calculus.ONE)), apply("square", N))
    elif kind == "arch":
        left = calculus.sub(calculus.sub(calculus.times(2, N), calculus.times(2, k)), calculus.ONE)
        found = apply("div", calculus.mul(scale, left), apply("square", N))
    else:
        roots = apply("add", *(apply("sqrt", x) for x in (calculus.add(k, calculus.ONE), k)))
        found = apply("div", scale, apply("mul", apply("sqrt", N), roots))
    scope = calculus.scope({"k": (1, 9), "N": (10, 20), "s": (-4, 4)})
    return calculus.derivation(scope, apply("sub", *ends), calculus.becomes(found), check="points")


@cache
def exactly_enough(kind):
    """For which number of steps, whole or not, the error is the one that is allowed: the equation, solved."""
    c, eps, q = map(Name, ("size", "eps", "bound"))
    square = calculus.power(q, 2)
    inside = calculus.sub(calculus.power(c, 2), calculus.mul(c, eps))
    if kind != "root":
        error = calculus.div(calculus.mul(c, calculus.sub(calculus.times(2, q), calculus.ONE)), square)
        found = calculus.div(calculus.add(c, apply("sqrt", inside)), eps)
        whole = calculus.add(calculus.sub(calculus.mul(eps, square), calculus.mul(calculus.times(2, c), q)), c)
        after = calculus.equals(whole, calculus.ZERO)
    else:
        error, found = calculus.div(c, apply("sqrt", q)), calculus.div(calculus.power(c, 2), calculus.power(eps, 2))
        after = calculus.equals(apply("sqrt", q), calculus.div(c, eps))
    scope = calculus.scope({"size": (1, 2), "eps": ("0.2", "0.5")}, bound=found)
    start = calculus.equals(error, eps)
    return calculus.equations(scope, start, calculus.becomes(after), free=("bound", 1, 110), unknown="bound")


def too_small(s):
    """The other root of the quadratic: less than one step."""
    *sides, value = s.chain("other").links
    return Chain((*sides, value, calculus.ONE), relations=(*["="] * len(sides), "<"))


def unit(edge):
    """[edge - x > 0]"""
    return apply("step", apply("sub", edge, Name("x")))


def conditions(s):
    return {"three": s.whether(relation(s.name("units"), "=", len(STEPS)))}


def show(s):
    a, b, k, N = map(Name, "abkN")
    kind = s.choices["kind"]
    f = at(kind, Name("x"), s.name("scale"), s.name("shift"))
    return {
        "f": Chain((Name("f_at"), f), at={"x": 0, "f_at": s.values["shift"]}),
        "order": relation(a, "<", b, a=0, b=1),
        "between": Chain((a, Name("x"), b), relations=("<=", "<"), at={"a": 0, "x": 0, "b": 1}),
        "indicator": apply("sub", unit(b), unit(a)),
        "unit": unit(apply("div", k, N)),
        "left": apply("div", k, N),
        "change": change(kind),
        "decisive": decisive(s),
        "exactly_enough": exactly_enough(kind),
        "too_small": None if kind == "root" else too_small(s),
        "letters": {name: Name(name) for name in ("f", "x", "k", "N", "a", "b", "f_k", "v_k")},
        "enough": compared(s, "error", "<="),
        "too_few": compared(s, "fewer", ">"),
    }  # fmt: skip


def decisive(s):
    """The step that decides the error: the last one of a square, the first one of an arch and of a root."""
    k, last = Name("k"), calculus.sub(Name("N"), calculus.ONE)
    found = last if s.choices["kind"] == "square" else calculus.ZERO
    return Chain((k, found), at={"N": 4, "k": calculus.exactly(found, N=4)})


def compared(s, name, sign):
    """An error, its decimals, and what is allowed."""
    seen = Literal(in_decimals(s.values[name]))
    return Chain((s.name(name), seen, s.name("eps"), Literal(s.values["eps"])), relations=("=", sign, "="))


def pinnable(v):
    yield "scale", v.scale != 0, "a number other than 0"
    yield "eps", v.eps > 0, "a number above 0"
    size, steps = abs(v.scale), len(STEPS)
    power, part = (2, Fraction(1, steps)) if v.kind == "root" else (1, Fraction(2 * steps - 1, steps**2))
    enough = v.eps**power < part * size**power
    yield "eps scale kind", enough, "an error that three steps do not reach, for three units have weights"
    yield "eps scale kind", v.eps**power * MOST >= size**power, f"an error for which some {MOST} steps will do"


def worthwhile(v):
    yield "the error asks for several steps", 2 * v.eps <= abs(v.scale)
    yield "three units have weights", v.units >= len(STEPS)
    yield "the steps can be counted", v.N <= 400
    unit = Fraction(1, 10) if v.bound >= 100 else Fraction(1, 100)  # of the fourth figure, which somebody may round to
    apart = min(v.N - v.bound, v.bound - v.units) >= unit
    yield "four figures tell how many steps it asks for", v.bound == v.N or apart
