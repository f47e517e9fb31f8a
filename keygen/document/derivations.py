"""Matrix differentials on a page: the TeX of an expression, of a derivation line by line, of an equation solved."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import lru_cache

from keygen.document.nodes import DerivationRow, Steps
from keygen.mathematics.factors import begins_as_number, letters_before, pattern_of, stands_apart
from keygen.mathematics.latex import BRACKETS, LatexPrinter
from keygen.mathematics.names import name_tex
from keygen.mathematics.operators import Precedence
from keygen.mathematics.printer import NO_PARAM, Boundary, Fragment
from keygen.mathematics.terms import Apply, Name, Term
from keygen.matrix.as_terms import as_term
from keygen.matrix.derive import Derivation, DerivationLine
from keygen.matrix.exercises import Equalities, Equations, GradientReading, Result, Sizes, Worked
from keygen.matrix.expression import Differential, Expression, Symbol
from keygen.matrix.marks import COMMA, MatrixObject
from keygen.matrix.normal import NormalModel
from keygen.matrix.optimum import Optimum, SecondOrder
from keygen.matrix.printing import EXACT
from keygen.matrix.readback import (
    require,
    require_chain,
    require_model,
    require_reading,
    require_result,
    require_rows,
    require_said,
    require_sizes,
)
from keygen.matrix.shapes import SCALAR, Dim, Shape
from keygen.matrix.verify import moving_in

UNSEEN = re.compile(r"\\kgmat|\\[bB]igg?[lr]|(?<=\\)[A-Za-z]+|[{}^_ ]")  # of a formula: what is no glyph
SHORT = 24  # glyphs that fit over a brace
TALL = 3  # the size of the brackets that a fraction of a display does not look out of
BRACED = ("gradient", "jacobian", "hessian")


class MatrixLatexPrinter(LatexPrinter):
    """TeX of matrix differentials; matrices and vectors stand in \\kgmat, which the style prints plain or bold."""

    def named(self, term: Name) -> Fragment:
        """\\kgmat{X}, \\kgmat{x}_i, \\lambda"""
        stem, _, below = name_tex(term.name, {}).partition("_")
        letter = rf"\kgmat{{{stem}}}" if term.shape else rf"{{{stem}}}"
        marks = ",".join(mark for mark in (below.strip("{}"), term.index) if mark)
        return Fragment(f"{letter}_{{{marks}}}" if marks else letter)

    def param(self, term: Apply) -> Fragment:
        """Exponents, sizes, the bounds of a sum over a sample."""
        match term.primitive, term.param:
            case "sample_sum", (index, size, _):
                return Fragment(rf"_{{{index}=1}}^{{{length_tex(size)}}}")
            case ("length", str(dim)) | ("unit_of_size" | "ones_of_size", (dim,)):
                return Fragment(length_tex(dim))
            case "number_power", exponent:
                return Fragment(str(exponent))
        return NO_PARAM

    def row(self, terms: Sequence[Term], factors: Sequence[Fragment]) -> str:
        """Factors side by side, apart where a reader would lump them together."""
        places = range(1, len(terms))
        return pattern_of([self.between(terms[place - 1], terms[place], factors[place]) for place in places])

    def between(self, before: Term, term: Term, factor: Fragment) -> str:
        """A dot between what would be read as one number or as the logistic function; a space beside what stands
        apart."""
        logistic = factor.first is Boundary.BRACKET and letters_before([before]) == "sigma"
        if begins_as_number(factor) or logistic:
            return r" \cdot "
        return r"\," if stands_apart(before) or stands_apart(term) else ""

    def bracketed(self, inner: Fragment) -> Fragment:
        """Round brackets larger than those inside them, and than the fractions and sums inside them."""
        size = min(max(inner.depth, TALL if inner.tall else 0), len(BRACKETS) - 1)
        left, right = BRACKETS[size]
        text = left + inner.text + right
        return inner._replace(
            text=text,
            level=Precedence.ATOM,
            number=False,
            depth=size + 1,
            first=Boundary.BRACKET,
            last=Boundary.BRACKET,
        )


MATRICES = MatrixLatexPrinter(EXACT)


@lru_cache(maxsize=4096)
def written(e: Expression) -> Fragment:
    """An expression in TeX."""
    return MATRICES.term(as_term(e))


def expression_tex(e: Expression) -> str:
    """The TeX of an expression, for the inside of a formula."""
    return written(e).text


def length_tex(dim: Dim) -> str:
    """A number of rows or columns: 3, n, n_1"""
    return name_tex(dim, {}) if isinstance(dim, str) else str(dim)


def shape_tex(shape: Shape) -> str:
    """m \\times n"""
    return r" \times ".join(map(length_tex, shape))


def result_tex(result: Result) -> str:
    """f(X) = ..., and what follows from it, broken at the equals sign where it is long."""
    value = expression_tex(result.value)
    if result.kind in BRACED and result.value.shape != SCALAR and short(written(result.value)):
        value = rf"\underbrace{{{value}}}_{{{shape_tex(result.value.shape)}}}"
    left, relation = left_side(result)
    return rf"\kgchain{{{left}}}{{\kglink{{{relation}}}{{{value}}}}}"


def left_side(result: Result) -> tuple[str, str]:
    """What a formula is of, and the relation behind it: f(X) and =, X and an arrow."""
    letter, wrt = name_tex(result.letter, {}), expression_tex(result.wrt)
    variables = ", ".join(map(expression_tex, result.variables))
    return {
        "function": (f"{letter}({variables})", "="),
        "differential": (rf"\mathrm{{d}}{letter}", "="),
        "gradient": (rf"\nabla_{{\!{wrt}}} {letter}", "="),
        "jacobian": (rf"J_{{{letter}}}", "="),
        "hessian": (rf"\nabla^{{2}} {letter}", "="),
        "second_differential": (rf"\mathrm{{d}}^{{2}}{letter}", "="),
        "optimum": (rf"\hat{{{wrt}}}", "="),
        "step": (wrt, r"\leftarrow"),
    }[result.kind]


def short(formula: Fragment) -> bool:
    """Whether a brace below a formula can take it in at a glance."""
    return not formula.tall and len(UNSEEN.sub("", formula.text)) <= SHORT


def reading_tex(reading: GradientReading) -> str:
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
        power = "" if symbol.shape == SCALAR else f"^{{{lengths}}}"
        return rf"{expression_tex(symbol)} \in \mathbb{{R}}{power}"

    return COMMA.join(map(space, sizes.symbols))


def model_tex(model: NormalModel) -> str:
    """What an observation is drawn from: x_i ~ N(mean, covariance)."""
    observation, mean, spread = map(written, (model.observation, model.mean, model.covariance))
    left, right = BRACKETS[TALL if spread.tall else 1]
    return rf"{observation.text} \sim \mathcal{{N}}{left}{mean.text},\ {spread.text}{right}"


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
                DerivationRow("", " = ".join(map(expression_tex, pair)), remark((line.law,)), pair)
                for pair, line in zip(pairs, equations, strict=True)
            )
            return Steps(tuple(solving), sides, moving_in(sides), solved=True)
    raise TypeError(f"no lines in a {type(found).__name__}")


def sides_of(lines: Sequence[DerivationLine]) -> tuple[Expression, ...]:
    """Every side of some lines."""
    return tuple(dict.fromkeys(side for line in lines for side in (line.before, line.after)))


def lined(
    left: str, lines: Sequence[DerivationLine], remark: Callable[[Iterable[str]], str]
) -> tuple[DerivationRow, ...]:
    """left = first line = second line ...; a line up to second order has another sign"""
    return tuple(
        DerivationRow(
            "" if place else left,
            f"{{}}{relation(line)} {expression_tex(line.after)}",
            remark(line.laws),
            (line.after,) if place else (line.before, line.after),
            "first_order" in line.laws,
        )
        for place, line in enumerate(lines)
    )


def symbols_in(sides: Iterable[Expression]) -> frozenset[Symbol]:
    """The letters of some sides."""
    return frozenset[Symbol]().union(*(e.symbols for e in sides))


def relation(line: DerivationLine) -> str:
    """= between equal sides; the other sign where small terms are left out."""
    return r"\approx" if "first_order" in line.laws else "="


def steps_tex(shown: Steps) -> str:
    """The rows as arguments of the style's \\kgderivation, which puts remarks where there is room."""
    rows = "%\n".join(rf"\kgrow{{{row.left}}}{{{row.right}}}{{{row.remark}}}" for row in shown.rows)
    return f"\\kgderivation{{%\n{rows}}}"


