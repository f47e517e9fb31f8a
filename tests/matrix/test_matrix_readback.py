"""The text that reaches a reader is read again, by a grammar that shares nothing with the printers."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from functools import lru_cache

import msgspec
import numpy as np
import pytest
from differential_expressions import ANY, SIZES
from hypothesis import assume, given
from hypothesis import strategies as st
from typed_formulas import SHAPES, formula, worth

from keygen.builds.derive import DerivationRequest, written_files
from keygen.document import derivations
from keygen.document.derivations import MatrixLatexPrinter, expression_tex
from keygen.errors import KeygenError
from keygen.mathematics.operators import ANY as EVERY_LEVEL
from keygen.mathematics.operators import OPERATORS
from keygen.mathematics.printer import NO_PARAM
from keygen.mathematics.terms import Apply, Term, constant
from keygen.matrix import algebra
from keygen.matrix import expression as ex
from keygen.matrix import readback as matrix_readback
from keygen.matrix import rewrite_rules as moves
from keygen.matrix.algebra import power_of_power
from keygen.matrix.as_terms import TermBuilder, as_term
from keygen.matrix.derive import derive
from keygen.matrix.evaluate import Undefined, evaluate
from keygen.matrix.parse import parse
from keygen.matrix.printing import (
    MatrixUnicodePrinter,
    numpy_text,
    places,
    plain_text,
    require_in_numpy,
    require_spoken,
    to_python,
)
from keygen.matrix.readback import MARGIN, READ, Readback, derivation_text
from keygen.matrix.verify import draw, points_of_both_signs, turned, walk, why_undefined
from tests.courses import SHIPPED

ALL = "x:n,1 w:m,1 y:n,1 a:n,1 b:n,1 A:n,n X:n,m Y:n,n S:n,n,definite lam:1,1 t:1,1 r:1,1 d:1,1 sigma:1,1 u:1,1"


def written(text: str, wrt: str, shapes: str = ALL) -> dict[str, str]:
    """The lines of a derivation by what stands left of them; of several the last."""
    parsed = parse(text, shapes, wrt)
    rows = (row.partition(" = ") for row in derivation_text(derive(parsed.expression, parsed.wrt)).splitlines())
    return {left.strip(): right.partition(MARGIN)[0].strip() for left, _, right in rows}


@pytest.mark.parametrize(
    ("typed", "printed"),
    [
        ("x.T@x/2/(3*lam)", "(1/(6λ)) xᵀx"),
        ("0.1*norm(x)**2/(2*n)", "(1/(20n)) ‖x‖²"),
        ("2/(3*lam)*x.T@x/5", "(2/(15λ)) xᵀx"),
        ("2*3**2*(x.T@x)", "2·3² xᵀx"),
        ("x.T@x/(-2)/(-3*lam)", "(1/(6λ)) xᵀx"),
        ("(norm(x)**2)**2", "(‖x‖²)²"),
        ("2*(a.T@x)*(norm(x)**2/(x.T@x))", "2(aᵀx) ‖x‖² / (xᵀx)"),
        ("sigma*(x.T@x + 1)", "σ·(xᵀx + 1)"),
        ("t*r*(x.T@x + 1)", "tr·(xᵀx + 1)"),
        ("d*(a.T@x)", "d·aᵀx"),
        ("x.T@x + tr(I(n))", "xᵀx + tr(Iₙ)"),
        ("x.T@x + sum(lam for i in range(n))", "xᵀx + ∑(i=1..n) λ"),
        ("foo*bar.T@x", "foo·barᵀ·x"),
        ("sum(z[q].T@x for q in range(m))", "∑[q] z[q]ᵀx"),
    ],
)
def test_the_function_printed_is_the_function_typed(typed, printed):
    assert written(typed, "x", "x:n,1 a:n,1 bar:n,1 foo:1,1 t:1,1 r:1,1 d:1,1 sigma:1,1 z:n,1")["f"] == printed


@pytest.mark.parametrize(
    ("typed", "gradient"),
    [
        ("((a.T@x)**2)**(1/2)", "(aᵀx)a / √((aᵀx)²)"),
        ("((a.T@x)**2)**(3/2)", "3 √((aᵀx)²) (aᵀx)a"),
        ("((lam*a.T@x)**4)**(1/4)", None),
        ("((x.T@x)**2)**(1/2)", "2x"),
        ("((x.T@S@x)**2)**(1/2)", "2Sx"),
        ("ln((a.T@x)**2)", "2a / (aᵀx)"),
    ],
)
def test_a_root_of_an_even_power_keeps_the_sign(typed, gradient):
    found = written(typed, "x")["∇f"]
    assert gradient in (None, found)


@pytest.mark.parametrize("typed", ["1/sqrt(tr(Y)**2)", "sqrt(det(Y)**2)", "((tr(Y)**2)**(3/2))"])
def test_the_sign_of_a_trace_or_a_determinant_is_kept(typed):
    parsed = parse(typed, ALL, "Y")
    found = derive(parsed.expression, parsed.wrt)
    at = points_of_both_signs([found.f], [found.wrt], seed=7)
    inside = ex.MatrixTrace(found.wrt) if "tr" in typed else ex.Det(found.wrt)
    assert {float(evaluate(inside, point)[0, 0]) > 0 for point in at} == {True, False}
    for point in at:
        along = np.sum(evaluate(found.gradient, point) * point.direction[found.wrt])
        assert np.isclose(along, evaluate(ex.Differential(found.f), point)[0, 0])


@pytest.mark.parametrize(
    "typed",
    [
        "((a.T@x)**2)**(1/2)",
        "((a.T@x)**2)**(3/2)",
        "((a.T@x)**4)**(-1/4)",
        "1/sqrt((x.T@A@x)**2)",
        "exp(((a.T@x)**2)**(1/2))",
        "sum(((z[i].T@x)**2)**(1/2) for i in range(m))",
    ],
)
def test_a_rule_that_forgets_the_sign_is_always_caught(monkeypatch, typed):
    for module in (algebra, moves):
        monkeypatch.setattr(module, "power_of_power", lambda *of: True)
    parsed = parse(typed, ALL + " z:n,1", "x")
    with pytest.raises(KeygenError, match="a false line"):
        derive(parsed.expression, parsed.wrt)


def test_a_power_of_a_power_is_one_power_only_where_that_is_true():
    u, p = ex.Symbol("u", 1, 1), ex.Symbol("p", 1, 1, trait="positive")
    half, two, three = ex.Fraction(1, 2), ex.Fraction(2), ex.Fraction(3)
    assert not power_of_power(u, two, half)
    assert power_of_power(p, two, half)
    assert power_of_power(u, three, half)
    assert power_of_power(u, two, three)
    assert power_of_power(u, half, two)


MIXED = 3  # points of either sign for each formula


def typed_is_printed(seed: int) -> bool:
    """Type, derive, read the text again, compare with NumPy; False where the formula is refused."""
    text, wrt = formula(seed)
    try:
        parsed = parse(text, SHAPES, wrt)
        derivation = derive(parsed.expression, parsed.wrt)
    except KeygenError as refusal:
        reasons = ("no point was found", f"{wrt} does not occur")
        assert refusal.what.startswith(reasons), text  # noqa: PT017 - a false line must not pass for a refusal
        return False
    rows = [row.partition(" = ") for row in derivation_text(derivation).splitlines()]
    sides = {left.strip(): right.partition(MARGIN)[0].strip() for left, _, right in rows}
    rng = np.random.default_rng(seed)
    sizes = {"n": 3, "m": 2}
    for _ in range(40 * MIXED):
        point = turned(draw([derivation.f], [derivation.wrt], sizes, rng), rng)
        if why_undefined([derivation.f], point):
            continue
        at = Readback("plain", [point])
        values = {symbol.name: value for symbol, value in point.values.items()} | sizes
        expected = worth(text, values)
        (found,) = at.numbers(sides["f"])
        assert np.isclose(found, expected, rtol=1e-6), (text, sides["f"])
        x, direction, step = derivation.wrt, point.direction[derivation.wrt], 1e-5
        around = [worth(text, values | {wrt: point.values[x] + k * step * direction}) for k in (-2, -1, 1, 2)]
        slope = (around[0] - 8 * around[1] + 8 * around[2] - around[3]) / (12 * step)
        gradient = at.value(sides["∇f"], point, point.values[x].shape, at.scopes[0])
        along, scale = float(np.sum(gradient * direction)), max(map(abs, around)) / step * 1e-10
        if np.isfinite(slope) and scale < 1e-3 * max(1e-6, abs(along)):
            assert np.isclose(along, slope, rtol=2e-3, atol=scale), (text, sides["∇f"])
    return True


@pytest.mark.parametrize("start", range(0, 120, 20))
def test_what_is_typed_is_what_is_printed_and_its_gradient_that_of_differences(start):
    assert sum(map(typed_is_printed, range(start, start + 20))) >= 5


@pytest.mark.parametrize("typed", ["sigmoid(det(X))**(1/2) - t**(-1)", "ln(sigmoid(tr(-4*X)))", "sqrt(exp(-9*tr(X)))"])
def test_a_root_of_what_is_all_but_zero_at_a_random_point_is_no_false_line(typed):
    parsed = parse(typed, SHAPES, "X")
    assert derive(parsed.expression, parsed.wrt).gradient is not None


@given(ANY, st.integers(0, 100))
def test_both_notations_of_any_expression_are_read_as_its_value(e, seed):
    assume(not any(isinstance(node, ex.Zero) for node in walk(e)))  # the constructors of a derivation leave none inside
    with np.errstate(all="ignore"):
        point = draw([e], [], SIZES, np.random.default_rng(seed))
        try:
            value = evaluate(e, point)
        except Undefined:
            assume(False)
        assume(bool(np.all(np.isfinite(value)) and np.max(np.abs(value), initial=0) < 1e8))
        Readback("plain", [point]).require(plain_text(e), e)
        Readback("tex", [point]).require(expression_tex(e), e)
        require_spoken(e, places([point]))
        require_spoken(e, places([point]), flat=True)


@pytest.mark.parametrize(
    ("notation", "text"),
    [
        ("plain", "2 3²u"), ("plain", "u / u u"), ("plain", "u / u / u"), ("plain", "dx²"), ("plain", "‖x‖"),
        ("plain", "x ∘ a ∘ a"), ("plain", "A x ∘ a"), ("plain", "tr(I)"), ("plain", "A + u"), ("plain", "xx"),
        ("plain", "(x"), ("plain", "q"), ("plain", "∑ᵢ u"), ("plain", "x + + a"), ("plain", ""),
        ("tex", r"2 3^{2}"), ("tex", r"2\tfrac{1}{2}"), ("tex", r"\kgmat{X}^{2}^{\top}"), ("tex", r"\kgmat{A}^{2}"),
        ("tex", r"\mathrm{d}\kgmat{x}^{\top}"), ("tex", r"\frac{1}{\kgmat{x}}"), ("tex", r"\ln u"),
        ("tex", r"\kgmat{q}"), ("tex", "1/2u"),
    ],
)  # fmt: skip
def test_what_could_be_read_in_two_ways_or_in_none_is_refused(notation, text):
    symbols = parse("x + a + A@x*u + X@w", ALL).expression
    x = next(symbol for symbol in symbols.symbols if symbol.name == "x")
    at = Readback(notation, points_of_both_signs([symbols], [x], count=1))
    with pytest.raises(KeygenError, match="read back"):
        at.value(text, at.points[0], (1, 1), at.scopes[0])


def test_a_fraction_inside_another_is_read_with_its_slash():
    symbols = parse("u", ALL).expression
    at = Readback("tex", points_of_both_signs([symbols], [next(iter(symbols.symbols))], count=1))
    u, found = (at.value(text, at.points[0], (1, 1), at.scopes[0]) for text in ("u", r"\frac{u}{(1/2)^{2}}"))
    assert np.allclose(found, 4 * u)


def test_a_page_of_a_derivation_whose_letters_look_the_same_is_refused(tmp_path):
    task = DerivationRequest(SHIPPED, "u_1.T@x + u1.T@x", "x", "x:n,1 u1:n,1 u_1:n,1", "en")
    with pytest.raises(KeygenError, match="look the same"):
        written_files(task, tmp_path, "tex")
    assert not list(tmp_path.iterdir())


def test_two_letters_that_look_the_same_are_refused():
    parsed = parse("x1.T@x + x_1.T@x", "x:n,1 x1:n,1 x_1:n,1", "x")
    with pytest.raises(KeygenError, match="look the same"):
        derivations.require_printed(expression_tex(parsed.expression), parsed.expression)


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        ("tr(I@X)", "I is no letter"),
        ("ln.T@x + x.T@x", "ln is no letter"),
        ("dx.T@x", "dx would be read as the differential of x"),
        ("sum(z[i].T@x for i in range(n)) + sum(z[i].T@x for i in range(m))", "i runs over two samples"),
        ("x.T@x/0", "a division by zero"),
        ("(x.T@x)**(1/0)", "an exponent that is not a number"),
        ("0**(-1)*x.T@x", "no point was found"),
        ("True*x.T@x", "not part of the language"),
    ],
)
def test_what_cannot_be_read_in_one_way_or_has_no_value_is_told(typed, says):
    with pytest.raises(KeygenError, match=says):
        written(typed, "X" if "X" in typed else "x", "x:k,1")


@pytest.mark.parametrize("typed", ["(-0)*x.T@x", "-0.0*(x.T@x) - 0", "0*x.T@x - 0*x.T@x", "(x.T@x)**0"])
def test_no_zero_has_a_sign(typed):
    lines = written(typed, "x")
    assert lines["∇f"] == "0"
    assert not any(re.search(r"[-−]0(?!\.)", side) for side in lines.values())


# Formulas in which every sign of the table makes a difference.
WITNESSES = {
    "add": ("a.T@x + x.T@x", "x"),
    "sub": ("a.T@x - x.T@x", "x"),
    "neg": ("-(a.T@x) - lam", "x"),
    "product": ("x.T@A@x", "x"),
    "multiple": ("lam*(x.T@A@x)", "x"),
    "part": ("n/2*(x.T@x)", "x"),
    "div": ("(a.T@x)/(x.T@x + 1)", "x"),
    "entrywise": ("a.T@(b*x)", "x"),
    "transposed": ("(y - x).T@a", "x"),
    "inverse": ("tr(inv(Y + A)@B)", "Y"),
    "inverse_transposed": ("tr(inv(Y + A).T@B)", "Y"),
    "number_power": ("(a.T@x)**3", "x"),
    "trace": ("tr(Y@A)", "Y"),
    "det": ("det(Y + A)", "Y"),
    "ln_det": ("ln(det(Y + A))", "Y"),
    "ln_of": ("ln(x.T@x)", "x"),
    "exp_of": ("exp(a.T@x)", "x"),
    "sigmoid_of": ("sigmoid(a.T@x)", "x"),
    "root_of": ("sqrt(x.T@x)", "x"),
    "norm_squared": ("norm(x - a)**2", "x"),
    "sample_sum": ("sum(z[i].T@x + u for i in range(m))*lam", "x"),
    "differential": ("a.T@x", "x"),
    "differential_of": ("exp(a.T@x)", "x"),
    "unit_of_size": ("tr(I(n))*a.T@x", "x"),
}
# What has no bracket to lose: these stand between borders of their own, or hold letters alone.
BORDERED = {
    ("div", 0), ("div", 1), ("part", 0), ("part", 1), ("root_of", 0), ("norm_squared", 0), ("differential", 0),
    ("differential_of_call", 0), ("sub", 0), ("neg", 0),
}  # fmt: skip


def found_in(rows: Iterable[str]) -> list[tuple[str, int]]:
    """The places of some rows whose brackets the table decides."""
    return [
        (row, place) for row in rows for place in range(len(OPERATORS[row].allowed)) if (row, place) not in BORDERED
    ]


INSIDE = {
    "sub": ("lam - (a.T@x - x.T@x)", "x"),
    "product": ("x.T@(A + B)@(x - b)", "x"),
    "multiple": ("(r + 1)*lam*(a.T@x - 2)", "x"),
    "entrywise": ("a.T@((b - a)*(x - y))", "x"),
    "transposed": ("(y - x).T@a", "x"),
    "inverse": ("tr(inv(Y + A)@B)", "Y"),
    "inverse_transposed": ("tr(inv(Y + A).T@B)", "Y"),
    "number_power": ("(a.T@x + 1)**3", "x"),
    "trace": ("tr(Y + A)", "Y"),
    "det": ("det(Y + A)", "Y"),
    "ln_det": ("ln(det(Y + A))", "Y"),
    "ln_of": ("ln(x.T@x + 1)", "x"),
    "exp_of": ("exp(a.T@x)", "x"),
    "sigmoid_of": ("sigmoid(a.T@x + u)", "x"),
    "differential_of": ("exp(a.T@x + x.T@x)", "x"),
    "sample_sum": ("sum(z[i].T@x - u for i in range(m))", "x"),
}


@lru_cache
def derived(typed: str, wrt: str):
    """The derivation of a formula, made by the true printers."""
    parsed = parse(typed, ALL + " z:n,1", wrt)
    return derive(parsed.expression, parsed.wrt)


def forget() -> None:
    """Nothing is remembered of what was written or read before."""
    for remembered in (
        plain_text, numpy_text, require_in_numpy, derivations.written, to_python, matrix_readback.require,
        matrix_readback.require_rows, matrix_readback.require_result, matrix_readback.require_said,
    ):  # fmt: skip
        remembered.cache_clear()
    derivations.MATRICES.names.cache_clear()
    READ.clear()


@pytest.fixture
def mutated(monkeypatch):
    """Put something else into a printer, with nothing remembered of before, nor of it."""

    def mutate(owner, name, value) -> None:
        if isinstance(owner, dict):
            monkeypatch.setitem(owner, name, value)
        else:
            monkeypatch.setattr(owner, name, value)
        forget()

    yield mutate
    monkeypatch.undo()
    forget()


class Names(dict):
    """A law by its own id."""

    def __missing__(self, law: str) -> str:
        return law


def on_terminal(found) -> None:
    """The text of a derivation, read back."""
    derivation_text(found)


def on_page(found) -> None:
    """A derivation as a page shows it, spoken in Python."""
    derivations.matrices_tex(found.f)
    derivations.matrices_tex(derivations.steps(found, Names()))


def on_deep_check(found) -> None:
    """The TeX of a derivation, read back from the page."""
    for shown in (found.f, derivations.steps(found, Names())):
        text = derivations.steps_tex(shown) if isinstance(shown, derivations.Steps) else expression_tex(shown)
        derivations.require_printed(text, shown)


WAYS = {"terminal": on_terminal, "page": on_page, "deep check": on_deep_check}


def ways_that_find(found) -> set[str]:
    """Which checks refuse a derivation."""
    refused = set()
    for way, check in WAYS.items():
        try:
            check(found)
        except KeygenError:
            refused.add(way)
    return refused


@pytest.mark.parametrize("row", WITNESSES)
def test_the_true_printers_are_read_as_what_they_write(row):
    found = derived(*WITNESSES[row])
    assert row in " ".join(rows_of(found.f) | rows_of(found.lines[0].before)) or row in ("unit_of_size", "sub", "neg")
    assert ways_that_find(found) == set()


def rows_of(e: ex.Expression) -> set[str]:
    """The signs with which an expression is written."""

    def walked(term: Term) -> Iterator[str]:
        if isinstance(term, Apply):
            yield term.primitive
            for arg in term.args:
                yield from walked(arg)

    return set(walked(as_term(e)))


# A function's brackets are those of a call in Python, and a sum over a sample has brackets of its own there.
TEXT_ALONE = {("sample_sum", 0), ("entrywise", 0)}


@pytest.mark.parametrize(("row", "place"), found_in(INSIDE))
def test_a_bracket_that_the_table_forgets_is_missed(mutated, row, place):
    found, sign = derived(*INSIDE[row]), OPERATORS[row]
    allowed = tuple(EVERY_LEVEL if at == place else levels for at, levels in enumerate(sign.allowed))
    mutated(OPERATORS, row, replace(sign, allowed=allowed))
    assert ways_that_find(found) >= ({"terminal", "deep check"} if (row, place) in TEXT_ALONE else set(WAYS))


@pytest.mark.parametrize("row", WITNESSES)
def test_what_numpy_is_told_is_read_back(row):
    found = derived(*WITNESSES[row])
    for e in (found.f, found.differential, found.gradient):
        require_in_numpy(e)


# What a program calls has brackets of its own; a sigmoid is written by its exponential, and a differential by dX.
CALLED = {"inverse", "inverse_transposed", "sample_sum", "sigmoid_of", "differential_of"}


@pytest.mark.parametrize(("row", "place"), [(row, place) for row, place in found_in(INSIDE) if row not in CALLED])
def test_a_bracket_that_numpy_is_not_told_is_missed(mutated, row, place):
    f, sign = derived(*INSIDE[row]).f, OPERATORS[row]
    allowed = tuple(EVERY_LEVEL if at == place else levels for at, levels in enumerate(sign.allowed))
    mutated(OPERATORS, row, replace(sign, allowed=allowed))
    with pytest.raises(KeygenError, match="is not what it was written from"):
        require_in_numpy(f)


PATTERNS = {
    "sub": ("{0} + {1}", " + "),
    "neg": ("{0}", "{0}"),
    "transposed": ("{0}", "{0}"),
    "inverse": (r"{0}^{{\top}}", "{0}ᵀ"),
    "inverse_transposed": (r"{0}^{{-1}}", "{0}⁻¹"),
    "number_power": ("{0}", "{0}"),
    "trace": (r"\det{0}", "det{0}"),
    "det": (r"\ln\det{0}", "ln det{0}"),
    "ln_of": (r"\exp{0}", "exp{0}"),
    "sigmoid_of": (r"\sigma", "σ"),
    "root_of": ("{{{0}}}", "({0})"),
    "norm_squared": ("({0})", "({0})"),
    "entrywise": ("{0}{1}", "{0}{1}"),
    "sample_sum": ("{0}", "{0}"),
    "differential": ("{0}", "{0}"),
    "part": (r"\frac{{{1}}}{{{0}}}", "({1}/{0})"),
    "div": (r"\frac{{{1}}}{{{0}}}", "{1} / {0}"),
}


@pytest.mark.parametrize("row", PATTERNS)
def test_a_sign_that_the_table_writes_wrongly_is_found_in_the_finished_text(mutated, row):
    """Python has a pattern of its own, so a page finds it in a deep check alone."""
    found = derived(*WITNESSES[row])
    tex, unicode = PATTERNS[row]
    mutated(OPERATORS, row, replace(OPERATORS[row], tex=tex, unicode=unicode))
    assert ways_that_find(found) >= {"terminal", "deep check"}


def other(true):
    """Another letter for u."""
    return lambda self, term: true(self, msgspec.structs.replace(term, name="lam") if term.name == "u" else term)


MUTANTS = {
    "bracketed": (lambda true: lambda self, inner: inner, "(x.T@x + 1)*(a.T@x)"),
    "closed": (lambda true: lambda self, arg: arg, "(x.T@x + 1)*(a.T@x)"),
    "fitted": (lambda true: lambda self, arg, allowed: arg, "(x.T@x + 1)*(a.T@x)"),
    "name": (other, "u*x.T@A@x"),
    "param": (lambda true: lambda self, term: NO_PARAM, "(x.T@x)**3"),
    "row": (lambda true: lambda self, *row: "{1}{0}" if len(row[0]) == 2 else true(self, *row), "a.T@A@x - x.T@a*2"),
    "between": (lambda true: lambda self, *row: "", "2*3**2*(x.T@x)"),
}
PRINTERS = {"terminal": MatrixUnicodePrinter, "deep check": MatrixLatexPrinter}


@pytest.mark.parametrize("rule", MUTANTS)
@pytest.mark.parametrize("way", PRINTERS)
def test_every_broken_rule_of_a_printer_is_found_in_the_finished_text(mutated, rule, way):
    mutant, typed = MUTANTS[rule]
    found = derived(typed, "x")
    mutated(PRINTERS[way], rule, mutant(getattr(PRINTERS[way], rule)))
    assert way in ways_that_find(found)


@pytest.mark.parametrize("name", ["product", "sum", "row"])
def test_a_reading_of_expressions_that_loses_a_part_stops_a_page_and_a_terminal(mutated, name):
    lost = {
        "product": lambda self, e: self.row(e.factors[1:]),
        "sum": lambda self, e, terms: self.term(terms[0]),
        "row": lambda self, factors: self.term(factors[0]) if factors else constant(1),
    }
    found = derived("2*(a.T@x) - 3*x.T@A@x", "x")
    mutated(TermBuilder, name, lost[name])
    as_term.cache_clear()
    try:
        assert ways_that_find(found) == set(WAYS)
    finally:
        as_term.cache_clear()


@pytest.mark.parametrize("typed", ["2*3**2*(x.T@x)", "sigma*(x.T@x + 1)"])
def test_a_dot_left_out_is_found_on_a_page(mutated, typed):
    e = parse(typed, ALL).expression
    mutated(MatrixLatexPrinter, "between", lambda self, *row: "")
    with pytest.raises(KeygenError):
        derivations.require_printed(expression_tex(e), e)


@pytest.mark.parametrize(
    ("typed", "printed"),
    [
        ("1/(lam/u)*a.T@x", "aᵀx / (λ / u)"),
        ("lam*x.T@x/(u/r)/(1/t)", "λxᵀx / (u / (rt))"),
        ("u**2*u*a.T@x", "u³aᵀx"),
        ("lam*u*u*a.T@x", "λu²aᵀx"),
        ("u**2*u**3*a.T@x", "u²u³aᵀx"),
        ("n*n*a.T@x", "n²aᵀx"),
        ("tr(B@B)**(-400)*(a.T@x)", "aᵀx / tr(BB)⁴⁰⁰"),
        ("sigmoid(det(B))**(1/2)*(a.T@x) - t**(-1)", "σ(det(B))^(1/2) aᵀx − 1 / t"),
    ],
)
def test_a_formula_is_printed_as_a_person_writes_it(typed, printed):
    assert written(typed, "x")["f"] == printed


@pytest.mark.parametrize(
    ("typed", "wrt", "gradient"),
    [
        ("norm(X + X.T)**2", "X", "4(X + Xᵀ)"),
        ("tr(Y)**0", "Y", "0"),
        ("tr(Y)**(-400)", "Y", "−400I / tr(Y)⁴⁰¹"),
        ("sigmoid(det(Y))**(1/2) - t**(-1)", "Y", "(1/2) √(σ(det(Y))) (1 − σ(det(Y))) det(Y) Y⁻ᵀ"),
    ],
)
def test_a_gradient_is_collected_and_no_power_is_refused(typed, wrt, gradient):
    assert written(typed, wrt, ALL.replace("X:n,m", "X:n,n"))["∇f"] == gradient


def test_no_point_is_a_division_by_what_is_zero_up_to_rounding():
    with pytest.raises(KeygenError, match="no point was found"):
        written("1/(tr(A@B) - tr(B@A)) + a.T@x", "x")
