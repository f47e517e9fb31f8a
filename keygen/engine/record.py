"""Recording: the author's ordinary-looking code, run once on names, leaves a trace.

recorder = Recorder({"x": (1, 2), "W": (2, 3)})
recorder.H = recorder.x @ recorder.W
recorder.O = relu(recorder.H)
trace = recorder.trace()
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import partial
from keyword import iskeyword
from typing import Any

from keygen.engine.fold import folded
from keygen.engine.ops import Param, Shape
from keygen.engine.trace import Gradient, Step, Trace, Variable, check, is_link, needed, shape_of
from keygen.errors import KeygenError, nearest


class Tape:
    """The growing trace behind a recorder: appends checked steps and names them."""

    def __init__(self, inputs: Iterable[Variable]) -> None:
        self.inputs = list(inputs)
        self.steps: list[Step] = []
        self.gradients: list[Gradient] = []
        self.also: list[tuple[str, str]] = []
        self.shapes: dict[str, Shape] = {variable.name: variable.shape for variable in self.inputs}
        self.by_name: dict[str, Step] = {}
        self.law = ""
        self.renamed: dict[str, str] = {}

    def emit(self, primitive: str, *inputs: Ref, param: Param = None) -> Ref:
        """A link bound to `primitive[param](*inputs)`, after the folds a person would do in passing (x * 1 = x)."""
        renamed = self.renamed
        inputs = tuple([
            ref if ref.tape is self and ref.name not in renamed else self.current(ref) for ref in inputs
        ])  # fmt: skip
        simpler = folded(self, primitive, inputs, param)
        if simpler is not None:
            return simpler
        name = f"_{len(self.steps) + 1}"
        names = tuple([ref.name for ref in inputs])
        shapes = tuple([self.shapes[n] for n in names])
        shape = shape_of(partial(spelt, primitive, names), primitive, shapes, param)
        return self.append(Step(Variable(name, shape), primitive, names, param, self.law))

    def append(self, step: Step) -> Ref:
        """Take a finished step."""
        self.steps.append(step)
        self.by_name[step.target.name] = step
        self.shapes[step.target.name] = step.target.shape
        return Ref(self, step.target.name)

    def current(self, ref: Ref) -> Ref:
        """A reference under the name that its variable has by now. Raises KeygenError for one of another tape."""
        if ref.tape is not self:
            raise KeygenError(f"{ref.name!r} belongs to another computation", repair="use the names of this one")
        name = self.renamed.get(ref.name)
        return ref if name is None else Ref(self, name)

    def constant(self, value: int | Fraction) -> Ref:
        """A literal number as a link."""
        return self.emit("constant", param=value if type(value) is Fraction else Fraction(value))

    def rename(self, old: str, new: str) -> None:
        """Give a link the name `new`, wherever it is used so far."""
        if new in self.shapes:
            raise KeygenError(f"variable {new!r} is bound twice", repair="give the second one a new name")
        if not is_link(old):
            raise KeygenError(f"{new!r} would only be another name for {old!r}", repair=f"use {old!r} itself")
        place = len(self.steps) - 1  # uses come after the definition, which is rarely far back
        while self.steps[place].target.name != old:
            target, primitive, inputs, param, law = self.steps[place]
            if old in inputs:
                inputs = tuple([new if name == old else name for name in inputs])
                self.steps[place] = self.by_name[target.name] = Step(target, primitive, inputs, param, law)
            place -= 1
        step = self.steps[place]
        self.steps[place] = self.by_name[new] = step._replace(target=Variable(new, step.target.shape))
        del self.by_name[old]
        self.renamed[old] = new
        self.shapes[new] = self.shapes.pop(old)
        if self.also:
            self.also = [(name, new if link == old else link) for name, link in self.also]

    def trace(self) -> Trace:
        """The well-formed trace, without the links that no name needs."""
        named = [name for name in self.shapes if not is_link(name)]
        kept = needed([*named, *(link for _, link in self.also)], self.by_name)
        steps = tuple([step for step in self.steps if step.target.name in kept])
        return check(Trace(tuple(self.inputs), steps, tuple(self.gradients), tuple(self.also)))


def spelt(primitive: str, names: tuple[str, ...]) -> str:
    """A step that is not taken yet, in words of an error."""
    return f"{primitive}({', '.join(names)})"


@dataclass(slots=True, eq=False)
class Ref:
    """A name on a tape, with the operators of mathematics."""

    tape: Tape
    name: str

    @property
    def shape(self) -> Shape:
        """The shape of the variable behind the name."""
        tape = self.tape
        return tape.shapes[tape.renamed.get(self.name, self.name)]

    @property
    def T(self) -> Ref:
        """The transpose."""
        return self.tape.emit("transpose", self)

    def __add__(self, other: Operand) -> Ref:
        return self.tape.emit("add", self, lift(self.tape, other))

    def __radd__(self, other: Operand) -> Ref:
        return self.tape.emit("add", lift(self.tape, other), self)

    def __sub__(self, other: Operand) -> Ref:
        return self.tape.emit("sub", self, lift(self.tape, other))

    def __rsub__(self, other: Operand) -> Ref:
        return self.tape.emit("sub", lift(self.tape, other), self)

    def __mul__(self, other: Operand) -> Ref:
        return self.tape.emit("mul", self, lift(self.tape, other))

    def __rmul__(self, other: Operand) -> Ref:
        return self.tape.emit("mul", lift(self.tape, other), self)

    def __truediv__(self, other: Operand) -> Ref:
        return self.tape.emit("div", self, lift(self.tape, other))

    def __rtruediv__(self, other: Operand) -> Ref:
        return self.tape.emit("div", lift(self.tape, other), self)

    def __pow__(self, exponent: int) -> Ref:
        if not isinstance(exponent, int) or isinstance(exponent, bool):
            raise KeygenError(
                f"{exponent!r} cannot be an exponent",
                expected="a whole number",
                found=type(exponent).__name__,
                repair="write sqrt, exp and ln for other powers",
            )
        return self.tape.emit("square", self) if exponent == 2 else self.tape.emit("power", self, param=exponent)

    def __matmul__(self, other: Operand) -> Ref:
        return self.tape.emit("matmul", self, lift(self.tape, other))

    def __getitem__(self, place: int | tuple[int, ...]) -> Ref:
        return self.tape.emit("pick", self, param=place if isinstance(place, tuple) else (place,))

    def __neg__(self) -> Ref:
        return self.tape.emit("neg", self)

    def __bool__(self) -> bool:
        raise KeygenError(
            f"{self.name!r} has no value yet: it is a name on a trace",
            repair="branch on a choice of `given` instead (t.choices), which is known before the trace is",
        )

    def compared(self, other: object) -> bool:
        """No comparison has an answer yet."""
        return bool(self)

    __eq__ = __ne__ = __lt__ = __le__ = __gt__ = __ge__ = compared


Operand = Ref | int | Fraction


def lift(tape: Tape, operand: Operand) -> Ref:
    """A number becomes a constant of the tape; a float is refused, because it would not be exact."""
    if isinstance(operand, Ref):
        return operand
    if isinstance(operand, int | Fraction) and not isinstance(operand, bool):
        return tape.constant(operand)
    raise KeygenError(
        f"{operand!r} cannot stand in a computation",
        expected="a variable of the trace, an int or a Fraction",
        found=type(operand).__name__,
        repair='write Fraction("0.1") or put the number into `given`',
    )


RESERVED = frozenset({"choices", "depends", "also", "trace"})


def nameable(name: str) -> str:
    """The name itself if a variable may have it; names that begin with an underscore are the tape's own."""
    if is_link(name) or name in RESERVED or not name.isidentifier() or iskeyword(name):
        raise KeygenError(
            f"a variable cannot be named {name!r}",
            expected="a Python identifier that does not begin with an underscore and is none of "
            + ", ".join(sorted(RESERVED)),
            repair="give it another name",
        )
    return name


