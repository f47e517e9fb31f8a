"""One weight, a squared error, six ways to go downhill: every method's state carried by hand from step to step."""

from dataclasses import replace
from fractions import Fraction

from keygen.author import (
    Apply,
    Axis,
    Chain,
    Curve,
    Guide,
    Literal,
    Name,
    Table,
    Track,
    apply,
    backprop,
    calculus,
    called,
    choice,
    claim,
    concluded,
    curve_of,
    decimals,
    descend,
    in_decimals,
    indexed,
    integers,
    mse,
    order,
    plot_figure,
    relation,
    renamed,
    rounded,
    same_as,
    slip,
    square,
    total,
    with_decimals,
    with_numbers,
    written,
    written_as_fraction,
)

axes = {"sample": choice(2, 2, 3, published=2)}

given = {
    "x": integers("sample", -2, 3, published=[1, 2], nonzero=True),
    "y": integers("sample", -4, 6, published=[2, 3]),
    "w0": decimals("", "-1", "2", "0.5", published=0),
    "rate": decimals("", "0.05", "0.2", "0.05", published="0.1"),
    "alpha": decimals("", "0.5", "0.9", "0.4", published="0.9"),
    "beta1": decimals("", "0.9", "0.9", "0.1", published="0.9"),
    "beta2": decimals("", "0.9", "0.9", "0.1", published="0.9"),
    "order": order("sample", published=(1, 2)),
    "steps": choice(2, published=2),
}

band = {"operations": (150, 300), "negatives": (4, 45)}
slips = [slip("f", "root_left_out"), slip("g", "corrected_carried_on")]

METHODS = {"b": "gd", "c": "sgd", "d": "momentum", "e": "nesterov", "f": "rmsprop", "g": "adam"}
TITLES = {"b": "GD", "c": "SGD", "d": "Momentum", "e": "Nesterov", "f": "RMSprop", "g": "Adam"}
STATE = {"b": (), "c": (), "d": ("v",), "e": ("v",), "f": ("s",), "g": ("m", "v", "mhat", "vhat")}
SIGNS = {"L": "L", "w": "w", "g": "g", "v": "v", "s": "s", "m": "m", "mhat": r"\hat{m}", "vhat": r"\hat{v}"}


def sequence(c):
    """The observation of each step: the order again and again."""
    return [c["order"][step % len(c["order"])] for step in range(c["steps"])]


def computation(t):
    c = t.choices
    t.w = called(t.w0)
    t.yhat = t.w * t.x
    t.each = square(t.y - t.w * t.x)
    t.L = mse(t.y, t.w * t.x)
    backprop(t, "L", ["w"])
    t.what = total(t.x * t.y) / total(square(t.x))
    t.zero = total((t.what * t.x - t.y) * t.x)
    for i in range(1, c["sample"] + 1):
        t[f"x{i}"], t[f"y{i}"] = t.x[i - 1], t.y[i - 1]

    def of_all(k, w):
        return mse(t.y, w * t.x)

    def of_one(k, w):
        i = sequence(c)[k - 1]
        return square(t[f"y{i}"] - w * t[f"x{i}"])

    for part, method in METHODS.items():
        descend(t, method, t.w0, c["steps"], of_all if method == "gd" else of_one, prefix=part)


def steps(c):
    return range(1, c["steps"] + 1)


def answers(s):
    found = {"a": {"w_hat": "what"}}
    spelled = {"mhat": "m_hat", "vhat": "v_hat"}
    for part, state in STATE.items():
        found[part] = {}
        for name in ("w", "g", *state):
            each = [f"{part}{name}{k}" for k in steps(s.choices)]
            found[part][spelled.get(name, name)] = concluded(each, *(line(s, name) for name in each))
    return found


def line(s, name):
    """The line of a variable; a fraction that is no short decimal has its decimals beside it. Further on those stand
    for it, and what is computed from them is in decimals alone."""
    chain = s.chain(name)
    symbols = chain.formula.links
    numbers = with_numbers(symbols[-1], {name: to_go_on_with(value) for name, value in s.values.items()})
    ends = chain.links[len(symbols) + 1 :]
    used = s.trace.needs([name], cut={*s.trace.named} - {name}) - {name}
    if any(written_as_fraction(s.values[one]) for one in used):
        return replace(chain, links=(*symbols, numbers, Literal(to_go_on_with(s.values[name]))))
    return with_decimals(replace(chain, links=(*symbols, numbers, *ends)))


