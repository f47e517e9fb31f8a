"""The backward pass: pullbacks written in primitives, so that the gradients are more steps of the same trace.

A pullback takes the gradient g that arrives at a step's output z and gives what it hands on to an input. One line an
argument; `None` where the derivative is zero wherever there is one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from fractions import Fraction
from typing import Any

from msgspec import Struct

from keygen.engine.primitives import Reading
from keygen.engine.record import Recorder
from keygen.engine.tape import Ref, Tape
from keygen.engine.trace import Gradient, is_link
from keygen.errors import KeygenError, nearest

Pullback = Callable[..., Ref]


def repeat(g: Ref, like: Ref) -> Ref:
    """g repeated to the shape of `like`."""
    return g.tape.emit("repeat_to", g, param=like.shape)


def across(s: Ref, like: Ref) -> Ref:
    """The sum of each row of s, repeated along the row."""
    return repeat(s.tape.emit("sum_to", s, param=(*like.shape[:-1], 1)), like)


def where_positive(x: Ref) -> Ref:
    """[x > 0]"""
    return x.tape.emit("step", x)


def is_above(a: Ref, b: Ref) -> Ref:
    """[a > b]"""
    return a.tape.emit("greater", a, b)


def sign_of(x: Ref) -> Ref:
    """|x|' = sign x"""
    return x.tape.emit("sign", x)


def put_back(g: Ref, x: Ref) -> Ref:
    """The numbers of g in the places from which sorting takes those of x"""
    return x.tape.emit("unsorted", g, x)


def where_smallest(x: Ref) -> Ref:
    """[x = min x]"""
    return x.tape.emit("where_min", x)


def where_largest(x: Ref) -> Ref:
    """[x = max x]"""
    return x.tape.emit("where_max", x)


def sigmoid_slope(z: Ref) -> Ref:
    """sigma' = sigma (1 - sigma)"""
    return z * (1 - z)


def tanh_slope(z: Ref) -> Ref:
    """tanh' = 1 - tanh^2"""
    return 1 - z**2


def power_slope(x: Ref, n: int) -> Ref:
    """(x^n)' = n x^(n - 1)"""
    return n * x.tape.emit("power", x, param=n - 1)


def log_odds(p: Ref) -> Ref:
    """ln(p / (1 - p))"""
    return p.tape.emit("ln", p) - p.tape.emit("ln", 1 - p)


def left_of_kink(x: Ref) -> Ref:
    """1 - [x > 0]"""
    return 1 - where_positive(x)


def leaky_slope(x: Ref, alpha: Ref) -> Ref:
    """1 where x > 0, alpha elsewhere"""
    return where_positive(x) + alpha * left_of_kink(x)


def elu_slope(z: Ref, x: Ref, alpha: Ref) -> Ref:
    """1 where x > 0, alpha e^x = elu + alpha elsewhere"""
    return where_positive(x) + (z + alpha) * left_of_kink(x)


def named_slope(x: Ref, name: tuple[str, int]) -> Ref:
    """f' of a function that is only named"""
    return x.tape.emit("apply", x, param=(name[0], name[1] + 1))


class Slope(Struct, frozen=True):
    """dL/dx = g * dz/dx, element by element. `of` gives what the output changes by, per unit of the first input: dz/dx
    from z, the inputs (and param)."""

    of: Callable[..., Ref]

    def __call__(self, g: Ref, z: Ref, x: Ref, *rest: Any) -> Ref:
        """What is handed on."""
        return g * self.of(z, x, *rest)


