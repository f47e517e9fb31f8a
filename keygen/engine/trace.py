"""A trace: a computation as data, recorded once and read many times.

    trace     ::=  input* step*
    input     ::=  name : shape
    step      ::=  name : shape  =  primitive[param](name*)

Every name is bound once, before it is used, and every shape follows from its step's primitive. `check` holds a trace
to this grammar; whoever hands a trace out calls it first. A name that begins with an underscore is a link: nobody
named it, and on a page it is written out in place.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, NamedTuple, TypeVar

from keygen.engine.primitives import PRIMITIVES, Param, Shape
from keygen.errors import KeygenError, nearest

Made = TypeVar("Made")


class Variable(NamedTuple):
    """A name and its shape: () a number, (n,) a list of numbers, (rows, columns) a matrix."""

    name: str
    shape: Shape


class Step(NamedTuple):
    """`target = primitive[param](*inputs)`; `law` names the law of calculus that asked for it, if one did."""

    target: Variable
    primitive: str
    inputs: tuple[str, ...]
    param: Param = None
    law: str = ""

    def __str__(self) -> str:
        param = "" if self.param is None else f"[{self.param}]"
        return f"{self.target.name} = {self.primitive}{param}({', '.join(self.inputs)})"


class Gradient(NamedTuple):
    """A promise of the trace: variable `target` is the derivative of the number `of` by the variable `by`.

    With `incoming`, a variable of the shape of `of`, the derivative is that of the sum of incoming times `of`, in which
    `incoming` does not move.
    """

    of: str
    by: str
    target: str
    incoming: str = ""


@dataclass(frozen=True)
class Trace:
    """Inputs, steps in order, the gradients among them, and other ways to write a variable (`also`: name -> links).

    `adjoints` are the gradients by everything that a backward pass went through, links too.
    """

    inputs: tuple[Variable, ...]
    steps: tuple[Step, ...]
    gradients: tuple[Gradient, ...] = ()
    also: tuple[tuple[str, str], ...] = ()
    adjoints: tuple[Gradient, ...] = ()

    @cached_property
    def defining(self) -> Mapping[str, Step]:
        """The step that binds each name (inputs have none)."""
        return {step.target.name: step for step in self.steps}

    @cached_property
    def shapes(self) -> Mapping[str, Shape]:
        """The shape of every name, inputs first."""
        variables = [*self.inputs, *(step.target for step in self.steps)]
        return {variable.name: variable.shape for variable in variables}

    @cached_property
    def named(self) -> tuple[str, ...]:
        """The names that a person gave, in the order they were bound."""
        return tuple(name for name in self.shapes if not is_link(name))

    @cached_property
    def readings(self) -> dict[Hashable, Any]:
        """What was made of this trace so far, by what it is."""
        return {}

    def memo(self, key: Hashable, make: Callable[[], Made]) -> Made:
        """A reading that depends on the structure alone: made once, kept for the variants to come of this trace."""
        if key not in self.readings:
            self.readings[key] = make()
        made: Made = self.readings[key]
        return made

    def needs(self, names: Iterable[str], *, cut: Iterable[str] = ()) -> frozenset[str]:
        """Every name that `names` are computed from, themselves included, not looking behind the names in `cut`."""
        return needed(names, self.defining, frozenset(cut))

    def depending(self, names: Iterable[str]) -> frozenset[str]:
        """Every name computed from one of `names`, themselves included."""
        start = frozenset(names)

        def make() -> frozenset[str]:
            found = set(start)
            for step in self.steps:
                if not found.isdisjoint(step.inputs):
                    found.add(step.target.name)
            return frozenset(found)

        return self.memo(("depending", start), make)

    def pruned(self, keep: Iterable[str]) -> Trace:
        """This trace without the steps that none of `keep` is computed from; inputs all stay."""
        kept = self.needs(keep)
        return replace(self, steps=tuple(step for step in self.steps if step.target.name in kept))

    def cut_at(self, names: Iterable[str], outputs: Iterable[str]) -> Trace:
        """The part that leads to `outputs` when `names` are taken as given: they become inputs."""
        names, outputs = tuple(names), tuple(outputs)
        kept = self.needs(outputs, cut=names)
        given = [Variable(name, self.shapes[name]) for name in names]
        inputs = [variable for variable in self.inputs if variable.name in kept and variable.name not in names]
        steps = tuple(s for s in self.steps if s.target.name in kept and s.target.name not in names)
        return Trace((*given, *inputs), steps)

    def __str__(self) -> str:
        return "\n".join([*(f"{v.name}: {v.shape}" for v in self.inputs), *map(str, self.steps)])


def needed(names: Iterable[str], defining: Mapping[str, Step], cut: frozenset[str] = frozenset()) -> frozenset[str]:
    """Every name that `names` are computed from; `Trace.needs` says more."""
    found: set[str] = set()
    stack = list(names)
    while stack:
        name = stack.pop()
        if name not in found:
            found.add(name)
            step = defining.get(name)
            if step is not None and name not in cut:
                stack += step.inputs
    return frozenset(found)


def is_link(name: str) -> bool:
    """Whether nobody named this variable."""
    return name.startswith("_")


def derived_shape(primitive: str, shapes: tuple[Shape, ...], param: Param) -> Shape | None:
    """The shape that `primitive` gives for these input shapes; None where they do not fit (`shape_error` says why)."""
    record = PRIMITIVES.get(primitive)
    if record is None or len(shapes) != record.arity or (param is not None) is not record.parametric:
        return None
    return record.shape(*shapes) if param is None else record.shape(*shapes, param)


def shape_of(step: object, primitive: str, shapes: tuple[Shape, ...], param: Param) -> Shape:
    """The shape that `primitive` gives for these input shapes; a KeygenError names the step where they do not fit, and
    it is spelt for that alone."""
    shape = derived_shape(primitive, shapes, param)
    if shape is None:
        raise shape_error(str(step), primitive, shapes, param)
    return shape


def shape_error(step: str, primitive: str, shapes: tuple[Shape, ...], param: Param) -> KeygenError:
    """Why a step has no shape."""
    record = PRIMITIVES.get(primitive)
    if record is None:
        return KeygenError(f"unknown operation {primitive!r} in step {step!r}", repair=nearest(primitive, PRIMITIVES))
    if len(shapes) != record.arity:
        return KeygenError(
            f"operation {primitive!r} in step {step!r} has the wrong number of inputs",
            expected=str(record.arity),
            found=str(len(shapes)),
        )
    if (param is not None) is not record.parametric:
        return KeygenError(
            f"operation {primitive!r} in step {step!r} takes {'a' if record.parametric else 'no'} parameter",
            found="none" if param is None else str(param),
        )
    return KeygenError(
        f"the shapes do not fit in step {step!r}",
        expected=f"{primitive}: {record.shape.__doc__}",
        found=" and ".join(map(str, shapes)),
        repair="check the order of the factors, a missing .T, or the sizes in `given`",
    )


def check(trace: Trace) -> Trace:
    """The trace itself if it is well formed; a KeygenError that names the step, the operation and the shapes if not."""
    shapes: dict[str, Shape] = {}
    for variable in trace.inputs:
        if variable.name in shapes:
            raise bound_twice(variable.name, "an input")
        shapes[variable.name] = variable.shape
    for step in trace.steps:
        (name, shape), primitive, inputs, param, _ = step
        for source in inputs:
            if source not in shapes:
                raise KeygenError(f"unbound variable {source!r} in step {str(step)!r}", repair=nearest(source, shapes))
        derived = shape_of(step, primitive, tuple([shapes[source] for source in inputs]), param)
        if derived != shape:
            raise KeygenError(
                f"step {str(step)!r} claims a shape that its operation does not give",
                expected=str(derived),
                found=str(shape),
            )
        if name in shapes:
            raise bound_twice(name, f"step {str(step)!r}")
        shapes[name] = shape
    for gradient in trace.gradients:
        for name in filter(None, gradient):
            if name not in shapes:
                raise KeygenError(f"unbound variable {name!r} in a gradient", repair=nearest(name, shapes))
        if shapes[gradient.target] != shapes[gradient.by]:
            raise KeygenError(
                f"the gradient {gradient.target!r} does not have the shape of its variable {gradient.by!r}",
                expected=str(shapes[gradient.by]),
                found=str(shapes[gradient.target]),
            )
    return trace


def bound_twice(name: str, where: str) -> KeygenError:
    """A name is taken."""
    return KeygenError(f"variable {name!r} is bound twice: again by {where}", repair="give it a new name")
