"""The computation graph of a trace: named variables as vertices, and the paths through it."""

from __future__ import annotations

from keygen.engine.trace import Trace, is_link


def parents(trace: Trace, name: str) -> tuple[str, ...]:
    """The named variables that a variable is computed from directly, each once, in order of use."""

    def make() -> tuple[str, ...]:
        step = trace.defining.get(name)
        found: list[str] = []
        for source in step.inputs if step else ():
            found += parents(trace, source) if is_link(source) else [source]
        return tuple(dict.fromkeys(found))

    return trace.memo(("parents", name), make)


def edges(trace: Trace, vertices: tuple[str, ...]) -> list[tuple[str, str]]:
    """(source, target) for each pair of vertices where the target is computed from the source directly."""
    return [(source, target) for target in vertices for source in parents(trace, target) if source in vertices]


def paths(trace: Trace, source: str, target: str) -> tuple[tuple[str, ...], ...]:
    """Every path from `target` back to `source`, as the vertices it goes through, beginning with `target`."""

    def make() -> tuple[tuple[str, ...], ...]:
        if source == target:
            return ((target,),)
        return tuple((target, *rest) for parent in parents(trace, target) for rest in paths(trace, source, parent))

    return trace.memo(("paths", source, target), make)
