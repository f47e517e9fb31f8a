"""No false line can exist: every law of every table is broken in turn, and the check sees it."""

import numpy as np
import pytest
from msgspec.structs import replace

from keygen.errors import KeygenError
from keygen.matrix import derive as derive_module
from keygen.matrix import optimum as second_order
from keygen.matrix.algebra import multiply, number
from keygen.matrix.derive import derive, hessian
from keygen.matrix.equations import EQUATION_MOVES, Equation
from keygen.matrix.evaluate import Undefined, evaluate
from keygen.matrix.expression import Function, Symbol
from keygen.matrix.optimum import constrained_optimum, optimum
from keygen.matrix.parse import parse
from keygen.matrix.rewrite_rules import MOVES
from keygen.matrix.rules import RULES, rule_for
from keygen.matrix.terms import JOINS, Term
from keygen.matrix.verify import KnownValues, close, draw, points

LOGISTIC = ("sum(ln(1 + exp(-y[i] * x[i].T @ w)) for i in range(n))", "w", "y:1,1,sign")
NORMAL = "-n/2*ln(det(S)) - 1/2*sum((x[i] - mu).T @ inv(S) @ (x[i] - mu) for i in range(n))"
SAMPLE = "S:k,k,definite x:k,1 mu:k,1"

RULE_USED_BY = {
    "constant": ("a.T @ b + a.T @ x", "x", ""),
    "variable": ("a.T @ x", "x", ""),
    "linearity": ("a.T @ x + x.T @ A @ x", "x", ""),
    "constant_factors": ("a.T @ x", "x", ""),
    "product": ("x.T @ A @ x", "x", ""),
    "hadamard": ("tr(B.T @ (A * X))", "X", ""),
    "transpose": ("x.T @ a", "x", ""),
    "inverse": ("tr(A @ inv(X))", "X", ""),
    "trace": ("tr(A @ X)", "X", ""),
    "det": ("det(A @ X)", "X", ""),
    "ln_det": ("ln(det(A @ X))", "X", ""),
    "norm": ("norm(X - A)**2", "X", ""),
    "power": ("x**3", "x", "x:1,1"),
    "ln": ("ln(x)", "x", "x:1,1"),
    "exp": ("exp(x)", "x", "x:1,1"),
    "sqrt": ("sqrt(x)", "x", "x:1,1"),
    "sigmoid": ("sigmoid(x)", "x", "x:1,1"),
    "sample_sum": LOGISTIC,
}

MOVE_USED_BY = {
    "scalar_trace": ("a.T @ X @ b", "X", ""),
    "trace_scalar": ("tr(x @ a.T)", "x", ""),
    "trace_transpose": ("tr(A @ X.T)", "X", ""),
    "scalar_transpose": ("x.T @ a", "x", ""),
    "cyclic": ("tr(A @ X @ B)", "X", ""),
    "commute": ("x @ a.T @ x", "x", ""),
    "hadamard_trace": ("tr(B.T @ (A * X))", "X", ""),
    "hadamard_rows": ("a * x", "x", "a:n,1 x:n,1"),
    "powers": ("det(X)**2", "X", ""),
    "sign": ("sum(y[i] * exp(y[i] * x[i].T @ w) for i in range(n))", "w", "y:1,1,sign"),
    "logistic": LOGISTIC,
    "cancel": ("det(inv(X))", "X", ""),
}

JOIN_USED_BY = {
    "like_terms": ("x.T @ x", "x", ""),
    "collect": ("x.T @ A @ x + b.T @ x", "x", ""),
    "factor": ("x.T @ A @ x", "x", ""),
}

