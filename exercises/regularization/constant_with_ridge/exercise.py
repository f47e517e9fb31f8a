"""A constant with a ridge penalty: the optimum in closed form, the penalty by leave-one-out cross-validation."""

from fractions import Fraction

from keygen.author import (
    Axis,
    Chain,
    Curve,
    Given,
    Guide,
    Literal,
    Name,
    calculus,
    choice,
    concluded,
    integers,
    plot_figure,
    relation,
    same_as,
    sampled,
    slip,
    spelled,
    square,
    total,
    with_numbers,
)

axes = {"n": choice(3, *[4] * 7, *[5] * 16, published=3)}  # of three observations few have short answers

given = {"y": integers("n", 1, 15, published=[6, 6, 10])}

BETA, LAM, Q = Name("beta"), Name("lam"), Name("q")


def computation(t):
    """R holds the sums without one observation; the errors of cross-validation are y - R / (n - 1 + lam)."""
    n = t.choices["n"]
    t.S = total(t.y)
    t.beta_0 = t.S / n
    t.R = t.S - t.y
    t.lam_best = total(square(t.R)) / total(t.R * t.y) - (n - 1)
    t.cv = total(square(t.y - t.R / (n - 1 + t.lam_best)))
    t.cv_mean = t.cv / n
    t.beta_best = t.S / (n + t.lam_best)


def answers(s):
    return {
        "a": {"beta": "beta_0"},
        "b": {
            "beta": concluded(spelled(s.shown["formula_of_beta"]), s.shown["estimate"]),
            "decreasing": concluded(same_as(True), s.shown["falling"]),
        },
        "c": {"lambda": "lam_best", "cv": "cv", "cv_mean": "cv_mean"},
        "d": {"beta": "beta_best"},
    }


signs = {
    "g": r"g(\beta)",
    "cv": r"\mathrm{CV}",
    "lam_best": r"\lambda",
    "beta_0": r"\hat\beta",
    "beta_best": r"\hat\beta",
}

slips = [slip("a", "count_left_out")]


def numbers(s):
    return list(s.values["y"]), s.choices["n"]


def objective(s, penalty):
    """The sum of squared errors, with lam beta^2 or without."""
    squares = calculus.total(calculus.power(calculus.sub(calculus.whole(y), BETA), 2) for y in numbers(s)[0])
    return calculus.add(squares, calculus.read("lam * beta**2")) if penalty else squares


def optimum(s, penalty):
    """The slope of the objective, the equation slope = 0 solved, the slope of the slope."""
    body = objective(s, penalty)
    y, n = numbers(s)
    solution = calculus.div(calculus.whole(sum(y)), calculus.add(calculus.whole(n), LAM if penalty else calculus.ZERO))
    letters = {"beta": (-5, 20), "lam": (0, 5)} if penalty else {"beta": (-5, 20)}
    scope = calculus.scope(letters, g=body)
    differentiate = calculus.differentiate("beta")
    factor = calculus.add(calculus.whole(2 * n), calculus.times(2, LAM) if penalty else calculus.ZERO)
    linear = calculus.sub(calculus.mul(factor, BETA), calculus.whole(2 * sum(y)))
    slope = calculus.derivation(
        scope, calculus.derivative(body, "beta"), differentiate, calculus.becomes(linear), check="points"
    )
    at_best = calculus.scope({"best": (0, 1), **({"lam": (0, 5)} if penalty else {})}, beta=solution)
    return {
        "goal": Chain((Name("g"), body), at={"beta": 1, "lam": 1, "g": calculus.exactly(body, beta=1, lam=1)}),
        "slope": slope,
        "solved": calculus.equations(
            at_best,
            calculus.equals(slope.links[-1], calculus.ZERO),
            calculus.collect_unknown(BETA),
            calculus.divide_by_factor(BETA),
            free=("beta", -1, 20),
            unknown="beta",
        ),
        "curved": calculus.derivation(
            scope,
            calculus.derivative(slope.links[-1], "beta"),
            differentiate,
            calculus.compared(">", calculus.ZERO),
            check="points",
        ),
    }


def falling(formula):
    """The slope of the optimum by the penalty."""
    scope = calculus.scope({"lam": (0, 5)})
    steps = [calculus.differentiate("lam"), calculus.compared("<", calculus.ZERO)]
    return calculus.derivation(scope, calculus.derivative(formula, "lam"), *steps, check="points")


def fold(s, i):
    """The optimum without observation i."""
    y, n = numbers(s)
    return calculus.div(calculus.whole(sum(y) - y[i]), calculus.add(calculus.whole(n - 1), LAM))