PULLBACKS: Reading[tuple[Pullback | None, ...]] = Reading(
    "a pullback for each input",
    {
        "constant": (),
        "identity": (),
        "add": (lambda g, z, a, b: g, lambda g, z, a, b: g),
        "sub": (lambda g, z, a, b: g, lambda g, z, a, b: -g),
        "mul": (lambda g, z, a, b: g * b, lambda g, z, a, b: g * a),
        "div": (lambda g, z, a, b: g / b, lambda g, z, a, b: -(g * z / b)),
        "copy": (lambda g, z, x: g,),
        "neg": (lambda g, z, x: -g,),
        "scale": (lambda g, z, x, c: c * g,),
        "matmul": (lambda g, z, a, b: g @ b.T, lambda g, z, a, b: a.T @ g),
        "transpose": (lambda g, z, x: g.T,),
        "softmax": (lambda g, z, x: z * (g - across(g * z, x)),),
        "logloss": (lambda g, z, y, p: -(g * log_odds(p)), lambda g, z, y, p: g * ((p - y) / (p * (1 - p)))),
        "max": (lambda g, z, x: g * where_largest(x),),
        "min": (lambda g, z, x: g * where_smallest(x),),
        "larger": (lambda g, z, a, b: g * is_above(a, b), lambda g, z, a, b: g * is_above(b, a)),
        "smaller": (lambda g, z, a, b: g * is_above(b, a), lambda g, z, a, b: g * is_above(a, b)),
        "sort": (lambda g, z, x: put_back(g, x),),
        "sorted_by": (lambda g, z, h, x: put_back(g, x), None),
        "unsorted": (lambda g, z, h, x: g.tape.emit("sorted_by", g, x), None),
        "pick": (lambda g, z, x, place: g.tape.emit("place", g, param=(place, x.shape)),),
        "place": (lambda g, z, x, param: g.tape.emit("pick", g, param=param[0]),),
        "sum_to": (lambda g, z, x, shape: repeat(g, x),),
        "repeat_to": (lambda g, z, x, shape: g.tape.emit("sum_to", g, param=x.shape),),
        # Constant wherever they have a derivative.
        "step": (None,),
        "where_max": (None,),
        "where_min": (None,),
        "argmax": (None,),
        "sign": (None,),
        "floor": (None,),
        "ceil": (None,),
        "round": (None,),
        "greater": (None, None),
        "at_least": (None, None),
        "matches": (None, None),
        "square": (Slope(lambda z, x: 2 * x),),
        "power": (Slope(lambda z, x, n: power_slope(x, n)),),
        "exp": (Slope(lambda z, x: z),),
        "ln": (Slope(lambda z, x: 1 / x),),
        "sqrt": (Slope(lambda z, x: 1 / (2 * z)),),
        "sigmoid": (Slope(lambda z, x: sigmoid_slope(z)),),
        "tanh": (Slope(lambda z, x: tanh_slope(z)),),
        "relu": (Slope(lambda z, x: where_positive(x)),),
        "abs": (Slope(lambda z, x: sign_of(x)),),
        "leaky_relu": (
            Slope(lambda z, x, alpha: leaky_slope(x, alpha)),
            lambda g, z, x, alpha: g * (x * left_of_kink(x)),
        ),
        "elu": (Slope(elu_slope), lambda g, z, x, alpha: g * ((z / alpha) * left_of_kink(x))),
        "softplus": (Slope(lambda z, x: x.tape.emit("sigmoid", x)),),
        "apply": (Slope(lambda z, x, name: named_slope(x, name)),),
    },
)


def slope(z: Ref) -> Ref:
    """dz/dx of an elementwise step z = f(x), an array of its shape. Raises KeygenError for any other step."""
    step = z.tape.by_name.get(z.name)
    first = PULLBACKS[step.primitive][:1] if step is not None else ()
    if step is None or not first or not isinstance(first[0], Slope):
        raise KeygenError(f"{z.name!r} is not an elementwise function", repair="use `backprop`")
    z.tape.law = step.primitive
    inputs = (Ref(z.tape, name) for name in step.inputs)
    found = first[0].of(z, *inputs, *(() if step.param is None else (step.param,)))
    z.tape.law = ""
    return found


def row_jacobian(z: Ref) -> Ref:
    """d(row of z)/d(row of x) of a linear layer z = x @ W: rows are outputs, columns inputs, the same for every row."""
    step = z.tape.by_name.get(z.name)
    pullback = PULLBACKS[step.primitive][0] if step is not None and step.primitive == "matmul" else None
    if step is None or pullback is None:
        raise KeygenError(f"{z.name!r} is not a linear layer", expected="a step x @ W")
    z.tape.law = "matmul"
    found = pullback(z.tape.emit("identity", param=z.shape[1]), z, *(Ref(z.tape, name) for name in step.inputs))
    z.tape.law = ""
    return found