def to_go_on_with(value):
    """A number of the trace as the next line has it."""
    return in_decimals(value) if written_as_fraction(value) else value


def told(s):
    return {"order": same_as(sequence(s.choices))}


def signs(c):
    found = {"each": r"\ell", "last_loss": f"L(w_{c['steps']})"}
    for part in METHODS:
        for k in range(c["steps"] + 1):
            found |= {f"{part}{name}{k}": f"{sign}_{k}" for name, sign in SIGNS.items()}
            found[f"{part}u{k + 1}"] = rf"\tilde{{w}}_{k}"
        for name, sign in SIGNS.items():
            found |= {f"{part}{name}_t": f"{sign}_t", f"{part}{name}_before": f"{sign}_{{t-1}}"}
        found[f"{part}u_t"] = r"\tilde{w}_{t-1}"
    return found


def computed(part):
    """What a step of a method computes, in the order of the work; the gradient comes where it is taken."""
    return (*(("u",) if part == "e" else ()), "g", *STATE[part], "w")


def show(s):
    c = s.choices
    single = Name("each", (c["sample"],), "i")
    return {
        "single": Chain((single, indexed(written(s.trace, "each"), "i"))),
        "check": Chain(s.chain("zero").links[1:]),
        "sequence": sequence(c),
        "at": {"step": Name("t"), "gradient": Name("eg_t"), "point": Name("eu_t")},
        "gradients": [s.name(f"cg{k}") for k in steps(c)],
        "weights": [s.name(f"cw{k}") for k in steps(c)],
        "start": {part: [s.name(f"{part}{name}0") for name in STATE[part] if "hat" not in name] for part in STATE},
        "rule": {part: [rule(s, part, name) for name in computed(part) if name != "g"] for part in METHODS},
        "walk": {
            part: [(k, [line(s, f"{part}{name}{k}") for name in computed(part)]) for k in steps(c)] for part in METHODS
        },
        "table": summary(s),
        "picture": picture(s),
    }


def rule(s, part, name):
    """What a method computes in step t, from its second step, at which it is tried."""
    known = (*SIGNS, "u")
    now, before = (
        {f"{part}{one}{k}": Name(f"{part}{one}_{at}") for one in known} for k, at in ((2, "t"), (1, "before"))
    )
    numbered = {**now, **before}
    at = {new.name: s.values[old] for old, new in numbered.items() if old in s.values}
    left, right = s.chain(f"{part}{name}2").formula.links
    return Chain((renamed(left, numbered), by_number(renamed(right, numbered))), at={**at, "t": 2})


def by_number(term):
    """The power of a coefficient that is the step's number, written as such."""
    match term:
        case Apply(primitive="square", args=(Name(name="beta1" | "beta2"),)):
            return Apply("raised", (*term.args, Name("t")))
        case Apply():
            return Apply(term.primitive, tuple(map(by_number, term.args)), term.param, term.shape)
    return term


def summary(s):
    """The weights of every method after every step, in decimals."""
    ends = steps(s.choices)
    head = (None, *(s.name(f"cw{k}") for k in ends), Name("last_loss"))
    rows = (
        (Name(TITLES[part]), *(s.claim(f"{part}w{k}").decimal for k in ends), loss_at(s, f"{part}w{ends[-1]}").decimal)
        for part in METHODS
    )
    return Table(head, tuple(rows))


def mean_loss(s):
    """The loss on the sample, in the weight."""
    errors = (
        calculus.power(calculus.sub(calculus.whole(y), calculus.times(x, Name("w"))), 2)
        for x, y in zip(s.values["x"], s.values["y"])
    )
    return calculus.div(calculus.total(errors), calculus.whole(s.choices["sample"]))


def loss_at(s, weight):
    """The loss on the sample at a weight."""
    return claim(mean_loss(s), w=s.values[weight])


