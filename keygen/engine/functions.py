"""The named functions an author writes in a computation; losses are compositions of primitives."""

from __future__ import annotations

from fractions import Fraction
from math import prod

from keygen.engine.tape import Operand, Ref, Tape, lift
from keygen.errors import KeygenError


def tape_of(x: Ref, function: str) -> Tape:
    """The tape that a function's argument stands on. Raises KeygenError for a plain number."""
    if isinstance(x, Ref):
        return x.tape
    raise KeygenError(
        f"{function} takes a variable of the computation",
        found=f"{x!r}"[:80],
        repair=f"put the number into `given`, or give it a name first: t.c = ... and {function}(t.c)",
    )


def step(x: Ref) -> Ref:
    """[x > 0]: 1 where x is positive, 0 elsewhere, element by element."""
    return tape_of(x, "step").emit("step", x)


def relu(x: Ref) -> Ref:
    """max(0, x), element by element; its derivative at 0 is taken to be 0."""
    return tape_of(x, "relu").emit("relu", x)


def leaky_relu(x: Ref, alpha: Operand) -> Ref:
    """x where x > 0, alpha x elsewhere, element by element; alpha is a number of the trace."""
    return of_two("leaky_relu", x, alpha)


def elu(x: Ref, alpha: Operand) -> Ref:
    """x where x > 0, alpha (e^x - 1) elsewhere, element by element; alpha is a number of the trace."""
    return of_two("elu", x, alpha)


def softplus(x: Ref) -> Ref:
    """ln(1 + e^x), element by element."""
    return tape_of(x, "softplus").emit("softplus", x)


def sigmoid(x: Ref) -> Ref:
    """1 / (1 + e^-x), element by element."""
    return tape_of(x, "sigmoid").emit("sigmoid", x)


def tanh(x: Ref) -> Ref:
    """(e^x - e^-x) / (e^x + e^-x), element by element."""
    return tape_of(x, "tanh").emit("tanh", x)


def softmax(x: Ref) -> Ref:
    """e^x / sum of e^x along the last axis: (m,) or (n, m), row by row."""
    return tape_of(x, "softmax").emit("softmax", x)


def exp(x: Ref) -> Ref:
    """e^x, element by element."""
    return tape_of(x, "exp").emit("exp", x)


def ln(x: Ref) -> Ref:
    """Natural logarithm, element by element."""
    return tape_of(x, "ln").emit("ln", x)


def sqrt(x: Ref) -> Ref:
    """Square root, element by element."""
    return tape_of(x, "sqrt").emit("sqrt", x)


def square(x: Ref) -> Ref:
    """x^2, element by element."""
    return tape_of(x, "square").emit("square", x)


def maximum(x: Ref, y: Operand | None = None) -> Ref:
    """The largest element, a number; of two arguments the larger, element by element. No derivative where two tie."""
    return extreme("maximum", "max", "larger", x, y)


def minimum(x: Ref, y: Operand | None = None) -> Ref:
    """The smallest element, a number; of two arguments the smaller, element by element. No derivative where two tie."""
    return extreme("minimum", "min", "smaller", x, y)


def extreme(function: str, of_all: str, of_two: str, x: Ref, y: Operand | None) -> Ref:
    """One of all elements of x, or one of x and y at each place."""
    tape = tape_of(x, function)
    return tape.emit(of_all, x) if y is None else tape.emit(of_two, x, lift(tape, y))


def clip(x: Ref, low: Operand, high: Operand) -> Ref:
    """x, but low where it is below, and high where it is above, element by element: min(max(x, low), high)."""
    return minimum(maximum(x, low), high)


def absolute(x: Ref) -> Ref:
    """x without its sign, element by element; no derivative at 0."""
    return tape_of(x, "absolute").emit("abs", x)


def sign(x: Ref) -> Ref:
    """1, 0 or -1, element by element."""
    return tape_of(x, "sign").emit("sign", x)


def floor(x: Ref) -> Ref:
    """The largest whole number that is not above x, element by element."""
    return tape_of(x, "floor").emit("floor", x)


