"""The text that reaches a reader is read again, by a grammar that shares nothing with the printers."""

import re
from collections.abc import Callable
from dataclasses import replace
from functools import lru_cache

import numpy as np
import pytest
from differential_expressions import ANY, SIZES
from hypothesis import assume, given
from hypothesis import strategies as st
from typed_formulas import SHAPES, formula, worth

from keygen.differentials import algebra, moves
from keygen.differentials import expression as ex
from keygen.differentials.derive import derive
from keygen.differentials.evaluate import Undefined, evaluate
from keygen.differentials.notation import Notation
from keygen.differentials.parse import parse
from keygen.differentials.points import draw, points_of_both_signs, turned, walk, why_undefined
from keygen.differentials.printing import Plain
from keygen.differentials.reading.back import READ, Readback
from keygen.differentials.report import MARGIN, derivation_text
from keygen.differentials.signs import power_of_power
from keygen.errors import KeygenError
from keygen.page import differentials, matrix_readback
from keygen.page.differentials import TexNotation

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
    inside = ex.Trace(found.wrt) if "tr" in typed else ex.Det(found.wrt)
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
        Readback("plain", [point]).require(Plain().write(e), e)
        Readback("tex", [point]).require(TexNotation().write(e), e)


@pytest.mark.parametrize(
    ("notation", "text"),
    [
        ("plain", "2 3²u"), ("plain", "u / u u"), ("plain", "u / u / u"), ("plain", "dx²"), ("plain", "‖x‖"),
        ("plain", "x ∘ a ∘ a"), ("plain", "A x ∘ a"), ("plain", "tr(I)"), ("plain", "A + u"), ("plain", "xx"),
        ("plain", "(x"), ("plain", "q"), ("plain", "∑ᵢ u"), ("plain", "x + + a"), ("plain", ""),
        ("tex", r"2 3^{2}"), ("tex", r"2\tfrac{1}{2}"), ("tex", r"\kgmat{X}^{2}^{\top}"), ("tex", r"\kgmat{A}^{2}"),
        ("tex", r"\mathrm{d}\kgmat{x}^{\top}"), ("tex", r"\frac{1}{\kgmat{x}}"), ("tex", r"\ln u"),
        ("tex", r"\kgmat{q}"),
    ],
)  # fmt: skip
def test_what_could_be_read_in_two_ways_or_in_none_is_refused(notation, text):
    symbols = parse("x + a + A@x*u + X@w", ALL).expression
    x = next(symbol for symbol in symbols.symbols if symbol.name == "x")
    at = Readback(notation, points_of_both_signs([symbols], [x], count=1))
    with pytest.raises(KeygenError, match="read back"):
        at.value(text, at.points[0], (1, 1), at.scopes[0])


def test_two_letters_that_look_the_same_are_refused():
    parsed = parse("x1.T@x + x_1.T@x", "x:n,1 x1:n,1 x_1:n,1", "x")
    with pytest.raises(KeygenError, match="look the same"):
        differentials.matrices_tex(parsed.expression)


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


# Formulas in which every rule of printing makes a difference.
WITNESSES = {
    "within": ("(y - X@w).T@(y - X@w)", "w"),
    "base": ("((a.T@x)**2)**(1/2) + (x - a).T@b", "x"),
    "level": ("a.T@x*(x.T@x - 2)", "x"),
    "sum": ("a.T@x - x.T@x", "x"),
    "product": ("-(a.T@x)/(x.T@x)", "x"),
    "row": ("lam*x.T@A@x", "x"),
    "beside": ("2*3**2*(x.T@x)", "x"),
    "runs_together": ("t*r*(x.T@x + 1)", "x"),
    "leaf": ("u*x.T@A@x", "x"),
    "raised": ("tr(inv(Y).T@A)", "Y"),
    "call": ("ln(x.T@x)", "x"),
    "coefficient": ("n/2*(x.T@x)", "x"),
    "over": ("(a.T@x)/(x.T@x + 1)", "x"),
    "hadamard": ("a.T@(b*x)", "x"),
    "norm": ("norm(x - a)**2", "x"),
    "sample": ("sum(z[i].T@x for i in range(m)) + x.T@x", "x"),
    "differential": ("exp(a.T@x)", "x"),
    "brackets": ("(x.T@x + 1)*(a.T@x)", "x"),
}

Mutant = Callable[..., str]