def backprop(
    recorder: Recorder,
    of: str,
    by: Iterable[str],
    *,
    incoming: str | None = None,
    names: Mapping[str, str] | None = None,
) -> dict[str, Ref]:
    """Append the backward pass from the number `of` to each of `by`; returns the gradients, shaped as their variables.

    The gradient by a named variable v on the way is named `d<of>_d<v>`, or `names[v]`. `incoming` names a variable of
    `of`'s shape that holds the gradient arriving there (a single layer's backward pass); without it `of` must be a
    number and 1 arrives. Raises KeygenError for an unknown name, a non-number `of`, an incoming gradient of another
    shape, or a variable that `of` does not depend on.
    """
    tape = recorder._tape
    by = tuple(by)
    for name in (of, *by):
        if name not in tape.shapes:
            raise KeygenError(f"backprop: unbound variable {name!r}", repair=nearest(name, tape.shapes))
    if incoming is None and tape.shapes[of] != ():
        raise KeygenError(
            f"backprop starts from a number, and {of!r} has shape {tape.shapes[of]}",
            repair="start from the loss, or pass the gradient that arrives as `incoming`",
        )
    if incoming is not None and recorder[incoming].shape != tape.shapes[of]:
        raise KeygenError(
            f"the incoming gradient {incoming!r} does not have the shape of {of!r}",
            expected=str(tape.shapes[of]),
            found=str(recorder[incoming].shape),
        )
    seed = tape.constant(1) if incoming is None else recorder[incoming]
    return Backward(tape, of, by, names or {}).run(seed, incoming or "")


class Backward:
    """One backward pass over a tape: contributions to each variable, added up once its users are all behind."""

    def __init__(self, tape: Tape, of: str, by: tuple[str, ...], names: Mapping[str, str]) -> None:
        self.tape, self.of, self.by, self.names = tape, of, by, names
        self.steps = list(tape.steps)
        self.forward = frozenset([step.target.name for step in self.steps])
        self.live = self.between()
        self.arriving: dict[str, list[tuple[Ref, str]]] = {}
        self.gradients: dict[str, Ref] = {}

    def between(self) -> frozenset[str]:
        """The names that depend on one of `by` (those alone need a gradient)."""
        found = set(self.by)
        for step in self.steps:
            if not found.isdisjoint(step.inputs):
                found.add(step.target.name)
        return frozenset(found)

    def run(self, seed: Ref, incoming: str) -> dict[str, Ref]:
        """Walk the steps backwards from `of`; give each variable asked for its gradient."""
        self.arriving[self.of] = [(seed, "")]
        for step in reversed(self.steps):
            if step.target.name in self.arriving and step.target.name in self.live:
                self.pull(step.target.name)
        for name in self.by:
            if name not in self.gradients:
                self.settle(name)
        self.tape.law = ""
        asked = [name for name in self.by if name != self.of]  # dL/dL = 1 is no promise worth a check
        self.tape.gradients += [Gradient(self.of, name, self.gradients[name].name, incoming) for name in asked]
        passed = ((name, g) for name, g in self.gradients.items() if name != self.of)
        self.tape.adjoints += [Gradient(self.of, name, g.name, incoming) for name, g in passed]
        return {name: self.gradients[name] for name in self.by}

    def pull(self, name: str) -> None:
        """Settle the gradient at a step's output and hand it on to the inputs that need one."""
        g = self.settle(name)
        step = self.tape.by_name[name]
        inputs = [Ref(self.tape, source) for source in step.inputs]
        param = () if step.param is None else (step.param,)
        for source, pullback in zip(inputs, PULLBACKS[step.primitive], strict=True):
            if source.name in self.live and pullback is not None:
                self.tape.law = step.primitive
                handed = pullback(g, Ref(self.tape, name), *inputs, *param)
                if handed.shape != source.shape:
                    handed = self.tape.emit("sum_to", handed, param=source.shape)
                self.arriving.setdefault(source.name, []).append((handed, step.primitive))

    def settle(self, name: str) -> Ref:
        """The gradient by `name`: everything that arrived, added up (fan-out), and named if `name` is."""
        if name not in self.arriving:
            raise KeygenError(f"{self.of!r} does not depend on {name!r}, so there is no gradient to ask for")
        (first, law), *others = self.arriving[name]
        total = self.tape.current(first)
        self.tape.law = "fan_out" if others else law
        for other, _ in others:
            total = self.tape.current(total) + self.tape.current(other)
        if not is_link(name) and name != self.of:
            total = self.entitle(total, self.names.get(name, f"d{self.of}_d{name}"))
        self.gradients[name] = total
        return total

    def entitle(self, g: Ref, title: str) -> Ref:
        """g under the name `title`; what has a name already, or is a part of the forward pass, gets a second."""
        g = self.tape.current(g)
        step = self.tape.by_name.get(g.name)
        if is_link(g.name) and g.name not in self.forward:
            link = g
        elif step is not None and isinstance(step.param, Fraction) and step.primitive == "constant":
            link = self.tape.constant(step.param)
        else:
            link = self.tape.emit("copy", g)
        self.tape.rename(link.name, title)
        return Ref(self.tape, title)