def ceil(x: Ref) -> Ref:
    """The smallest whole number that is not below x, element by element."""
    return tape_of(x, "ceil").emit("ceil", x)


def round_(x: Ref) -> Ref:
    """The nearest whole number, half away from zero, element by element: 2.5 is 3, and -2.5 is -3."""
    return tape_of(x, "round_").emit("round", x)


def of_two(primitive: str, x: Ref, y: Operand) -> Ref:
    """A function of x and y at each place, whose name is its primitive's."""
    tape = tape_of(x, primitive)
    return tape.emit(primitive, x, lift(tape, y))


def greater(x: Ref, y: Operand) -> Ref:
    """[x > y]: 1 where it holds, 0 elsewhere, element by element."""
    return of_two("greater", x, y)


def at_least(x: Ref, y: Operand) -> Ref:
    """[x >= y]: 1 where it holds, 0 elsewhere, element by element."""
    return of_two("at_least", x, y)


def matches(x: Ref, y: Operand) -> Ref:
    """[x = y]: 1 where it holds, 0 elsewhere, element by element."""
    return of_two("matches", x, y)


def argmax(x: Ref) -> Ref:
    """The place of the largest element, counted from 1 as on a page: (m,) -> a number, (n, m) -> (n, 1) row by row.

    Two largest have no place of their own: such a draw is drawn again.
    """
    return tape_of(x, "argmax").emit("argmax", x)


def sort(x: Ref) -> Ref:
    """The elements from the smallest to the largest: (m,) or (n, m), row by row; no derivative where two are equal."""
    return tape_of(x, "sort").emit("sort", x)


def function(name: str, x: Ref) -> Ref:
    """A function of one number that the exercise only names (`f`), element by element."""
    return tape_of(x, "function").emit("apply", x, param=(name, 0))


def called(x: Ref) -> Ref:
    """x itself, to be given a second name."""
    return tape_of(x, "called").emit("copy", x)


def row(x: Ref, number: int) -> Ref:
    """Row `number` of a matrix, counted from 0, as a matrix of one row."""
    tape, width = tape_of(x, "row"), x.shape[1]
    entries = [tape.emit("place", x[number, j], param=((0, j), (1, width))) for j in range(width)]
    return sum(entries[1:], entries[0])


def total(x: Ref) -> Ref:
    """The sum of all elements, a number."""
    return tape_of(x, "total").emit("sum_to", x, param=())


def mean(x: Ref) -> Ref:
    """The sum of all elements over their count n, a number; n is bound as a variable when it is more than one."""
    tape_of(x, "mean")
    count = prod(x.shape)
    return total(x) if count == 1 else total(x) / sample_size(x, count)


def sample_size(x: Ref, count: int) -> Ref:
    """The constant n of this tape, so that a page can write 1/n."""
    tape = x.tape
    known = tape.by_name.get("n")
    if known is not None and known.primitive == "constant" and known.param == count:
        return Ref(tape, "n")
    link = tape.constant(count)
    if "n" in tape.shapes:
        return link
    tape.rename(link.name, "n")
    return Ref(tape, "n")


def squared_error(y: Operand, yhat: Ref) -> Ref:
    """The sum of (y - yhat)^2 over all elements, a number."""
    return total(square(lift(tape_of(yhat, "squared_error"), y) - yhat))


def half_square(y: Operand, yhat: Ref) -> Ref:
    """1/2 the sum of (y - yhat)^2, a number."""
    return Fraction(1, 2) * squared_error(y, yhat)


def mse(y: Operand, yhat: Ref) -> Ref:
    """The mean of (y - yhat)^2, a number."""
    return mean(square(lift(tape_of(yhat, "mse"), y) - yhat))


def logloss(y: Operand, p: Ref) -> Ref:
    """-(y ln p + (1 - y) ln(1 - p)), element by element; sum or average it with `total` or `mean`."""
    tape = tape_of(p, "logloss")
    return tape.emit("logloss", lift(tape, y), p)