def validation(s):
    """The cross-validation error as a parabola in q = 1 / (n - 1 + lam), its least value, lam from q."""
    y, n = numbers(s)
    errors = [calculus.sub(calculus.whole(y_i), fold(s, i)) for i, y_i in enumerate(y)]
    in_q = [calculus.sub(calculus.whole(y_i), calculus.times(sum(y) - y_i, Q)) for y_i in y]
    cv, parabola = (calculus.total(calculus.power(e, 2) for e in forms) for forms in (errors, in_q))
    q = calculus.div(calculus.ONE, calculus.add(calculus.whole(n - 1), LAM))
    scope = calculus.scope({"lam": (0, 5)}, q=q, CV=cv)
    substituted = calculus.becomes(parabola)
    least = calculus.derivation(
        scope, Name("CV"), calculus.substitute(Name("CV"), cv), substituted, calculus.multiply_out,
        calculus.complete_square(Q), calculus.bounded(">="), check="points",
    )  # fmt: skip
    best = calculus.whole(1 / (n - 1 + s.values["lam_best"]))
    at_best = calculus.scope({"best": (0, 1)}, lam=calculus.whole(s.values["lam_best"]))
    return {
        "folds": [Chain((Name(f"beta_{i + 1}"), fold(s, i)), at=at_fold(s, i)) for i in range(n)],
        "q": Chain((Q, q), at={"lam": 1, "q": calculus.exactly(q, lam=1)}),
        "validation": least,
        "best_q": Chain((Q, best), at={"q": calculus.known(best)}),
        "solved_lam": calculus.equations(
            at_best,
            calculus.equals(best, q),
            calculus.clear_denominator,
            calculus.collect_unknown(LAM),
            calculus.divide_by_factor(LAM),
            free=("lam", 0, 5),
            unknown="lam",
        ),
    }


def at_fold(s, i):
    """lam = 1, where the read-back tries the optimum without observation i."""
    return {"lam": 1, f"beta_{i + 1}": calculus.exactly(fold(s, i), lam=1)}


def plot(s):
    """The cross-validation error against lam."""
    y, n = ([float(x) for x in numbers(s)[0]], s.choices["n"])
    high = 5 * float(s.values["lam_best"])

    def cv(lam):
        return sum((y_i - (sum(y) - y_i) / (n - 1 + lam)) ** 2 for y_i in y)

    return plot_figure(
        [Curve(sampled(cv, 0, high), None, 1)],
        Axis(LAM, low=0),
        Axis(Name("cv")),
        [Guide(x=s.claim("lam_best"), label=s.chain("lam_best").result)],
    )


def slope_at_best(s):
    """The slope of the objective at what was found: zero."""
    y, _ = numbers(s)
    beta, lam = s.name("beta_best"), s.name("lam_best")
    errors = calculus.total(calculus.sub(beta, calculus.whole(y_i)) for y_i in y)
    halves = (errors, calculus.mul(lam, beta))
    slope = calculus.total(calculus.mul(calculus.whole(2), half) for half in halves)
    return Chain((slope, with_numbers(slope, s.values), Literal(Fraction(0))))


def show(s):
    ridge = optimum(s, penalty=True)
    formula = calculus.sides(ridge["solved"].links[-1])[1]
    at_best = calculus.put(formula, {"lam": s.name("lam_best")})
    return {
        "plain": optimum(s, penalty=False),
        "ridge": ridge,
        "formula_of_beta": formula,
        "estimate": Chain((BETA, formula), at={"lam": 1, "beta": calculus.exactly(formula, lam=1)}),
        "falling": falling(formula),
        **validation(s),
        "least_cv": s.claim("cv"),
        "mean_cv": s.claim("cv_mean"),
        "check": slope_at_best(s),
        "at_best": Chain(
            (s.name("beta_best"), at_best, with_numbers(at_best, s.values), Literal(s.values["beta_best"]))
        ),
        "plain_best": s.claim("beta_0").decimal,
        "shrunk": s.claim("beta_best").decimal,
        "letters": {name: Name(name) for name in ("beta", "lam", "y", "g", "cv", "q")},
        "zero": Given(0),
        "model": Chain((Name("y"), BETA), at={"y": 1, "beta": 1}),
        "plot": plot(s),
    }


def conditions(s):
    best = s.name("beta_best")
    return {
        "inside": s.whether(relation(s.name("lam_best"), ">", 0)),
        "shrunk": s.whether(relation(best, ">", 0), relation(best, "<", s.name("beta_0"))),
    }


def worthwhile(v):
    yield "the observations are not all the same", len(set(v.y)) > 1
    yield "the best penalty is inside", v.lam_best > 0
    yield "the best penalty is not far out", v.lam_best <= 3
    yield "the penalty is visible", v.lam_best >= Fraction(1, 50)
    short = v.lam_best.denominator <= 999
    yield "the numbers are short", short and all(max(x.numerator, x.denominator) <= 9999 for x in (v.cv, v.cv_mean))
