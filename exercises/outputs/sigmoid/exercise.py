"""The logistic curve a sigma(bt + c): limits, symmetry, derivative, values, inverse, plots."""

from fractions import Fraction
from itertools import combinations
from math import exp as e_to

from keygen.author import (
    Apply,
    Axis,
    Chain,
    Curve,
    Given,
    Guide,
    Literal,
    Name,
    Table,
    apply,
    calculus,
    called,
    choice,
    concluded,
    decimals,
    exp,
    integers,
    ln,
    plot_figure,
    quotient,
    relation,
    same_as,
    sampled,
    spelled,
    step_length,
    step_name,
    with_numbers,
)

given = {
    "a": integers("", 1, 9, published=1),
    "b": integers("", -4, 4, published=1, nonzero=True),
    "c": integers("", -4, 4, published=0),
    "m": integers("", 2, 9, published=1),
    "side": choice("+", "-", published="+"),
    "t1": decimals("", "0.01", "0.05", "0.01", published="0.01"),
    "k": choice(
        (1, 10, 100, 1000), (2, 20, 200, 2000), (1, 5, 50, 500), (3, 30, 300, 3000), published=(1, 10, 100, 1000)
    ),
}

band = {"operations": (26, 40)}


STEP = Fraction("0.001")


def computation(t):
    """t0 is where e^(bt+c) is m or 1/m; m itself has no other meaning."""
    rising = t.choices["side"] == "+"
    t.u0 = ln(t.m) if rising else -ln(t.m)
    t.t0 = (t.u0 - t.c) / t.b
    t.r = called(t.m) if rising else 1 / t.m
    t.f0 = t.a * t.r / (1 + t.r)
    t.df0 = t.b * t.f0 * (1 - t.f0 / t.a)
    t.lnf0 = ln(t.f0)
    for k in t.choices["k"]:
        grown = exp((k * t.b) * t.t1 + t.c)
        t[f"f_{k}"] = t.a * grown / (1 + grown)


def numbers(s):
    return {name: s.values[name] for name in "abc"}


def answers(s):
    shown = s.shown
    slope_reflected = calculus.put(shown["slope_reflected"].links[-1], {"df": shown["slope"].links[-1]})

    def number(name):
        return concluded(same_as(calculus.known(shown[name].links[-1])), shown[name])

    def term(name):
        return concluded(spelled(shown[name].links[-1]), shown[name])

    return {
        "a": {name: number(name) for name in ("limit_plus", "limit_minus")},
        "b": {"f_neg": term("reflected")},
        "c": {"df_neg": concluded(spelled(slope_reflected), shown["slope_reflected"])},
        "d": {"df": term("slope")},
        "e": {"f0": "f0", "df0": "df0", "lnf0": "lnf0"},
        "f": {"inverse": concluded(spelled(calculus.sides(shown["inverse"].links[-1])[1]), shown["inverse"])},
        "g": {"dlnf": concluded(spelled(shown["logarithm_slope"].links[-2]), shown["logarithm_slope"])},
        "h": {"steepest": number("steepest")},
        "i": {
            **{f"f_{k}": concluded(f"f_{k}", s.chain("t1"), s.chain(f"f_{k}")) for k in s.choices["k"]},
            **{f"limit_{side}": number(side) for side in ("right", "left")},
            "value_at_zero": concluded(spelled(shown["fixed"].links[1]), shown["fixed"].result),
        },
    }


def told(s):
    return {"t0": spelled(place(s), s.values["t0"])}


SIGNS = {
    "f": "f(t)",
    "df": "f'(t)",
    "f_neg": "f(-t)",
    "df_neg": "f'(-t)",
    "f_mirror": "f(2t_*-t)",
    "df_mirror": "f'(2t_*-t)",
    "centre": "t_*",
    "f0": "f(t_0)",
    "df0": "f'(t_0)",
    "lnf0": r"\ln f(t_0)",
    "f_zero": "f(0)",
    "f_plus": "f(t_0+h)",
    "f_minus": "f(t_0-h)",
    "f1": "f(kt)",
    "df_max": r"\max f'",
    "df_min": r"\min f'",
    "t1": "t",
}


