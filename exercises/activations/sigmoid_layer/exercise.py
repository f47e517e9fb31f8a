"""A layer with the activation a sigma(bt): both passes in matrix form, the largest slope, and what depth does."""

from fractions import Fraction

from keygen.author import (
    Chain,
    Literal,
    Name,
    apply,
    backprop,
    calculus,
    choice,
    concluded,
    decimals,
    entry_check,
    integers,
    product,
    relation,
    same_as,
    sigmoid,
    total,
    unlike,
)

axes = {"batch": choice(1, 2, published=1), "input": choice(2, 3, published=2), "output": 2}

given = {
    "a": choice(1, 2, 3, 4, 5, published=1),
    "b": choice(1, 2, published=1),
    "X": integers("batch input", -3, 3, published=[[1, 2]], nonzero=True),
    "W": decimals("input output", "-1", "1", "0.5", published=[[1, "-0.5"], ["0.5", 1]]),
    "G": integers("batch output", -3, 3, published=[[2, -1]], nonzero=True),
    "w": decimals("", "0.5", "2", "0.5", published=1),
    "depth": integers("", 4, 12, published=10),
}

band = {"operations": (32, 64), "negatives": (5, 22)}


def computation(t):
    """The loss is any that hands the gradient G to the layer's output."""
    a, b = t.choices["a"], t.choices["b"]
    t.H = t.X @ t.W
    t.O = a * sigmoid(b * t.H)
    t.L = total(t.G * t.O)
    t.dO_dH = b * (t.O * (1 - Fraction(1, a) * t.O))
    backprop(t, "L", ["X", "W"])
    t.also("dL_dH", t.dL_dO * t.dO_dH)
    t.top = Fraction(a * b, 4)
    t.q = t.w * t.top


def answers(s):
    largest = concluded(same_as(calculus.known(s.shown["steepest"].links[-1])), s.chain("top"))
    of_gradients = {"dH": by_slope(s), "dX": s.chain("dL_dX"), "dW": s.chain("dL_dW")}
    backward = {name: concluded(line.links[0].name, line.formula, line) for name, line in of_gradients.items()}
    bound = same_as(s.values["q"] ** int(s.values["depth"]))
    return {
        "a": {"H": "H", "O": "O", **backward},
        "b": {"max_df": largest, "bound": concluded(bound, Chain(s.shown["bound"].links[1:]))},
    }


SLOPES = {f"df_{k}": f"f'(t_{{{k}}})" for k in range(1, 13)}
signs = {"F": "f", "f": "f(t)", "df": "f'(t)", "top": r"\max f'", **SLOPES}


def show(s):
    half = Fraction(s.choices["a"]) / 2
    return {
        "function": activation(s),
        "slope": slope(s),
        "steepest": steepest(s),
        "largest": s.chain("top").result,
        "half": Chain((Name("f"), Literal(half)), at={"f": half}),
        "letters": {name: Name(name) for name in ("f", "df", "t", "q", "w", "L", "k", "t_k")},
        "activated": activated(s),
        "handed_on": by_slope(s),
        "bound": bound(s),
        "origin": Chain((Name("t"), Literal(Fraction(0))), at={"t": Fraction(0)}),
        "check": entry_check(s, "L", "W", "dL_dW", 0, 0),
    }


def steepest(s):
    """f' <= its largest value"""
    n = {name: Fraction(s.choices[name]) for name in "ab"} | {"c": Fraction(0)}
    return calculus.with_values(calculus.logistic.steepest(rising=True), calculus.logistic.SCOPE, n)


def conditions(s):
    return {"vanishes": s.whether(relation(s.name("q"), "<", 1))}


def bound(s):
    """What all layers together multiply a gradient by, and the largest factor of one layer raised to the depth."""
    q, depth = s.values["q"], int(s.values["depth"])
    slopes = {f"df_{k}": s.values["top"] * Fraction(k, depth) for k in range(1, depth + 1)}
    factor = calculus.mul(apply("power", Name("w"), param=depth), product(map(Name, slopes)))
    symbols, numbers = (apply("power", base, param=depth) for base in (Name("q"), Literal(q)))
    return Chain((factor, symbols, numbers, Literal(q**depth)), relations=("<=", "=", "="), at=slopes)


def activated(s):
    """O = f(H)"""
    return Chain((s.name("O"), apply("apply", s.name("H"), param=("F", 0))), at={"F": lambda h: s.values["O"]})


def by_slope(s):
    """The gradient that arrived times the slope, without the engine's own form of the slope."""
    name, _, product, numbers, value = s.chain("dL_dH").links
    return Chain((name, product, numbers, value))


def slope(s):
    """f' through sigma, then through f itself."""
    forms = ("a * sigmoid(b*t)", "a*b * sigmoid(b*t) * (1 - sigmoid(b*t))", "b * f * (1 - f/a)")
    curve, through_sigmoid, through_value = (
        calculus.put(calculus.read(form), {name: s.choices[name] for name in "ab"}) for form in forms
    )
    scope = calculus.scope({"t": (-2, 2)}, f=curve, df=calculus.derivative(curve, "t"))
    steps = [calculus.becomes(form) for form in (through_sigmoid, through_value)]
    return calculus.derivation(scope, Name("df"), *steps, check="points")


def activation(s):
    """f(t) = a sigma(bt)"""
    curve = calculus.put(calculus.read("a * sigmoid(b*t)"), {name: s.choices[name] for name in "ab"})
    return calculus.derivation(
        calculus.scope({"t": (-2, 2)}, f=curve), Name("f"), calculus.substitute(Name("f"), curve), check="points"
    )


def worthwhile(v):
    yield "an untransposed W would give another gradient", v.W.shape[0] != v.W.shape[1] or (v.W != v.W.T).any()
    yield "the inputs of an observation differ from each other", all(len(set(row)) == len(row) for row in v.X)
    yield "no two observations, inputs or units are alike", unlike(v.X, v.W, v.W.T)
    yield "the upstream gradients of two observations differ", unlike(v.G)
    yield "the upstream gradient is not the input itself", v.G.tolist() != v.X.tolist()
    yield "no two units or observations give the same arguments", unlike(v.H, v.H.T)
    yield "every input weighs in some unit", (v.W != 0).any(axis=1).all()
    yield "no unit is at the middle of its curve", (v.H != 0).all()
    yield "no unit is saturated, so that its gradient shows", (abs(v.dL_dH) > Fraction("0.001")).all()
    yield "a forgotten slope would show", (abs(v.dL_dH - v.dL_dO) > Fraction("0.01")).all()
    yield "the gradients by input and by weights differ", v.dL_dX.tolist() != v.dL_dW.tolist()
    yield "the bound is not 1", v.q != 1
