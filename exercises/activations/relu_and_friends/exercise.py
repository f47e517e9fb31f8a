"""ReLU, LeakyReLU, ELU and softplus on the same numbers, and a unit that ReLU has switched off for good."""

from functools import cache

from keygen.author import (
    Axis,
    Chain,
    Curve,
    Given,
    Name,
    apply,
    backprop,
    calculus,
    choice,
    decimals,
    elu,
    entry_check,
    integers,
    leaky_relu,
    plot_figure,
    relation,
    relu,
    sampled,
    slip,
    slope,
    softplus,
    total,
    unlike,
)

axes = {"unit": choice(4, 5, published=4), "sample": 3, "feature": 2}

given = {
    "Z": decimals("1 unit", "-3", "3", "0.5", published=[[2, -1, "-0.5", 1]], nonzero=True),
    "G": integers("1 unit", -3, 3, published=[[1, 2, -1, 3]], nonzero=True),
    "alpha": decimals("", "0.1", "0.4", "0.1", published="0.1"),
    "beta": decimals("", "0.5", "2", "0.5", published=1),
    "X": integers("sample feature", 1, 5, published=[[1, 2], [2, 1], [3, 1]]),
    "W": decimals("feature 2", "-1.5", "1.5", "0.5", published=[[1, -1], ["0.5", "-0.5"]], nonzero=True),
    "D": integers("sample 2", -2, 2, published=[[1, 1], [-1, 2], [2, -1]], nonzero=True),
}

band = {"operations": (95, 150), "negatives": (36, 76)}
slips = [slip("a", "mask_of_gradient"), slip("e", "mask_left_out")]


def computation(t):
    """A number a function: outputs O, slopes, losses L that hand G back; then a layer with a dead unit."""
    t.O1, t.O2 = relu(t.Z), leaky_relu(t.Z, t.alpha)
    t.O3, t.O4 = elu(t.Z, t.beta), softplus(t.Z)
    for k in "1234":
        t[f"dO{k}_dZ"] = slope(t[f"O{k}"])
        t[f"L{k}"] = total(t.G * t[f"O{k}"])
        backprop(t, f"L{k}", ["Z"])
        t.also(f"dL{k}_dZ", t[f"dL{k}_dO{k}"] * t[f"dO{k}_dZ"])
    t.U = t.X @ t.W
    t.O5, t.O6 = relu(t.U), leaky_relu(t.U, t.alpha)
    for k in "56":
        t[f"L{k}"] = total(t.D * t[f"O{k}"])
        backprop(t, f"L{k}", ["W"])


def answers(s):
    of = {part: {"O": f"O{k}", "dO_dZ": f"dO{k}_dZ", "dZ": f"dL{k}_dZ"} for part, k in zip("abcd", "1234")}
    return {**of, "e": {"U": "U", "dW_relu": "dL5_dW", "dW_leaky": "dL6_dW"}}


signs = {f"{letter}{k}": letter for letter in "OL" for k in "123456"}

Z, ALPHA, BETA = Name("z"), Name("alpha"), Name("beta")
CURVES = {
    "relu": (apply("relu", Z), calculus.read("cases(z, 0, z)"), calculus.read("cases(1, 0, z)")),
    "leaky": (
        apply("leaky_relu", Z, ALPHA), calculus.read("cases(z, alpha*z, z)"), calculus.read("cases(1, alpha, z)"),
    ),
    "elu": (
        apply("elu", Z, BETA), calculus.read("cases(z, beta*(exp(z) - 1), z)"),
        calculus.read("cases(1, beta*exp(z), z)"),
    ),
}  # fmt: skip


def on_both_sides(start, *rules):
    """A chain that holds left of the kink and right of it; z is not 0 at any point that it is tried at."""
    right, left = (
        calculus.scope({"z": end, "alpha": ("0.05", "0.5"), "beta": ("0.5", 2)}) for end in (("0.1", 2), (-2, "-0.1"))
    )
    calculus.derivation(left, start, *rules, check="points")
    return calculus.derivation(right, start, *rules, check="points")