MUTANTS: dict[str, dict[str, Mutant]] = {
    "within": {"left out": lambda true, self, e, demanded: self.write(e)},
    "base": {"left out": lambda true, self, e: self.write(e)},
    "level": {"all alike": lambda true, self, e: ex.Level.ATOM},
    "sum": {"plus for minus": lambda true, self, terms: true(self, terms).replace(f" {self.minus} ", " + ")},
    "product": {
        "sign lost": lambda true, self, e: true(self, e).removeprefix(self.minus),
        "turned over": lambda true, self, e: true(self, turned_over(e)),
    },
    "row": {
        "reversed": lambda true, self, factors: true(self, factors[::-1]),
        "last lost": lambda true, self, factors: true(self, factors[:-1] if len(factors) > 1 else factors),
    },
    "beside": {"dot left out": lambda true, self, left, right, between: left + between.strip("·") + right},
    "runs_together": {"never": lambda true, self, left, right: False},
    "leaf": {"another letter": lambda true, self, e: true(self, other(e))},
    "raised": {
        "lost": lambda true, self, base, exponent: base,
        "transpose for inverse": lambda true, self, base, exponent: true(self, base, "T"),
    },
    "call": {
        "brackets left out": lambda true, self, name, arg: true(self, name, arg).replace(f"({arg})", arg),
        "name lost": lambda true, self, name, arg: self.brackets(arg),
    },
    "coefficient": {"turned over": lambda true, self, above, below: true(self, below, above)},
    "over": {
        "turned over": lambda true, self, above, below: true(self, below, above),
        "brackets left out": lambda true, self, above, below: re.sub(r"[{}()]|\\frac", "", true(self, above, below)),
    },
    "hadamard": {"matrix product": lambda true, self, left, right: left + right},
    "norm": {"brackets for a norm": lambda true, self, arg: self.brackets(arg)},
    "sample": {"left out": lambda true, self, body, *rest: body},
    "differential": {"d left out": lambda true, self, arg: arg},
    "brackets": {"left out": lambda true, self, text: text},
}


def turned_over(e: ex.Product) -> ex.Product:
    """The product with its quotients turned over."""
    swap = {True: ex.Fraction(-1), False: ex.Fraction(1)}
    numbers = [f for f in e.factors if f.shape == (1, 1) and not isinstance(f, ex.Number)]
    turned = {f: f.base if isinstance(f, ex.Power) and f.exponent < 0 else ex.Power(f, swap[True]) for f in numbers}
    return ex.Product(tuple(turned.get(factor, factor) for factor in e.factors))


def other(e: ex.Expression) -> ex.Expression:
    """Another number, and for u another letter."""
    if isinstance(e, ex.Number):
        return ex.Number(e.value + 1)
    return replace(e, name="lam") if isinstance(e, ex.Symbol) and e.name == "u" else e


CASES = [(rule, how) for rule, found in MUTANTS.items() for how in found]
SAME_ON_PAGES = {("beside", "dot left out"), ("runs_together", "never")}  # t and r of a page are no \operatorname{tr}


def broken(monkeypatch: pytest.MonkeyPatch, notation: type[Notation], rule: str, how: str) -> None:
    """A notation with one of its rules broken, and nothing remembered of before."""
    true = getattr(notation, rule)
    monkeypatch.setattr(notation, rule, lambda self, *args: MUTANTS[rule][how](true, self, *args))
    for module, name in ((differentials, "expression_tex"),):
        monkeypatch.setattr(module, name, lambda e: TexNotation().write(e))
    monkeypatch.setattr("keygen.differentials.report.plain_text", lambda e: Plain().write(e))
    for remembered in (matrix_readback.require, matrix_readback.require_rows, matrix_readback.require_result):
        remembered.cache_clear()
    READ.clear()


@lru_cache
def derived(rule: str):
    """The derivation of a witness, made by the true printers."""
    typed, wrt = WITNESSES[rule]
    parsed = parse(typed, ALL + " z:n,1", wrt)
    return derive(parsed.expression, parsed.wrt)


@pytest.mark.parametrize("rule", WITNESSES)
def test_the_true_printers_are_read_as_what_they_write(rule):
    derivation_text(derived(rule))
    differentials.matrices_tex(differentials.steps(derived(rule), Names()))


class Names(dict):
    """A law by its own id."""

    def __missing__(self, law: str) -> str:
        return law


@pytest.mark.parametrize(("rule", "how"), CASES)
def test_every_broken_rule_of_printing_stops_the_text_of_a_terminal(monkeypatch, rule, how):
    found = derived(rule)
    broken(monkeypatch, Plain, rule, how)
    with pytest.raises(KeygenError):
        derivation_text(found)


@pytest.mark.parametrize(("rule", "how"), [case for case in CASES if case not in SAME_ON_PAGES])
def test_every_broken_rule_of_printing_stops_a_page(monkeypatch, rule, how):
    found = derived(rule)
    broken(monkeypatch, TexNotation, rule, how)
    with pytest.raises(KeygenError):
        page(found)


def page(found):
    """The formula and the lines of a derivation as a page shows them."""
    return differentials.matrices_tex(found.f), differentials.matrices_tex(differentials.steps(found, Names()))


@pytest.mark.parametrize("typed", ["2*3**2*(x.T@x)", "sigma*(x.T@x + 1)"])
def test_a_dot_left_out_stops_a_page(monkeypatch, typed):
    broken(monkeypatch, TexNotation, "runs_together", "never")
    with pytest.raises(KeygenError):
        differentials.matrices_tex(parse(typed, ALL).expression)