def signs(c):
    return {**SIGNS, **{f"f_{k}": f"f({'' if k == 1 else k}t)" for k in c["k"]}}


def exponent(s):
    """The exponent at t0: ln m or -ln m, 0 where m is 1."""
    m = s.values["m"]
    log = calculus.ln(Apply("constant", (), m))
    return log if s.choices["side"] == "+" else calculus.neg(log)


def place(s):
    """t0 as a formula, a positive number before the logarithm: (1 + ln 6) / 2 cannot be misread."""
    solved = calculus.read("(-c + u) / b" if s.values["c"] < 0 else "(u - c) / b")
    return calculus.put(solved, {**numbers(s), "u": exponent(s)})


def at_the_place(s):
    """f at t0: the exponential of a logarithm, then the number it is."""
    a, r = (Apply("constant", (), s.values[name]) for name in "ar")
    one = Apply("constant", (), Fraction(1))
    grown = apply("exp", exponent(s))
    symbols = calculus.div(calculus.mul(a, grown), apply("add", one, grown))
    plain = apply("div", r if s.values["a"] == 1 else apply("mul", a, r), apply("add", one, r))
    return Chain((Name("f0"), symbols, plain, Literal(s.values["f0"])))


def function_of(s, stretch=1):
    """f(stretch * t) in float64, for plots."""
    a, b, c = (float(x) for x in numbers(s).values())

    def f(t):
        u = b * stretch * t + c
        return a / (1 + e_to(-u)) if u > 0 else a * e_to(u) / (1 + e_to(u))

    return f


def plots(s):
    """f with its derivative around the centre; f(kt) for every k."""
    a, b, c = (float(x) for x in numbers(s).values())
    f = function_of(s)
    low, high = round(-c / b - 6 / abs(b)) - 1, round(-c / b + 6 / abs(b)) + 1
    curves = [
        Curve(sampled(f, low, high), Name("f"), 1),
        Curve(sampled(lambda t: b * f(t) * (1 - f(t) / a), low, high), Name("df"), 2),
    ]
    stretched = [
        Curve(sampled(function_of(s, k), -2, 2), Chain((Name("k"), Literal(Fraction(k))), at={"k": k}), number)
        for number, k in enumerate(s.choices["k"], start=1)
    ]
    limit = Guide(y=s.claim("a"), label=s.claim("a"))
    return {
        "plot": plot_figure(curves, Axis(Name("t")), Axis(low=min(0.0, 1.1 * a * b / 4)), [limit]),
        "stretched_plot": plot_figure(stretched, Axis(Name("t")), Axis(low=0.0), [limit]),
    }


def slope_again(s):
    """f' at t0 as a quotient, without a rule of differentiation."""
    plus, minus = (
        calculus.exactly(calculus.put(calculus.logistic.CURVE, numbers(s)), t=s.values["t0"] + h) for h in (STEP, -STEP)
    )
    return quotient(plus, minus, s.values["df0"], "f", step_name(s))


