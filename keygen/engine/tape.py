"""The growing trace behind a recorder, and the names on it with the operators of mathematics."""

from __future__ import annotations

from collections.abc import Callable, Container, Iterable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from math import isfinite
from operator import index
from typing import Any

from keygen.engine.primitives import Param, Shape
from keygen.engine.trace import Gradient, Step, Trace, Variable, check, derived_shape, is_link, needed, shape_error
from keygen.errors import KeygenError


class Tape:
    """The growing trace: appends checked steps and names them.

    `simplify` is asked of each step before it is taken: what it is equal to where a person would write that instead.
    """

    def __init__(self, inputs: Iterable[Variable], fold: Fold) -> None:
        self.inputs, self.fold = list(inputs), fold
        self.steps: list[Step] = []
        self.gradients: list[Gradient] = []
        self.adjoints: list[Gradient] = []
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
        simpler = self.fold(self, primitive, inputs, param)
        if simpler is not None:
            return simpler
        name = f"_{len(self.steps) + 1}"
        names = tuple([ref.name for ref in inputs])
        shapes = tuple([self.shapes[n] for n in names])
        shape = derived_shape(primitive, shapes, param)
        if shape is None:
            raise shape_error(f"{primitive}({', '.join(names)})", primitive, shapes, param)
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
        target, primitive, inputs, param, law = self.steps[place]
        self.steps[place] = self.by_name[new] = Step(Variable(new, target.shape), primitive, inputs, param, law)
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
        adjoints = tuple(self.kept_adjoints(kept.union([variable.name for variable in self.inputs])))
        return check(Trace(tuple(self.inputs), steps, tuple(self.gradients), tuple(self.also), adjoints))

    def kept_adjoints(self, kept: Container[str]) -> Iterator[Gradient]:
        """The gradients by all that a backward pass went through, under the names of now, as far as they are kept."""
        renamed = self.renamed
        for of, by, target, incoming in self.adjoints:
            by, target = renamed.get(by, by), renamed.get(target, target)
            if by in kept and target in kept:
                yield Gradient(of, by, target, incoming)


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
                "an exponent is a whole number",
                found=exponent.name if isinstance(exponent, Ref) else repr(exponent)[:40],
                repair="write sqrt, exp and ln for other powers",
            )
        return self.tape.emit("square", self) if exponent == 2 else self.tape.emit("power", self, param=exponent)

    def __matmul__(self, other: Operand) -> Ref:
        return self.tape.emit("matmul", self, lift(self.tape, other))

    def __getitem__(self, place: int | tuple[int, ...]) -> Ref:
        places = place if isinstance(place, tuple) else (place,)
        if any(isinstance(at, bool | Ref) or not hasattr(at, "__index__") for at in places):
            raise KeygenError(
                f"{titled(self)} has no part {shown_place(places)}",
                expected="whole numbers, counted from 0: one of a list, two of a matrix",
                found=", ".join(type(at).__name__ for at in places),
                repair="take the entries one by one, or a row of a matrix: row(t.X, 0)",
            )
        return self.tape.emit("pick", self, param=tuple([index(at) for at in places]))

    def __neg__(self) -> Ref:
        return self.tape.emit("neg", self)

    def __bool__(self) -> bool:
        raise KeygenError(
            f"{titled(self)} has no value yet: it is a name on a trace",
            repair="branch on a choice of `given` (t.choices), which is known before the trace is; what numbers decide "
            "is a step of its own: maximum, minimum, absolute, step, greater, at_least from keygen.author",
        )

    def __array_ufunc__(self, ufunc: Any, method: str, *inputs: Any, **options: Any) -> Any:
        raise by_numpy(self, ufunc.__name__, inputs)

    def __array_function__(self, function: Any, types: Any, args: Any, options: Any) -> Any:
        raise by_numpy(self, function.__name__, args)

    def __array__(self, *options: Any, **more: Any) -> Any:
        raise by_numpy(self, "array", ())

    def compared(self, other: object) -> bool:
        """No comparison has an answer yet."""
        return bool(self)

    def __float__(self) -> float:
        raise no_value(self, "float() or a function of Python's math", PLAIN)

    def __int__(self) -> int:
        raise no_value(self, "int()", PLAIN)

    def __index__(self) -> int:
        raise no_value(
            self, "a place, range() or a function of whole numbers", "count by a choice of `given`: t.choices"
        )

    def __complex__(self) -> complex:
        raise no_value(self, "complex()", PLAIN)

    def __round__(self, digits: int | None = None) -> int:
        raise no_value(
            self,
            "round()",
            "write round_(t.x), half away from zero; digits are dropped on the page, and nowhere before",
        )

    def __trunc__(self) -> int:
        raise no_value(self, "trunc()", PLAIN)

    def __floor__(self) -> Ref:
        return self.tape.emit("floor", self)

    def __ceil__(self) -> Ref:
        return self.tape.emit("ceil", self)

    def __abs__(self) -> Ref:
        return self.tape.emit("abs", self)

    def __rpow__(self, base: object) -> Ref:
        raise no_value(self, "an exponent", "write exp(t.x * t.c) with the base's logarithm t.c")

    def without_whole_parts(self, other: object) -> Ref:
        """Neither a quotient's whole part nor its remainder is an operation of a trace."""
        raise no_value(self, "// or %", "divide by /; the whole part is floor(t.x / t.y)")

    __floordiv__ = __rfloordiv__ = __mod__ = __rmod__ = without_whole_parts

    def __len__(self) -> int:
        raise no_value(self, "len()", "its lengths are known: t.x.shape, or t.choices by the names of `axes`")

    def __iter__(self) -> Iterator[Ref]:
        raise no_value(
            self, "a loop, an unpacking, sum() or max()",
            "write total(t.x), mean(t.x) or maximum(t.x), or take entries by their places: t.x[0]",
        )  # fmt: skip

    __eq__ = __ne__ = __lt__ = __le__ = __gt__ = __ge__ = compared


