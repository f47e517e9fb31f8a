"""The hyperbolic tangent: limits, slope through itself, a layer, and why it is less of a brake than the sigmoid."""

from functools import cache

from keygen.author import (
    Chain,
    Claim,
    Literal,
    Name,
    apply,
    backprop,
    calculus,
    choice,
    claim,
    concluded,
    decimals,
    entry_check,
    integers,
    same_as,
    slip,
    spelled,
    tanh,
    total,
    unlike,
)

axes = {"batch": choice(1, 2, published=1), "input": choice(2, 3, published=2), "output": 2}

given = {
    "X": integers("batch input", -3, 3, published=[[1, 2]], nonzero=True),
    "W": decimals("input output", "-1", "1", "0.5", published=[[1, "-0.5"], ["0.5", 1]]),
    "G": integers("batch output", -3, 3, published=[[1, 2]], nonzero=True),
    "t1": decimals("", "0.5", "2", "0.5", published=2),
}

band = {"operations": (30, 60), "negatives": (8, 26)}
slips = [slip("c", "transpose_left_out"), slip("c", "square_left_out", "dL_dH")]

CURVE = calculus.read("2 / (1 + exp(-2*t)) - 1")
SCOPE = calculus.scope({"t": (-3, 3)}, f=CURVE, df=calculus.derivative(CURVE, "t"))
F, DF = Name("f"), Name("df")


def computation(t):
    """The loss is any that hands the gradient G to the layer's output."""
    t.H = t.X @ t.W
    t.O = tanh(t.H)
    t.L = total(t.G * t.O)
    t.dO_dH = 1 - t.O**2
    backprop(t, "L", ["X", "W"])
    t.also("dL_dH", t.dL_dO * t.dO_dH)
    t.f1 = tanh(t.t1)
    t.df1 = 1 - t.f1**2


def answers(s):
    shown = s.shown

    def number(name):
        return concluded(same_as(calculus.known(shown[name].links[-1])), shown[name])

    of_gradients = {"dH": shown["handed_on"], "dX": s.chain("dL_dX"), "dW": s.chain("dL_dW")}
    backward = {name: concluded(line.links[0].name, line.formula, line) for name, line in of_gradients.items()}
    return {
        "a": {name: number(name) for name in ("limit_plus", "limit_minus")},
        "b": {"df": concluded(spelled(shown["slope"].links[-1]), shown["slope"])},
        "c": {"H": "H", "O": "O", **backward},
        "d": {"max_df": number("steepest"), "df1": "df1"},
        "e": {"why": same_as("bounded, symmetric about zero, with a larger slope near zero than the sigmoid's")},
    }


signs = {"f": "f(t)", "df": "f'(t)", "t1": "t_0", "f1": "f(t_0)", "df1": "f'(t_0)", "df_top": r"\max f'"}


@cache
def definition():
    return calculus.derivation(SCOPE, F, calculus.substitute(F, CURVE))


@cache
def slope():
    """f' through f: the two fractions are 1 + f and 1 - f."""
    part = calculus.read("2 / (1 + exp(-2*t))")
    rest = calculus.read("2 * exp(-2*t) / (1 + exp(-2*t))")
    return calculus.derivation(
        SCOPE, DF, calculus.substitute(DF, calculus.derivative(CURVE, "t")), calculus.differentiate("t"),
        calculus.differentiate("t"), calculus.split(part, constant_first=False),
        calculus.substitute(part, calculus.read("1 + f"), "through_f"),
        calculus.substitute(rest, calculus.read("1 - f"), "through_f"), calculus.multiply_out,
    )  # fmt: skip


@cache
def halves():
    """1 + f and 1 - f as fractions."""
    plus, minus = calculus.read("1 + f"), calculus.read("1 - f")
    return [
        calculus.derivation(SCOPE, start, calculus.substitute(F, CURVE), calculus.multiply_out)
        for start in (plus, minus)
    ]


@cache
def limits():
    return [calculus.settled_limit(SCOPE, CURVE, "t", toward) for toward in ("+oo", "-oo")]


@cache
def steepest():
    return calculus.derivation(SCOPE, DF, calculus.substitute(DF, slope().links[-1]), calculus.bounded("<="))


def largest(bound):
    """max f' = the bound that the derivative attains."""
    top = bound.links[-1]
    return Chain((Name("df_top"), top), at={"df_top": calculus.known(top)})


@cache
def kinship():
    """tanh through the sigmoid."""
    sigmoid = calculus.sub(calculus.times(2, apply("sigmoid", calculus.read("2*t"))), calculus.ONE)
    return calculus.derivation(SCOPE, F, calculus.substitute(F, CURVE), calculus.becomes(sigmoid, "sigmoid_definition"))


def show(s):
    plus, minus = limits()
    handed_on = s.chain("dL_dH").links
    return {
        "function": definition(),
        "letters": {name: Name(name) for name in ("f", "df", "t")},
        "plus": calculus.limit(F, "t", "+oo"),
        "minus": calculus.limit(F, "t", "-oo"),
        "limit_plus": plus,
        "limit_minus": minus,
        "halves": halves(),
        "slope": slope(),
        "handed_on": Chain((handed_on[0], *handed_on[2:])),
        "check": entry_check(s, "L", "W", "dL_dW", 0, 0),
        "steepest": steepest(),
        "largest": largest(steepest()),
        "top": Chain((F, Literal(0)), at={"f": 0.0}),
        "kinship": kinship(),
        "sigmoid_top": claim(calculus.read("sigmoid(t) * (1 - sigmoid(t))"), t=0),
        "range": [Claim(limit.result) for limit in (minus, plus)],
    }


meant = {"the numbers of the source": ("the upstream gradient is not the input itself",)}


def worthwhile(v):
    yield "an untransposed W would give another gradient", v.W.shape[0] != v.W.shape[1] or (v.W != v.W.T).any()
    yield "the inputs of an observation differ from each other", all(len(set(row)) == len(row) for row in v.X)
    yield "no two observations, inputs or units are alike", unlike(v.X, v.W, v.W.T)
    yield "the upstream gradients of two observations differ", unlike(v.G)
    yield "the upstream gradient is not the input itself", v.G.tolist() != v.X.tolist()
    yield "no two units or observations give the same arguments", unlike(v.H, v.H.T)
    yield "every input weighs in some unit", (v.W != 0).any(axis=1).all()
    yield "no unit is at the middle of its curve", (v.H != 0).all()
    yield "no unit is saturated, so that its gradient shows", (abs(v.H) <= 2).all()
    yield "the gradients by input and by weights differ", v.dL_dX.tolist() != v.dL_dW.tolist()