def show(s):
    n, logistic = numbers(s), calculus.logistic
    shifted, rising = n["c"] != 0, n["b"] > 0
    here = logistic.where(shifted=shifted)
    slope = calculus.with_values(logistic.slope(), logistic.SCOPE, n)
    at_t0 = calculus.put(slope.links[-1], {"f": Name("f0")})
    centre = -n["c"] / n["b"]
    scope = logistic.SCOPE if rising else logistic.FALLING
    return {
        "function": calculus.with_values(logistic.definition(), logistic.SCOPE, n),
        "names": {name: Name(name) for name in ("f", "df", "t", "k", "p", "f1")},
        "opposite": {"f": (opposite := logistic.opposite(shifted=shifted)), "df": Name(f"d{opposite.name}")},
        "asked_inverse": Chain((Name("p"), Name("f")), at={"p": n["a"] / 2, "f": n["a"] / 2}),
        "stretches": [Given(k) for k in s.choices["k"]],
        "plus": calculus.limit(Name("f"), "t", "+oo"),
        "minus": calculus.limit(Name("f"), "t", "-oo"),
        "limit_plus": logistic.limit_of(n, "+oo"),
        "limit_minus": logistic.limit_of(n, "-oo"),
        "reflected": calculus.with_values(logistic.reflected(shifted=shifted), here, n),
        "slope_reflected": calculus.with_values(logistic.slope_reflected(shifted=shifted), here, n),
        "slope": slope,
        "place": Chain((Name("t0"), place(s))),
        "exponent": Chain((calculus.put(calculus.read("b*t + c"), {**n, "t": Name("t0")}), exponent(s))),
        "at_place": at_the_place(s),
        "slope_at_place": Chain((Name("df0"), at_t0, with_numbers(at_t0, s.values), Literal(s.values["df0"]))),
        "log_at_place": Chain((Name("lnf0"), apply("ln", Literal(s.values["f0"])), Literal(s.values["lnf0"]))),
        "quotient": slope_again(s),
        "step": step_length(step_name(s)),
        "bottom": Given(0),
        "top": s.claim("a"),
        "inverse": calculus.with_values(logistic.inverse(), logistic.SCOPE, n),
        "logarithm": calculus.derivative(calculus.ln(Name("f")), "t"),
        "logarithm_slope": calculus.with_values(logistic.logarithm_slope(shifted=shifted), here, n),
        "centre": Chain((Name("centre"), Literal(centre)), at={"centre": centre}),
        "steepest": calculus.with_values(logistic.steepest(rising=rising), scope, n),
        "extreme": extreme(s),
        "half": Chain((Name("f"), Literal(n["a"] / 2)), at={"f": n["a"] / 2}),
        "steepest_at": Chain((Name("t"), Literal(centre)), at={"t": centre}),
        "stretch": Chain((Name("f1"), calculus.put(logistic.CURVE, {**n, "t": calculus.read("k*t")})), at=stretch(s)),
        "values": Table(
            (Name("k"), *(Given(k) for k in s.choices["k"])),
            ((Name("f1"), *(s.claim(f"f_{k}") for k in s.choices["k"])),),
        ),
        "right": logistic.steepened_limit(n, positive=True),
        "left": logistic.steepened_limit(n, positive=False),
        "fixed": fixed(s),
        **plots(s),
    }


def extreme(s):
    """max f' or min f' = its value at the centre, where f is a half of its limit."""
    at_centre = calculus.exactly(calculus.put(calculus.logistic.slope().links[-1], numbers(s)), f=s.values["a"] / 2)
    name = "df_max" if s.values["b"] > 0 else "df_min"
    return Chain((Name(name), Literal(at_centre)), at={name: at_centre})


def stretch(s):
    """k = 2 at t = 0.3, where the read-back tries f(kt)."""
    at = {"k": Fraction(2), "t": Fraction("0.3")}
    return {**at, "f1": calculus.exactly(calculus.put(calculus.logistic.CURVE, {**numbers(s), "t": Fraction("0.6")}))}


def fixed(s):
    """f(k 0), the same for every k."""
    at_zero = calculus.put(calculus.logistic.CURVE, {**numbers(s), "b": Fraction(0)})
    value = calculus.exactly(at_zero)
    return Chain((Name("f_zero"), at_zero, Literal(value)), at={"f_zero": value})


def conditions(s):
    return {
        "shifted": s.whether(relation(s.name("c"), "!=", 0)),
        "rising": s.whether(relation(s.name("b"), ">", 0)),
        "plain": s.whether(*(relation(s.name(name), "=", value) for name, value in (("a", 1), ("b", 1), ("c", 0)))),
    }


meant = {
    "the numbers of the source": (
        "m",
        "the point of the values is not the centre",
        "the steepest slope is no other answer",
    ),
}


def worthwhile(v):
    yield "the point of the values is not the centre", v.m > 1
    values = [v.solved.values[f"f_{k}"] for k in v.k]
    yield (
        "the values of f(kt) differ at the printed precision",
        all(abs(x - y) > v.a / 1000 for x, y in combinations(values, 2)),
    )
    yield "the logarithm at the point is not 0", v.f0 != 1
    yield "the value and the derivative at the point differ", v.f0 != v.df0
    yield "the steepest slope is no other answer", v.a * v.b / 4 not in (v.a, v.f0, v.df0, *values)
    yield "the point is within reach", abs(v.t0) <= 6
