"""Random computations for hypothesis: what an author could have written, with numbers away from every kink.

    computation  ::=  input+ move+
    move         ::=  primitive[param](earlier*), named or not

Every node has its float64 value while the computation grows, so that a move is only made where it is smooth and
moderate: no ReLU near 0, no logarithm of a small number, no maximum that is nearly reached twice.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from itertools import product
from math import prod
from typing import Any

import numpy as np
from hypothesis import strategies as st

from keygen.engine.backprop import PULLBACKS
from keygen.engine.decisions import GAPS
from keygen.engine.domains import FLOAT
from keygen.engine.evaluate import RULES
from keygen.engine.primitives import PRIMITIVES, Param, Reading, Shape
from keygen.engine.record import Recorder
from keygen.engine.tape import Ref
from keygen.engine.trace import Trace, is_link

# A function that a trace only names, and its derivatives.
MEANINGS = {
    ("f", 0): lambda x: np.sin(1.3 * x) + 0.4 * x * x,
    ("f", 1): lambda x: 1.3 * np.cos(1.3 * x) + 0.8 * x,
    ("f", 2): lambda x: -1.69 * np.sin(1.3 * x) + 0.8,
    ("f", 3): lambda x: -2.197 * np.cos(1.3 * x),
}

PROFILES: dict[str, tuple[Shape, ...]] = {
    "numbers": ((),),
    "lists": ((), (2,), (3,)),
    "rows": ((1, 2), (1, 3), (2, 3), (3, 2), ()),
    "batches": ((2, 2), (3, 2), (2, 3), (1, 2), (3, 1), ()),
}
EVERYTHING: tuple[Shape, ...] = ((), (2,), (3,), (1, 2), (2, 2), (2, 3), (3, 1))

LIMIT = 5.0  # magnitude of any value
GAP = 0.05  # distance from a kink
FLAT = frozenset(name for name, record in PRIMITIVES.items() if record.flat)
"""No gradient flows through these."""


@dataclass(frozen=True)
class Move:
    """One step to take: `sources` are places of earlier nodes, inputs first."""

    primitive: str
    sources: tuple[int, ...]
    param: Param = None
    named: bool = False


@dataclass(frozen=True)
class Computation:
    """Inputs with their values, the moves, and which inputs and moves the loss L has a gradient by."""

    values: Mapping[str, Any]
    moves: tuple[Move, ...]

    def record(self) -> Recorder:
        """The computation on a fresh tape; its loss is L."""
        t = Recorder({name: np.shape(value) for name, value in self.values.items()})
        nodes: list[Ref] = [t[name] for name in self.values]
        for place, move in enumerate(self.moves):
            node = t._tape.emit(move.primitive, *(nodes[source] for source in move.sources), param=move.param)
            if move.named and is_link(t._tape.current(node).name):
                t[f"v{place}"] = node
            nodes.append(node)
        t.L = nodes[-1] if is_link(t._tape.current(nodes[-1]).name) else t._tape.emit("copy", nodes[-1])
        return t

    def reached(self) -> tuple[str, ...]:
        """The named variables that L has a gradient by."""
        return smooth_sources(self.record().trace(), "L")


def smooth_sources(trace: Trace, of: str) -> tuple[str, ...]:
    """The named variables that a smooth path leads from to `of`."""
    smooth = {of}
    for step in reversed(trace.steps):
        if step.target.name in smooth:
            flowing = zip(step.inputs, PULLBACKS[step.primitive], strict=True)
            smooth.update(name for name, pullback in flowing if pullback is not None)
    return tuple(name for name in trace.named if name in smooth and name != of)


def far_from_another_choice(primitive: str) -> Callable[..., bool]:
    """Whether what goes into a primitive that chooses by values is well away from where it would choose otherwise."""
    return lambda *inputs: bool(np.min(GAPS[primitive](FLOAT, *inputs)) > GAP)


GUARDS: Reading[Callable[..., Any]] = Reading(
    "where it is smooth and moderate",
    {
        "div": lambda a, b: np.min(np.abs(b)) > 0.4,
        "exp": lambda x: np.max(x) < 1.5,
        "ln": lambda x: np.min(x) > 0.3,
        "sqrt": lambda x: np.min(x) > 0.3,
        "power": lambda x: np.min(np.abs(x)) > 0.4,
        "logloss": lambda y, p: np.min(p) > GAP and np.max(p) < 1 - GAP,
        **{name: far_from_another_choice(name) for name, record in PRIMITIVES.items() if record.decides},
        "elu": lambda x, alpha: np.min(np.abs(x)) > GAP and abs(alpha) > 0.4,
    },
    takes=lambda primitive: primitive.arity,
    needs=lambda primitive: primitive.decides,
)

RARE = (  # what fits seldom is tried more often
    "matmul", "matmul", "mul", "ln", "logloss", "elu", "leaky_relu", "place", "step", "softmax", "sort",
)  # fmt: skip
COEFFICIENTS = [Fraction(c) for c in ("-2", "-1", "-1/3", "0", "1/2", "1", "3")]


def params(primitive: str, shapes: tuple[Shape, ...], sizes: tuple[Shape, ...]) -> list[Param]:
    """The parameters that may go with a primitive on inputs of these shapes."""
    match primitive:
        case "constant":
            return list(COEFFICIENTS)
        case "scale":
            return list(COEFFICIENTS)
        case "identity":
            return [2, 3]
        case "power":
            return [-2, -1, 1, 2, 3, 4]
        case "apply":
            return [("f", 0), ("f", 1)]
        case "pick":
            return list(np.ndindex(*shapes[0])) if shapes[0] else []
        case "place":
            return [(place, size) for size in sizes if size for place in np.ndindex(*size)]
        case "sum_to" | "repeat_to":
            return [*sizes, (1,), (1, 1), (2, 1)]
    return [None]


def fits(primitive: str, shapes: tuple[Shape, ...], param: Param) -> bool:
    """Whether the shape rule of the primitive takes these shapes, and the result is small."""
    record = PRIMITIVES[primitive]
    shape = record.shape(*shapes, param) if record.parametric else record.shape(*shapes)
    return shape is not None and prod(shape) <= 9


@st.composite
def computations(
    draw: st.DrawFn,
    sizes: tuple[Shape, ...] = EVERYTHING,
    longest: int = 9,
    among: frozenset[str] = frozenset(PRIMITIVES),
) -> Computation:
    """A random computation over inputs of some of these shapes, by some of the primitives."""
    numbers = random.Random(draw(st.integers(0, 2**20)))
    shapes = draw(st.lists(st.sampled_from(sizes), min_size=1, max_size=3))
    values = {f"x{place}": dyadic(shape, numbers, positive=place == 1) for place, shape in enumerate(shapes)}
    nodes: list[Any] = list(values.values())
    moves: list[Move] = []

    def take(move: Move) -> None:
        moves.append(move)
        nodes.append(value_of(move, nodes))

    primitives = [primitive for primitive in (*PRIMITIVES, *RARE) if primitive in among]
    for primitive in draw(st.lists(st.sampled_from(primitives), min_size=2, max_size=longest)):
        possible = options(primitive, nodes, sizes)
        if possible:
            sources, param = draw(st.sampled_from(possible))
            move = Move(primitive, sources, param, draw(st.booleans()))
            if np.max(np.abs(value_of(move, nodes))) < LIMIT:
                take(move)
    used = {source for move in moves for source in move.sources}
    total = None
    for sink in [place for place in range(len(nodes)) if place not in used]:
        take(Move("sum_to", (sink,), ()) if np.shape(nodes[sink]) else Move("copy", (sink,)))
        take(Move("scale", (len(nodes) - 1,), draw(st.sampled_from(COEFFICIENTS[:3]))))
        if total is not None:
            take(Move("add", (total, len(nodes) - 1)))
        total = len(nodes) - 1
    return Computation(values, tuple(moves))


def options(primitive: str, nodes: list[Any], sizes: tuple[Shape, ...]) -> list[tuple[tuple[int, ...], Param]]:
    """Every way to apply a primitive to the nodes so far, smoothly."""
    arity = PRIMITIVES[primitive].arity
    guard = GUARDS.get(primitive, lambda *inputs: True)
    found = []
    for sources in product(range(len(nodes)), repeat=arity):
        shapes = tuple(np.shape(nodes[source]) for source in sources)
        fitting = [param for param in params(primitive, shapes, sizes) if fits(primitive, shapes, param)]
        if fitting and guard(*(nodes[source] for source in sources)):
            found += [(sources, param) for param in fitting]
    return found


def value_of(move: Move, nodes: list[Any]) -> Any:
    """The move's float64 value."""
    inputs = [nodes[source] for source in move.sources]
    if move.primitive == "apply":
        return MEANINGS[move.param](inputs[0])
    if move.param is None:
        return RULES[move.primitive](FLOAT, *inputs)
    param = float(move.param) if isinstance(move.param, Fraction) else move.param
    return RULES[move.primitive](FLOAT, *inputs, param)


def dyadic(shape: Shape, numbers: random.Random, *, positive: bool) -> Any:
    """Numbers of three binary places up to 2, none of them near 0: exact in every number kind."""
    drawn = [(1 if positive else numbers.choice((-1, 1))) * numbers.randint(1, 16) / 8 for _ in range(prod(shape))]
    return np.array(drawn).reshape(shape) if shape else drawn[0]