EQUATION_USED_BY = {
    "scale": ("norm(y - X @ w)**2", "w", ""),
    "surround": (NORMAL, "S", SAMPLE),
    "multiply_left": (NORMAL, "mu", SAMPLE),
    "take_out": (NORMAL, "mu", SAMPLE),
    "expand": ("norm(y - X @ w)**2", "w", ""),
    "separate": ("norm(y - X @ w)**2", "w", ""),
    "collect_unknown": ("norm(y - X @ w)**2 + lam*norm(w)**2", "w", "lam:1,1,positive"),
    "solve": ("norm(y - X @ w)**2", "w", ""),
    "divide": (NORMAL, "mu", SAMPLE),
    "invert": ("n/2*ln(det(P)) - 1/2*sum(x[i].T @ P @ x[i] for i in range(n))", "P", "P:k,k,definite x:k,1"),
    "turn": ("norm(X - A)**2 + tr(L.T @ (X.T - X))", "X", ""),
    "constrain": ("norm(X - A)**2 + tr(L.T @ (X.T - X))", "X", ""),
    "add_equations": ("norm(X - A)**2 + tr(L.T @ (X.T - X))", "X", ""),
    "subtract_equations": ("norm(X - A)**2 + tr(L.T @ (X.T + X))", "X", ""),
}


def derived(formula: str, wrt: str, shapes: str):
    parsed = parse(formula, shapes, wrt)
    return derive(parsed.expression, parsed.wrt)


def solved(formula: str, wrt: str, shapes: str):
    parsed = parse(formula, shapes, wrt)
    first = derive(parsed.expression, parsed.wrt)
    constraint = "skew" if "X.T + X" in formula else "symmetric"
    return constrained_optimum(first, parsed.symbols["L"], constraint) if "L" in parsed.symbols else optimum(first)


@pytest.mark.parametrize(
    ("table", "uses"),
    [(RULES, RULE_USED_BY), (MOVES, MOVE_USED_BY), (JOINS, JOIN_USED_BY), (EQUATION_MOVES, EQUATION_USED_BY)],
)
def test_every_law_has_its_example_and_its_one_line(table, uses):
    assert set(uses) == set(table)
    for entry in table.values():
        law = entry.law if hasattr(entry, "law") else entry.__doc__
        assert law
        assert "\n" not in law


@pytest.mark.parametrize("factor", [2, -1])
@pytest.mark.parametrize("name", [name for name in RULES if name != "constant"])
def test_a_broken_rule_is_caught(monkeypatch, name, factor):
    rule = RULES[name]
    broken = replace(rule, apply=lambda e, d: multiply(number(factor), rule.apply(e, d)))
    monkeypatch.setitem(RULES, name, broken)
    with pytest.raises(KeygenError, match="a false line"):
        derived(*RULE_USED_BY[name])


def test_a_constant_with_a_differential_is_caught(monkeypatch):
    monkeypatch.setitem(RULES, "constant", replace(RULES["constant"], apply=lambda e, d: e))
    with pytest.raises(KeygenError, match="a false line"):
        derived(*RULE_USED_BY["constant"])


@pytest.mark.parametrize("name", MOVES)
def test_a_broken_move_is_caught(monkeypatch, name):
    move = MOVES[name]

    def broken(term):
        after = move.apply(term)
        return after if after == term else replace(after, coefficient=-after.coefficient)

    monkeypatch.setitem(MOVES, name, replace(move, apply=broken))
    with pytest.raises(KeygenError, match="a false line"):
        hessian(derived(*MOVE_USED_BY[name])) if name == "sign" else derived(*MOVE_USED_BY[name])


@pytest.mark.parametrize("name", JOINS)
def test_a_broken_join_is_caught(monkeypatch, name):
    join = JOINS[name]
    monkeypatch.setitem(JOINS, name, lambda terms: join(terms[:1]) if name != "factor" else join([*terms, terms[0]]))
    with pytest.raises(KeygenError, match="a false line"):
        derived(*JOIN_USED_BY[name])