Operand = Ref | int | Fraction
Fold = Callable[[Tape, str, tuple[Ref, ...], Param], Ref | None]


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
        repair=exact_spelling(operand),
    )


def exact_spelling(operand: Any) -> str:
    """How to write a number so that it is exact."""
    if isinstance(operand, float) and isfinite(operand):
        return (
            f'from fractions import Fraction, and write Fraction("{float(operand)!r}"); or put the number into `given`'
        )
    return "put the number into `given`, or write an int or a Fraction"


PLAIN = "use the functions of keygen.author: exp, ln, sqrt, sigmoid, tanh ...; plain numbers belong into `given`"
INSTEAD = {
    **dict.fromkeys(("dot", "matmul", "inner", "vdot", "tensordot", "einsum"), "use @: t.x @ t.w"),
    **dict.fromkeys(("exp", "sqrt", "square", "tanh", "mean"), "use {} from keygen.author"),
    **dict.fromkeys(("log", "log1p"), "use ln from keygen.author"),
    **dict.fromkeys(("sum", "add.reduce"), "use total from keygen.author"),
    **dict.fromkeys(
        ("max", "amax", "maximum"),
        "use maximum from keygen.author: maximum(t.x) for the largest entry, maximum(t.x, t.y) for the larger",
    ),
    **dict.fromkeys(("abs", "fabs"), "use absolute from keygen.author"),
    **dict.fromkeys(("absolute", "floor", "ceil", "clip", "sign", "sort", "argmax"), "use {} from keygen.author"),
    **dict.fromkeys(("min", "amin", "minimum"), "use minimum from keygen.author"),
    **dict.fromkeys(("round", "rint", "around"), "use round_ from keygen.author"),
    **dict.fromkeys(("greater", "less"), "use greater from keygen.author"),
    **dict.fromkeys(("greater_equal", "less_equal"), "use at_least from keygen.author"),
    **dict.fromkeys(("transpose", "swapaxes"), "use .T"),
    **dict.fromkeys(("power", "float_power"), "use **"),
    **dict.fromkeys(("where", "heaviside"), "use step, greater or at_least, or a choice of `given` (t.choices)"),
}
"""What an author writes where NumPy's function has no name on a trace to work with."""


def titled(ref: Ref) -> str:
    """A variable in a message: what the author calls it, if they do."""
    name = ref.tape.renamed.get(ref.name, ref.name)
    return "a part of the computation" if is_link(name) else repr(name)


def shown_place(places: tuple[Any, ...]) -> str:
    """What stood between square brackets, as far as it is short."""

    def one(place: Any) -> str:
        if isinstance(place, slice):
            ends = ("" if end is None else str(end) for end in (place.start, place.stop))
            return ":".join(ends)
        return titled(place) if isinstance(place, Ref) else repr(place)[:40]

    return f"[{', '.join(map(one, places))}]"


def no_value(ref: Ref, taker: str, repair: str) -> KeygenError:
    """Python asks a name on a trace for a number."""
    return KeygenError(
        f"{titled(ref)} has no value yet: it is a name on a trace, which {taker} cannot take", repair=repair
    )


def by_numpy(ref: Ref, function: str, inputs: Iterable[Any]) -> KeygenError:
    """NumPy is asked to compute with a name on a trace."""
    arrays = [item for item in inputs if not isinstance(item, Ref) and hasattr(item, "dtype")]
    if arrays:
        return KeygenError(
            f"NumPy's numbers cannot stand in a computation beside {titled(ref)}",
            found=f"{function} of {type(arrays[0]).__name__}",
            expected="variables of the trace, ints and Fractions",
            repair="put the numbers into `given`, or write them as ints and Fractions",
        )
    return KeygenError(
        f"NumPy's {function} cannot take {titled(ref)}: it is a name on a trace and has no value yet",
        repair=INSTEAD.get(function, "use the operators and the functions of keygen.author").format(function),
    )
