"""The text of a formula as it was typed, and the shapes of the names in it: those given, those that the operations
force, and a convention for the rest. Errors mark the place in the text."""

from __future__ import annotations

import ast
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from fractions import Fraction

from msgspec import Struct

from keygen.engine.rational import DIGITS, rational
from keygen.errors import KeygenError, nearest
from keygen.matrix.shapes import LARGEST, SCALAR, Dim, DimensionClash, Dimensions, Shape, is_open

REPAIRS = {"'": "write X.T for the transpose", "^": "write ** for a power"}
OTHERWISE = "write A @ X for a product of matrices, 2*x for one with a number"

LENGTH, DEPTH, NAME, EXPONENT = 2000, 100, 30, 1000
"""What a formula may be: characters, signs within each other, characters of a name, the largest exponent. Beyond, a
derivation would take minutes, and nobody could read it."""


class FormulaText(Struct, frozen=True):
    """The text of a formula, on one line."""

    text: str

    def tree(self) -> ast.expr:
        """The syntax tree, by Python's parser. Raises KeygenError where it does not parse."""
        if len(self.text) > LENGTH:
            raise KeygenError(
                "a formula that is too long", expected=f"at most {LENGTH} characters",
                found=f"{len(self.text)} of them", repair="differentiate its terms one by one",
            )  # fmt: skip
        if digits := re.search(rf"\d{{{DIGITS + 1},}}", self.text):
            raise self.marked(*digits.span(), f"a number of more than {DIGITS} digits")
        try:
            tree = ast.parse(self.text, mode="eval").body
        except (RecursionError, MemoryError) as error:
            raise self.nested() from error
        except ValueError as error:  # a zero byte, half a character
            raise KeygenError("a formula that cannot be read: it holds characters that are none") from error
        except SyntaxError as error:
            start = max(0, min((error.offset or 1) - 1, len(self.text)))
            what = error.msg.partition(". ")[0]  # Python goes on to guess at a comma where a product lacks its sign
            otherwise = OTHERWISE if what.startswith("invalid syntax") else None
            repair = next((repair for sign, repair in REPAIRS.items() if sign in self.text), otherwise)
            raise self.marked(start, start + 1, f"a formula that cannot be read: {what}", repair=repair) from error
        self.limit(tree)
        return tree

    def limit(self, tree: ast.expr) -> None:
        """Raise KeygenError for a tree of more levels than the rules go down, and for a name nobody could read."""
        level: list[ast.AST] = [tree]
        for _ in range(DEPTH):
            level = [child for node in level for child in ast.iter_child_nodes(node)]
            for node in level:
                if isinstance(node, ast.Name) and len(node.id) > NAME:
                    raise self.fault(node, f"a name of more than {NAME} characters", repair="take a shorter one")
            if not level:
                return
        raise self.nested()

    def nested(self) -> KeygenError:
        """The error for too many levels."""
        return KeygenError(
            "a formula that is nested too deeply, or a sum of too many terms", source=self.text[:80],
            expected=f"at most {DEPTH} signs within each other", repair="differentiate its parts one by one",
        )  # fmt: skip

    def value(self, node: ast.expr) -> Fraction:
        """The number that a literal is: digits, a sign, a quotient. Raises KeygenError for one that is none."""
        match node:
            case ast.Constant():
                try:
                    return rational(self.of(node) if isinstance(node.value, float) else str(node.value))
                except ValueError as error:
                    raise self.fault(node, f"a number that cannot be taken: {error}") from error
            case ast.UnaryOp(ast.USub(), operand):
                return -self.value(operand)
            case ast.BinOp(left, _, right):
                above, below = self.value(left), self.value(right)
                if not below:
                    raise self.fault(node, "a division by zero")
                return above / below
        raise TypeError(f"no number is written as {type(node).__name__}")

    def exponent(self, node: ast.expr) -> None:
        """Raise KeygenError for an exponent to which no power could be checked."""
        exact = self.value(node)
        if max(abs(exact.numerator), exact.denominator) > EXPONENT:
            raise self.fault(node, "an exponent that is too large", expected=f"at most {EXPONENT}")

    def of(self, node: ast.expr) -> str:
        """The text of a node."""
        return ast.get_source_segment(self.text, node) or self.text

    def fault(self, node: ast.expr, what: str, **rest: str | None) -> KeygenError:
        """An error that marks the text of a node."""
        line = self.text.encode()  # the tree counts bytes
        start = len(line[: node.col_offset].decode())
        return self.marked(start, start + len(self.of(node)), what, **rest)

    def marked(self, start: int, end: int, what: str, **rest: str | None) -> KeygenError:
        """An error with carets under a stretch of the formula."""
        carets = " " * start + "^" * max(1, end - start)
        return KeygenError(what, source=f"{self.text}\n{carets}", **rest)  # type: ignore[arg-type]  # its words only


