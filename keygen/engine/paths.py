"""The computation graph of a trace: named variables as vertices, the paths through it, and the work it takes."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from math import prod

from keygen.engine.trace import Trace, is_link


def parents(trace: Trace, name: str) -> tuple[str, ...]:
    """The named variables that a variable is computed from directly, each once, in order of use."""

    def make() -> tuple[str, ...]:
        step = trace.defining.get(name)
        found: list[str] = []
        for source in step.inputs if step else ():
            found += parents(trace, source) if is_link(source) else [source]
        return tuple(dict.fromkeys(found))

    return trace.kept(("parents", name), make)


def edges(trace: Trace, vertices: tuple[str, ...]) -> list[tuple[str, str]]:
    """(source, target) for each pair of vertices where the target is computed from the source directly."""
    return [(source, target) for target in vertices for source in parents(trace, target) if source in vertices]


def paths(trace: Trace, source: str, target: str) -> tuple[tuple[str, ...], ...]:
    """Every path from `target` back to `source`, as the vertices it goes through, beginning with `target`."""

    def make() -> tuple[tuple[str, ...], ...]:
        if source == target:
            return ((target,),)
        return tuple((target, *rest) for parent in parents(trace, target) for rest in paths(trace, source, parent))

    return trace.kept(("paths", source, target), make)


# How many products of two numbers a step takes, from the shapes of its inputs; steps that are not here take none.
PRODUCTS: Mapping[str, Callable[..., int]] = {
    "mul": lambda a, b: max(prod(a), prod(b)),
    "scale": prod,
    "square": prod,
    "matmul": lambda a, b: prod(a) * b[1],
}


def multiplications(trace: Trace, names: Iterable[str]) -> int:
    """How many products of two numbers it takes to compute `names` from the inputs, each step taken once."""
    names = tuple(names)

    def make() -> int:
        needed = trace.needs(names)
        steps = (step for step in trace.steps if step.target.name in needed and step.primitive in PRODUCTS)
        return sum(PRODUCTS[step.primitive](*[trace.shapes[name] for name in step.inputs]) for step in steps)

    return trace.kept(("multiplications", names), make)