@pytest.mark.parametrize("name", EQUATION_MOVES)
def test_a_broken_move_on_an_equation_is_caught(monkeypatch, name):
    move = EQUATION_MOVES[name]

    def broken(equation, *args):
        after = move.apply(equation, *args)
        if name in ("solve", "divide", "invert"):
            return Equation(after.left, multiply(number(2), after.right))
        return Equation(multiply(number(2), after.left), after.right)

    monkeypatch.setitem(EQUATION_MOVES, name, replace(move, apply=broken))
    with pytest.raises(KeygenError, match="a false line"):
        solved(*EQUATION_USED_BY[name])


def test_a_false_square_is_caught(monkeypatch):
    squared = second_order.squared
    monkeypatch.setattr(second_order, "squared", lambda term: multiply(number(2), squared(term)))
    with pytest.raises(KeygenError, match="a false line"):
        solved("norm(y - X @ w)**2", "w", "")


OTHER_LAWS = {
    "transpose_product": ("derive.tidy", "(A @ x).T @ b", "x", ""),
    "symmetric": ("derive.twins", "(x - a).T @ W @ (x - a)", "x", "W:n,n,definite"),
    "symmetric_part": ("derive.divide", "a.T @ S @ b", "S", "S:n,n,definite"),
    "gradient": ("derive.read_off", "a.T @ X @ b", "X", ""),
    "jacobian": ("derive.heads", "A @ x", "x", ""),
    "second_differential": ("second_order.quadratic", "norm(y - X @ w)**2", "w", ""),
}
"""The laws of no table: the function that is broken, and a formula that needs it."""


def doubled(found):
    """Twice the expression, or twice each term."""
    match found:
        case tuple((list() as terms, laws)):
            return [doubled(term) for term in terms], laws
        case list():
            return [doubled(term) for term in found]
        case Term():
            return replace(found, coefficient=2 * found.coefficient)
    return multiply(number(2), found)


@pytest.mark.parametrize("name", OTHER_LAWS)
def test_a_broken_law_of_no_table_is_caught(monkeypatch, name):
    target, *problem = OTHER_LAWS[name]
    module, function = target.split(".")
    owner = {"derive": derive_module, "second_order": second_order}[module]
    right = getattr(owner, function)
    monkeypatch.setattr(owner, function, lambda *args: doubled(right(*args)))
    with pytest.raises(KeygenError, match="a false line"):
        solved(*problem) if module == "second_order" else derived(*problem)


def test_a_wrong_scatter_is_caught(monkeypatch):
    insert = second_order.Scatter.insert
    monkeypatch.setattr(second_order.Scatter, "insert", lambda self, term: doubled(insert(self, term)))
    with pytest.raises(KeygenError, match="a false line"):
        solved(NORMAL, "S", SAMPLE)


def test_an_operation_without_a_rule_raises():
    x = Symbol("x", "n", 1)
    with pytest.raises(KeygenError, match="no rule for the differential of exp"):
        rule_for(Function(x, "exp", entrywise=True), x)


def test_a_false_line_is_shown_with_its_laws():
    e = parse("tr(A)").expression
    with pytest.raises(KeygenError) as error:
        KnownValues(e, points([e])).require(e, multiply(number(2), e), "wishful thinking")
    assert "a false line: tr(A) = 2 * tr(A)" in str(error.value)
    assert "two equal sides, by wishful thinking" in str(error.value)


def test_the_tolerance_is_relative():
    value = evaluate(number(1000), points([number(1)])[0])
    assert close(value, value * (1 + 1e-7))
    assert not close(value, value * (1 + 1e-5))


@pytest.mark.parametrize(
    "formula", ["ln(-x.T @ x)", "inv(x @ x.T)", "1/(x.T @ x - x.T @ x)", "(-x.T @ x)**(1/2)", "det(x @ x.T)"]
)
def test_what_has_no_value_says_so(formula):
    e = parse(formula, "x:3,1").expression
    point = draw([e], [], {}, np.random.default_rng(1))
    with pytest.raises(Undefined):
        evaluate(e, point)