class Recorder:
    """What an author's `computation(t)` receives: read a name with `t.X`, bind one with `t.H = ...`.

    Raises KeygenError for a name that is not bound, bound twice, or bound to something that is not on the tape.
    """

    _tape: Tape
    choices: Mapping[str, Any]

    def __init__(self, inputs: Mapping[str, Shape], choices: Mapping[str, Any] | None = None) -> None:
        tape = Tape(Variable(nameable(name), shape) for name, shape in inputs.items())
        object.__setattr__(self, "_tape", tape)
        object.__setattr__(self, "choices", dict(choices or {}))

    def __getattr__(self, name: str) -> Ref:
        return self[name]

    def __setattr__(self, name: str, value: Operand) -> None:
        self[name] = value

    def __getitem__(self, name: str) -> Ref:
        if name not in self._tape.shapes:
            raise KeygenError(f"unbound variable {name!r}", repair=nearest(name, self._tape.shapes))
        return Ref(self._tape, name)

    def __setitem__(self, name: str, value: Operand) -> None:
        self._tape.rename(self._tape.current(lift(self._tape, value)).name, nameable(name))

    def __contains__(self, name: str) -> bool:
        return name in self._tape.shapes

    def depends(self, of: str, on: str) -> bool:
        """Whether the variable `of` is computed from the variable `on`."""
        return self[on].name in needed([self[of].name], self._tape.by_name) - {of}

    def also(self, name: str, other: Ref) -> None:
        """Say that `name` can be written as `other` too: one more link on its line, checked like the rest."""
        self._tape.also.append((self[name].name, self._tape.current(lift(self._tape, other)).name))

    def trace(self) -> Trace:
        """The finished, checked trace."""
        return self._tape.trace()