def conditions(s):
    """A mean is not larger than a root mean square with the same weights: then no step of Adam exceeds the rate.
    Whether a weight is past the minimum: on the side of it where the start is not."""
    names = {weight: s.name(weight) for weight in ("w0", "what", "cw1", "cw2", "dw2")}
    start = apply("sub", names["w0"], names["what"])

    def past(weight):
        return s.whether(relation(apply("mul", apply("sub", names[weight], names["what"]), start), "<", 0))

    return {
        "equal_betas": s.whether(relation(s.name("beta1"), "=", s.name("beta2"))),
        "away_at_first": s.whether(relation(apply("mul", apply("sub", names["cw1"], names["w0"]), start), ">", 0)),
        "past_at_once": past("cw1"),
        "sgd_past": past("cw2"),
        "momentum_past": past("dw2"),
        "momentum_above": s.whether(relation(loss_of(s, names["dw2"]), ">", loss_of(s, names["w0"]))),
    }


def loss_of(s, weight):
    """The loss on the sample at a weight, written out."""
    return calculus.put(mean_loss(s), {"w": weight})


def picture(s):
    """The mean loss, and below it where each method goes."""
    stops = {part: [s.claim(f"{part}w{k}") for k in range(s.choices["steps"] + 1)] for part in METHODS}
    walks = [Track(stops[part], Name(TITLES[part]), number) for number, part in enumerate(METHODS, start=1)]
    best, start = float(s.values["what"]), float(s.values["w0"])
    ends = [best, *(w for walk in walks for w in walk.xs)]
    air = 0.15 * (max(ends) - min(ends))
    low, high = min(ends) - air, max(ends) + air
    loss = curve_of(s, "L", "w", low, high)
    heights = [height for _, height in loss]
    return plot_figure(
        [Curve(loss), Curve([(start, float(s.values["L"]))], marks=True, line=False)],
        Axis(s.name("w"), low, high),
        Axis(s.name("L"), low=0 if min(heights) < max(heights) / 2 else None),
        [Guide(x=s.claim("what"), label=s.name("what"))],
        walks,
        size=(95, 30),
    )


def fed_back(v, sequence):
    """Adam's last weight if the corrected moments were fed back into the recursion, which they must not be."""
    w, m, s = float(v.w0), 0.0, 0.0
    for k, i in enumerate(sequence, start=1):
        g = 2 * (w * float(v.x[i - 1]) - float(v.y[i - 1])) * float(v.x[i - 1])
        m = (float(v.beta1) * m + (1 - float(v.beta1)) * g) / (1 - float(v.beta1) ** k)
        s = (float(v.beta2) * s + (1 - float(v.beta2)) * g * g) / (1 - float(v.beta2) ** k)
        w -= float(v.rate) * m / s**0.5
    return w


def worthwhile(v):
    values, c = v.solved.values, v.solved.choices
    yield "the observations differ, and not in their answers alone", len(set(v.x)) > 1
    yield "the inputs differ in size, so that a forgotten factor shows", len({abs(x) for x in v.x}) == c["sample"]
    yield "no observation comes twice", len(set(zip(v.x, v.y))) == c["sample"]
    distance = abs(v.w0 - v.what)
    yield "the start is not the optimum", distance >= Fraction("1/2")
    gradients = [f"{part}g{k}" for part in METHODS for k in steps(c)]
    yield "no gradient is too small to matter", all(abs(values[g]) >= Fraction("0.05") for g in gradients)
    yield "no gradient is too large to carry by hand", all(abs(values[g]) <= 60 for g in gradients)
    yield "Adam's first step is not the one of SGD", abs(values["cg1"]) != 1
    stops = [f"{part}w{k}" for part in METHODS for k in steps(c)]
    yield "no method runs away", all(abs(values[w] - v.what) <= Fraction(3, 2) * distance for w in stops)
    last = {part: values[f"{part}w{c['steps']}"] for part in METHODS}
    yield "the methods end at different places", len({rounded(w, 3) for w in last.values()}) == len(last)
    yield "Adam with its correction fed back ends elsewhere", abs(fed_back(v, sequence(c)) - float(last["g"])) >= 0.002