FUNCTIONS = {"ln": "ln", "log": "ln", "exp": "exp", "sqrt": "sqrt", "sigmoid": "sigmoid"}
SQUARE = ("tr", "trace", "det", "inv")
CONSTANTS = ("I", "eye", "ones")
CALLS = (*FUNCTIONS, *SQUARE, *CONSTANTS, "norm", "sum")

NUMBERS = frozenset({"lam", "alpha", "beta", "gamma", "eta", "kappa", "pi", "rho", "tau"})
"""Names that are numbers if nothing else is said."""
LETTERS = ("n", "m", "k", "p", "q", "r", "s", "t")


class Inference:
    """Walks a syntax tree once, making equal what each operation needs equal.

    names    the shape of each name that is a matrix
    sizes    the names that are dimensions: of I(n), of range(n), or letters of the shapes given
    """

    def __init__(self, source: FormulaText, given: Mapping[str, Shape]) -> None:
        self.source = source
        self.dims = Dimensions()
        self.names: dict[str, Shape] = dict(given)
        self.given = frozenset(given)
        letters = {dim for shape in given.values() for dim in shape if isinstance(dim, str)}
        self.sizes: set[str] = letters - self.given
        self.indices: list[str] = []
        self.ranges: dict[str, Dim] = {}
        self.met: Counter[str] = Counter()
        self.known: dict[ast.expr, Shape] = {}

    def result(self, tree: ast.expr) -> dict[str, Shape]:
        """Every name's shape, open dimensions lettered in the order in which they were met."""
        self.sizes |= set(named_sizes(tree)) - self.given
        self.met = Counter(node.id for node in ast.walk(tree) if isinstance(node, ast.Name))
        self.shape(tree)
        free = [letter for letter in LETTERS if letter not in self.sizes | set(self.names)]
        still_open = dict.fromkeys(self.dims.find(dim) for dim in self.dims.parent)
        letters = dict(zip((dim for dim in still_open if is_open(dim)), free, strict=False))
        closed = {name: self.dims.shape(shape) for name, shape in self.names.items()}
        return {name: (letters.get(rows, rows), letters.get(cols, cols)) for name, (rows, cols) in closed.items()}

    def shape(self, node: ast.expr) -> Shape:
        """The shape of a node. Raises KeygenError, with its place, where the shapes do not fit."""
        if node not in self.known:
            self.known[node] = self.measured(node)
        return self.known[node]

    def measured(self, node: ast.expr) -> Shape:
        """The shape of a node that is met for the first time: each is walked once, however often it is asked for."""
        match node:
            case ast.Constant(int() | float() as value) if not isinstance(value, bool):
                return SCALAR
            case ast.Name(name) if name in CALLS:
                repair = "write I(n) for the identity" if name in CONSTANTS else "call the letter something else"
                raise self.source.fault(node, f"{name} is no letter: it is a word of the language", repair=repair)
            case ast.Name(name):
                return self.name(name)
            case ast.Subscript(ast.Name(name), ast.Name(index)) if index in self.indices:
                return self.name(name)
            case ast.Attribute(value, "T"):
                rows, columns = self.shape(value)
                return (columns, rows)
            case ast.UnaryOp(ast.USub() | ast.UAdd(), operand):
                return self.shape(operand)
            case ast.BinOp(left, op, right):
                return self.operation(node, left, op, right)
            case ast.Call(ast.Name(name), [arg], []):
                return self.call(node, name, arg)
        raise self.source.fault(node, f"this is not part of the language: {self.source.of(node)}", repair=hint(node))

    def name(self, name: str) -> Shape:
        """A name's shape; of a new name, by convention: capitals are matrices, small letters columns."""
        if name in self.sizes and name not in self.names:
            return SCALAR
        if name in NUMBERS and name not in self.names:
            self.names[name] = SCALAR
        if name not in self.names:
            self.names[name] = (self.dims.fresh(), self.dims.fresh() if name[0].isupper() else 1)
        return self.names[name]

    def operation(self, node: ast.expr, left: ast.expr, op: ast.operator, right: ast.expr) -> Shape:
        """left op right"""
        match op:
            case ast.Pow():
                if isinstance(left, ast.Call) and isinstance(left.func, ast.Name) and left.func.id == "norm":
                    return self.norm(left, right)
                if not is_literal(right):
                    raise self.source.fault(right, "an exponent that is not a number", expected="e.g. 2, -1, 1/2")
                self.source.exponent(right)
                return self.number(left, "a power needs a number (of a matrix, write X @ X)")
            case ast.Div():
                shape = self.shape(left)
                self.number(right, "only a number can divide")
                if is_literal(right) and not self.source.value(right):
                    raise self.source.fault(node, "a division by zero")
                return shape
        a, b = self.shape(left), self.shape(right)
        match op:
            case ast.MatMult():
                self.same(node, [(a[1], b[0])], "a product has factors that do not fit", left, right)
                return (a[0], b[1])
            case ast.Add() | ast.Sub():
                self.same(node, [(a[0], b[0]), (a[1], b[1])], "a sum has terms of different shapes", left, right)
                return a
            case ast.Mult():
                return self.times(node, left, right)
        raise self.source.fault(node, "an unknown operation", repair=hint(node))

    def times(self, node: ast.expr, left: ast.expr, right: ast.expr) -> Shape:
        """A number times a matrix, else entry by entry. A small letter that stands nowhere else is a number."""
        sides = ((left, self.dims.shape(self.shape(left))), (right, self.dims.shape(self.shape(right))))
        numbers = [side for side, shape in sides if shape == SCALAR]
        bare = [side for side, (rows, width) in sides if isinstance(side, ast.Name) and is_open(rows) and width == 1]
        once = [side for side in bare if isinstance(side, ast.Name) and self.met[side.id] == 1]
        for side in once or numbers or bare:
            self.number(side, "")
            return self.shape(right if side is left else left)
        (_, a), (_, b) = sides
        self.same(node, [(a[0], b[0]), (a[1], b[1])], "an elementwise product needs equal shapes", left, right)
        return a

    def call(self, node: ast.Call, name: str, arg: ast.expr) -> Shape:
        """f(arg)"""
        if name in FUNCTIONS:
            return self.number(arg, f"{name} needs a number")
        if name in SQUARE:
            rows, columns = self.shape(arg)
            self.same(arg, [(rows, columns)], f"{name} needs a square matrix", arg)
            return (rows, columns) if name == "inv" else SCALAR
        if name in CONSTANTS:
            dim = self.dimension(side(arg))
            return (dim, dim if name != "ones" else 1)
        if name == "sum":
            return self.sample(arg)
        repair = "write norm(A)**2" if name == "norm" else nearest(name, CALLS)
        raise self.source.fault(node.func, f"an unknown function: {name}", repair=repair)

    def norm(self, call: ast.Call, exponent: ast.expr) -> Shape:
        """norm(A)**2"""
        if len(call.args) != 1 or not (isinstance(exponent, ast.Constant) and exponent.value == 2):
            raise self.source.fault(call, "a norm that is not squared", repair="write norm(A)**2")
        self.shape(call.args[0])
        return SCALAR

    def sample(self, arg: ast.expr) -> Shape:
        """sum(body for i in range(n))"""
        match arg:
            case ast.GeneratorExp(
                body, [ast.comprehension(ast.Name(index), ast.Call(ast.Name("range"), [size]), [], 0)]
            ) if not self.indices:
                if self.ranges.setdefault(index, bound := self.dimension(size)) != bound:
                    raise self.source.fault(size, f"{index} runs over two samples", repair="rename one")
                self.indices.append(index)
                shape = self.shape(body)
                self.indices.pop()
                return shape
        raise self.source.fault(arg, "a sum that cannot be read", expected="sum(... for i in range(n))")

    def dimension(self, node: ast.expr) -> Dim:
        """A size: a letter or a positive number."""
        match node:
            case ast.Name(name) if name in self.sizes:
                return name
            case ast.Constant(int(value)) if value > LARGEST:
                raise self.source.fault(node, "a size that no check could work with", expected=f"at most {LARGEST}")
            case ast.Constant(int(value)) if value > 0 and not isinstance(value, bool):
                return value
        raise self.source.fault(node, "a size that is neither a letter nor a number", expected="e.g. I(n) or I(3)")

    def number(self, node: ast.expr, what: str) -> Shape:
        """The shape of what must be a number."""
        rows, columns = self.shape(node)
        self.same(node, [(rows, 1), (columns, 1)], what, node)
        return SCALAR

    def same(self, place: ast.expr, pairs: list[tuple[Dim, Dim]], what: str, *shown: ast.expr) -> None:
        """Make dimensions equal, or raise the error that shows the operands with their shapes."""
        try:
            for a, b in pairs:
                self.dims.same(a, b)
        except DimensionClash:
            found = ", ".join(f"{self.source.of(node)} is {self.described(node)}" for node in shown)
            raise self.source.fault(place, what, found=found) from None

    def described(self, node: ast.expr) -> str:
        """A node's shape for a message, "?" where it is open."""
        return " x ".join("?" if is_open(dim) else str(dim) for dim in self.dims.shape(self.shape(node)))