@cache
def definitions():
    """Each function and its slope by cases; softplus and its slope in closed form."""
    plain = calculus.read("ln(1 + exp(z))")
    slope_of = [calculus.differentiate("z"), calculus.differentiate("z")]
    sigmoid = calculus.becomes(apply("sigmoid", Z), "sigmoid_of_exponential")
    return {
        **{name: on_both_sides(start, calculus.becomes(value)) for name, (start, value, _) in CURVES.items()},
        **{
            f"{name}_slope": on_both_sides(calculus.derivative(start, "z"), calculus.becomes(slope))
            for name, (start, _, slope) in CURVES.items()
        },
        "softplus": on_both_sides(apply("softplus", Z), calculus.becomes(plain)),
        "softplus_slope": on_both_sides(calculus.derivative(plain, "z"), *slope_of, sigmoid),
    }


def handed_on(s, k):
    """The gradient that arrived times the slope."""
    links = s.chain(f"dL{k}_dZ").links
    return Chain((links[0], *links[-3:]))


def plots(s):
    """The four functions on one pair of axes."""
    alpha, beta = (float(s.values[name]) for name in ("alpha", "beta"))
    terms = {
        "relu": apply("relu", Z),
        "leaky": apply("leaky_relu", Z, ALPHA),
        "elu": apply("elu", Z, BETA),
        "softplus": apply("softplus", Z),
    }
    curves = [
        Curve(sampled(lambda z, f=f: calculus.approximate(f, z=z, alpha=alpha, beta=beta), -4, 3), f, place)
        for place, f in enumerate(terms.values(), start=1)
    ]
    return plot_figure(curves, Axis(Z), size=(80.0, 50.0))


def show(s):
    return {
        "letters": {name: Name(name) for name in ("z", "alpha", "beta", "L", "O")},
        "of": definitions(),
        "handed_on": {k: handed_on(s, k) for k in "1234"},
        "plot": plots(s),
        "check": entry_check(s, "L4", "Z", "dL4_dZ", 0, 0),
        "dead": Given(dead_unit(s.values["W"]) + 1),
    }


def dead_unit(weights):
    """The place of the unit without a positive weight: the first of them, 0 where there is none."""
    return int((weights <= 0).all(axis=0).argmax())


def conditions(s):
    """Inputs that are not negative and weights that are not positive: the unit is dead on any observations."""
    dead = dead_unit(s.values["W"])
    inputs = [relation(s.claim("X", i, j), ">=", 0) for i in range(3) for j in range(2)]
    weights = [relation(s.claim("W", j, dead), "<=", 0) for j in range(2)]
    return {
        "dead": s.whether(*inputs, *weights),
        "wakes": s.whether(*(relation(s.claim("dL6_dW", j, dead), "!=", 0) for j in range(2))),
        "silent": s.whether(*(relation(s.claim("U", i, dead), "<", 0) for i in range(3))),
    }


meant = {"the numbers of the source": ("the parameter of ELU shows",)}


def worthwhile(v):
    dead = dead_unit(v.W)
    yield "a unit is dead: no weight of it is positive", (v.W[:, dead] <= 0).all()
    yield "the parameter of ELU shows", v.beta != 1
    yield (
        "no two inputs are equal, no two observations alike",
        len(set(v.Z[0])) == v.Z.shape[1] and unlike(v.X),
    )
    yield "no two observations get the same gradient", unlike(v.D)
    yield "no two observations give the same arguments", unlike(v.U)
    yield "no two inputs of the layer weigh the same", (v.W[0] != v.W[1]).any()
    yield "some input is negative", (v.Z < 0).any()
    yield "some input is positive", (v.Z > 0).any()
    yield "the other unit is alive on some observations", (v.U[:, 1 - dead] > 0).any()
    yield "the other unit learns", (v.dL5_dW[:, 1 - dead] != 0).all()
    yield "LeakyReLU wakes the dead unit", (v.dL6_dW[:, dead] != 0).all()