def matrices_tex(shown: MatrixObject) -> str:
    """What a page shows of matrix differentials, every side of it evaluated in Python's signs."""
    match shown:
        case Steps():
            text = steps_tex(shown)
        case Result():
            text = result_tex(shown)
        case GradientReading():
            text = reading_tex(shown)
        case Sizes():
            text = sizes_tex(shown)
        case NormalModel():
            text = model_tex(shown)
        case Expression():
            text = expression_tex(shown)
        case _:
            raise AssertionError(f"no page shows {type(shown).__name__}")
    require_true(shown)
    return text


def require_true(shown: MatrixObject) -> None:
    """Raise KeygenError unless every side, under its brackets, has the value of what it is written from, and what is
    said to be equal is."""
    match shown:
        case Steps():
            for row in shown.rows:
                require_said(row.sides, shown.about, shown.moving)
            if not shown.solved:
                for chain in equal_sides(shown.rows):
                    require_chain(chain, shown.about, shown.moving)
        case Result():
            require_said((shown.value,), (shown.value,), moving_in((shown.value,)))
        case NormalModel(mean=mean, covariance=covariance):
            for e in (mean, covariance):
                require_said((e,), (e,), ())
        case Expression():
            require_said((shown,), (shown,), moving_in((shown,)))


def equal_sides(rows: Iterable[DerivationRow]) -> Iterator[tuple[Expression, ...]]:
    """The sides of some rows that are said to be equal; small terms that are left out end a chain."""
    chain: tuple[Expression, ...] = ()
    for row in rows:
        if row.small:
            yield chain
            chain = row.sides[-1:]
        else:
            chain = (*chain, *row.sides)
    yield chain


def require_printed(text: str, shown: MatrixObject) -> None:
    """Raise KeygenError unless every side of a finished text says what it was written from."""
    match shown:
        case Steps():
            sides = tuple(row.sides for row in shown.rows)
            require_rows(text, sides, shown.about, shown.moving, shown.named, shown.solved)
        case Result():
            named = shown.variables if shown.kind == "function" else (shown.wrt,)
            require_result(text, shown.kind, shown.letter, shown.value, named)
        case GradientReading():
            require_reading(text, shown.letter, shown.wrt)
        case Sizes():
            require_sizes(text, shown.symbols)
        case NormalModel():
            require_model(text, (shown.observation, shown.mean, shown.covariance))
        case Expression():
            require(text, shown)