def named_sizes(tree: ast.expr) -> Iterator[str]:
    """The letters that stand for a size: the n of I(n), ones(n), range(n)."""
    for node in ast.walk(tree):
        match node:
            case ast.Call(ast.Name("I" | "eye" | "ones" | "range"), [arg]) if isinstance(side(arg), ast.Name):
                yield ast.unparse(side(arg))


def side(arg: ast.expr) -> ast.expr:
    """The size in I(n) or ones((n, 1))."""
    return arg.elts[0] if isinstance(arg, ast.Tuple) and arg.elts else arg


def hint(node: ast.expr) -> str | None:
    """What somebody probably meant."""
    match node:
        case ast.BinOp(_, ast.BitXor(), _):
            return "write ** for a power"
        case ast.Subscript():
            return "an index belongs inside sum(... for i in range(n))"
        case ast.Attribute(_, name):
            return f"write inv(X), not X.{name}" if name in ("I", "inv") else "the one attribute is .T"
    return None


def is_literal(node: ast.expr) -> bool:
    """Whether a node is a number, a sign or a quotient of numbers."""
    match node:
        case ast.Constant(int() | float() as value):
            return not isinstance(value, bool)
        case ast.UnaryOp(ast.USub(), operand):
            return is_literal(operand)
        case ast.BinOp(left, ast.Div(), right):
            return is_literal(left) and is_literal(right) and not is_nought(right)
    return False


def is_nought(node: ast.expr) -> bool:
    """Whether a number, a sign or a quotient of numbers is 0."""
    match node:
        case ast.Constant(value):
            return value == 0
        case ast.UnaryOp(_, operand) | ast.BinOp(operand):
            return is_nought(operand)
    return False
