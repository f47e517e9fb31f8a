"""Matrix differentials on a page: the TeX of an expression, of a derivation line by line, of an equation solved."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import ClassVar

from keygen.course.differentials import Equalities, Equations, Reading, Result, Sizes, Worked
from keygen.differentials.derive import Derivation, Line
from keygen.differentials.expression import Differential, Expression, Identity, Number, Ones, Size, Symbol, Zero
from keygen.differentials.notation import Notation
from keygen.differentials.optimum import Optimum
from keygen.differentials.second_order import SecondOrder
from keygen.differentials.shapes import SCALAR, Dim, Shape
from keygen.differentials.statements import MOVING, statements
from keygen.notation.names import name_tex
from keygen.page.document import TeX
from keygen.page.matrix_readback import (
    moving_in,
    require,
    require_equal,
    require_reading,
    require_result,
    require_rows,
    require_sizes,
)

BRACKETS = (("(", ")"), (r"\bigl(", r"\bigr)"), (r"\Bigl(", r"\Bigr)"), (r"\biggl(", r"\biggr)"))
NUMERIC = re.compile(r"\d|\\t?frac\{\d+\}\{\d+\}")
SIGMA = re.compile(r"\\sigma\}?$")
OPENING = re.compile(r"\(|\\[bB]igg?l\(")
TALL = re.compile(r"\\frac|\\sum|\\sqrt")
UNSEEN = re.compile(r"\\kgmat|\\[bB]igg?[lr]|(?<=\\)[A-Za-z]+|[{}^_ ]")  # of a formula: what is no glyph
SHORT = 24  # glyphs that fit over a brace
BRACED = ("gradient", "jacobian", "hessian")

FUNCTIONS = {"ln": r"\ln", "ln det": r"\ln\det", "tr": r"\operatorname{tr}", "det": r"\det", "exp": r"\exp",
             "sigmoid": r"\sigma"}  # fmt: skip
EXPONENTS = {"T": r"\top", "-T": r"-\top"}


class TexNotation(Notation):
    """TeX mathematics; matrices and vectors stand in \\kgmat, which the style prints plain or bold."""

    minus = "-"
    gap: ClassVar[str] = r"\,"
    dot: ClassVar[str] = r" \cdot "

    def runs_together(self, left: str, right: str) -> bool:
        """2 3^2, 2 1/2, and sigma(u) for a letter sigma."""
        return bool(NUMERIC.match(right) or (SIGMA.search(left) and OPENING.match(right)))

    def leaf(self, e: Expression) -> str:
        """\\kgmat{X}, \\kgmat{x}_i, \\lambda, 2, n, I, 0, a column of ones"""
        match e:
            case Symbol(name, _, _, index):
                text = name_tex(name, {})
                stem, _, below = text.partition("_")
                letter = rf"{{{stem}}}" if e.shape == SCALAR else rf"\kgmat{{{stem}}}"
                marks = ",".join(mark for mark in (below.strip("{}"), index) if mark)
                return f"{letter}_{{{marks}}}" if marks else letter
            case Number(value) if value.denominator != 1:
                return ("-" if value < 0 else "") + rf"\frac{{{abs(value.numerator)}}}{{{value.denominator}}}"
            case Number(value):
                return str(value)
            case Size(dim):
                return length_tex(dim)
            case Zero():
                return "0"
            case Identity(size) | Ones(size):
                letter = r"\kgmat{I}" if isinstance(e, Identity) else r"\mathbf{1}"
                return letter + (f"_{{{length_tex(size)}}}" if self.telling else "")
        raise TypeError(f"no letter for {type(e).__name__}")

    def raised(self, base: str, exponent: str) -> str:
        """X^T, X^-1, X^-T, u^2"""
        return f"{base}^{{{EXPONENTS.get(exponent, exponent)}}}"

    def call(self, name: str, arg: str) -> str:
        """tr(A), ln(u), the root of u"""
        return rf"\sqrt{{{arg}}}" if name == "sqrt" else FUNCTIONS[name] + self.brackets(arg)

    def coefficient(self, above: Sequence[Expression], below: Sequence[Expression]) -> str:
        """A small fraction: n/2"""
        return rf"\tfrac{{{self.row(above) or '1'}}}{{{self.row(below)}}}"

    def over(self, above: Sequence[Expression], below: Sequence[Expression]) -> str:
        """A fraction; what stands alone above or below needs no brackets."""
        top, bottom = (self.write(side[0]) if len(side) == 1 else self.row(side) for side in (above, below))
        return rf"\frac{{{top or '1'}}}{{{bottom}}}"

    def hadamard(self, left: str, right: str) -> str:
        """The elementwise product."""
        return rf"{left} \odot {right}"

    def norm(self, arg: str) -> str:
        """The norm, not yet squared."""
        return rf"\lVert {arg} \rVert"

    def sample(self, body: str, index: str, size: Dim, told: bool) -> str:
        """The sum over a sample."""
        return rf"\sum_{{{index}=1}}^{{{length_tex(size)}}} {body}"

    def differential(self, arg: str) -> str:
        """dX with an upright d"""
        return r"\mathrm{d}" + arg

    def brackets(self, text: str) -> str:
        """Brackets larger than those inside them, and than the fractions and sums inside them."""
        nested = max((i for i, (left, _) in enumerate(BRACKETS) if left in text), default=-1)
        size = min(max(nested + 1, 2 if TALL.search(text) else 0), len(BRACKETS) - 1)
        left, right = BRACKETS[size]
        return left + text + right


@lru_cache(maxsize=4096)
def expression_tex(e: Expression) -> str:
    """The TeX of an expression, for the inside of a formula."""
    return TexNotation().write(e)


def length_tex(dim: Dim) -> str:
    """A number of rows or columns: 3, n, n_1"""
    return name_tex(dim, {}) if isinstance(dim, str) else str(dim)


def shape_tex(shape: Shape) -> str:
    """m \\times n"""
    return r" \times ".join(map(length_tex, shape))


def result_tex(result: Result) -> str:
    """f(X) = ..., and what follows from it, broken at the equals sign where it is long."""
    letter, value, wrt = name_tex(result.letter, {}), expression_tex(result.value), expression_tex(result.wrt)
    variables = ", ".join(map(expression_tex, (result.wrt, *result.others)))
    if result.kind in BRACED and result.value.shape != SCALAR and short(value):
        value = rf"\underbrace{{{value}}}_{{{shape_tex(result.value.shape)}}}"
    left, relation = {
        "function": (f"{letter}({variables})", "="),
        "differential": (rf"\mathrm{{d}}{letter}", "="),
        "gradient": (rf"\nabla_{{\!{wrt}}} {letter}", "="),
        "jacobian": (rf"J_{{{letter}}}", "="),
        "hessian": (rf"\nabla^{{2}} {letter}", "="),
        "optimum": (rf"\hat{{{wrt}}}", "="),
        "step": (wrt, r"\leftarrow"),
    }[result.kind]
    return rf"\kgchain{{{left}}}{{\kglink{{{relation}}}{{{value}}}}}"


def short(formula: str) -> bool:
    """Whether a brace below a formula can take it in at a glance."""
    return not TALL.search(formula) and len(UNSEEN.sub("", formula)) <= SHORT


def reading_tex(reading: Reading) -> str:
    """df = tr((grad f)' dX), for a column without the trace; in one piece, which no line breaks."""
    letter, wrt = name_tex(reading.letter, {}), expression_tex(reading.wrt)
    inside = rf"(\nabla_{{\!{wrt}}} {letter})^{{\top}} \,\mathrm{{d}}{wrt}"
    if reading.wrt.columns != 1:
        inside = rf"\operatorname{{tr}}\bigl({inside}\bigr)"
    return rf"{{\mathrm{{d}}{letter} = {inside}}}"


def sizes_tex(sizes: Sizes) -> str:
    """Which spaces matrices and vectors are from."""

    def space(symbol: Symbol) -> str:
        lengths = length_tex(symbol.rows) if symbol.columns == 1 else shape_tex(symbol.shape)
        return rf"{expression_tex(symbol)} \in \mathbb{{R}}^{{{lengths}}}"

    return r",\ ".join(map(space, sizes.symbols))


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a derivation in TeX: what stands left of the column of relations, the rest, a remark in words.

    sides  what the sides that are printed were written from
    """

    left: str
    right: str
    remark: str
    sides: tuple[Expression, ...]


@dataclass(frozen=True, slots=True)
class Steps:
    """Lines under each other, and what it takes to read them back.

    about   what must have values at the points where they are read
    moving  the letters that vary
    named   the letter by which the first left side calls its function, and what that is; none: it is written out
    solved  the sides of the lines are equal only at the solution: of equations, and of what is said of the optimum
    """

    rows: tuple[Row, ...]
    about: tuple[Expression, ...]
    moving: tuple[Symbol, ...]
    named: tuple[tuple[str, Expression], ...] = ()
    solved: bool = False


Lines = Worked | Derivation | Optimum | SecondOrder | Equalities | Equations


def steps(found: Lines, names: Mapping[str, str], letter: str = "f") -> Steps:
    """A derivation with the names of its laws at the margin; the moves that solve an equation; d^2 f as squares."""

    def remark(laws: Iterable[str]) -> str:
        return "; ".join(names[law] for law in laws)

    match found:
        case Worked(derivation=first):
            rows = lined(r"\mathrm{d}" + name_tex(found.letter, {}), first.lines, remark)
            return Steps(rows, (first.f,), (first.wrt,), ((found.letter, first.f),))
        case Derivation(f=f, wrt=wrt):
            return Steps(lined(expression_tex(Differential(f)), found.lines, remark), (f,), (wrt,))
        case SecondOrder(lines=lines):
            sides = sides_of(lines)
            rows = lined(r"\mathrm{d}^{2}" + name_tex(letter, {}), lines, remark)
            return Steps(rows, sides, (found.hessian.wrt,), ((letter, lines[0].before),), not found.everywhere)
        case Equalities(lines=lines):
            sides = sides_of(lines)
            return Steps(lined(expression_tex(lines[0].before), lines, remark), sides, moving_in(sides))
        case Optimum(lines=equations) | Equations(lines=equations):
            pairs = tuple((line.equation.left, line.equation.right) for line in equations)
            sides = tuple(side for pair in pairs for side in pair)
            solving = (
                Row("", " = ".join(map(expression_tex, pair)), remark((line.law,)), pair)
                for pair, line in zip(pairs, equations, strict=True)
            )
            return Steps(tuple(solving), sides, moving_in(sides), solved=True)
    raise TypeError(f"no lines in a {type(found).__name__}")


def sides_of(lines: Sequence[Line]) -> tuple[Expression, ...]:
    """Every side of some lines."""
    return tuple(dict.fromkeys(side for line in lines for side in (line.before, line.after)))


@dataclass(frozen=True, slots=True)
class Rule:
    """A law as a formula, for the sheet of rules, and its name."""

    formula: TeX
    name: str


def rules_of(names: Mapping[str, str]) -> tuple[Rule, ...]:
    """The sheet of rules, each made and checked by its own row of the table, and read back."""
    return tuple(Rule(TeX(formula), names[law]) for law, formula in formulas().items())


@cache
def formulas() -> Mapping[str, str]:
    """The laws as formulas, under their ids. Raises KeygenError if one is false or read back as another."""
    found = {}
    for line in statements():
        before, after = expression_tex(line.before), expression_tex(line.after)
        if before != after:
            found[line.laws[0]] = f"{before} = {after}"
            require_equal(found[line.laws[0]], (line.before, line.after), MOVING)
    return found


def lined(left: str, lines: Sequence[Line], remark: Callable[[Iterable[str]], str]) -> tuple[Row, ...]:
    """left = first line = second line ...; a line up to second order has another sign"""
    return tuple(
        Row(
            "" if place else left,
            f"{{}}{relation(line)} {expression_tex(line.after)}",
            remark(line.laws),
            (line.after,) if place else (line.before, line.after),
        )
        for place, line in enumerate(lines)
    )


def relation(line: Line) -> str:
    """= between equal sides; the other sign where small terms are left out."""
    return r"\approx" if "first_order" in line.laws else "="


def steps_tex(shown: Steps) -> str:
    """The rows as arguments of the style's \\kgderivation, which puts remarks where there is room."""
    rows = "%\n".join(rf"\kgrow{{{row.left}}}{{{row.right}}}{{{row.remark}}}" for row in shown.rows)
    return f"\\kgderivation{{%\n{rows}}}"


Matrices = Steps | Result | Reading | Sizes | Expression


def matrices_tex(shown: Matrices) -> str:
    """What a page shows of matrix differentials, read back."""
    match shown:
        case Steps():
            text = steps_tex(shown)
        case Result():
            text = result_tex(shown)
        case Reading():
            text = reading_tex(shown)
        case Sizes():
            text = sizes_tex(shown)
        case _:
            text = expression_tex(shown)
    require_printed(text, shown)
    return text


def require_printed(text: str, shown: Matrices) -> None:
    """Raise KeygenError unless every side of a finished text says what it was written from."""
    match shown:
        case Steps():
            sides = tuple(row.sides for row in shown.rows)
            require_rows(text, sides, shown.about, shown.moving, shown.named, shown.solved)
        case Result():
            require_result(text, shown.kind, shown.letter, shown.value, (shown.wrt, *shown.others))
        case Reading():
            require_reading(text, shown.letter, shown.wrt)
        case Sizes():
            require_sizes(text, shown.symbols)
        case _:
            require(text, shown)
