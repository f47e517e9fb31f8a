"""What is printed means what the tree means: in Python's signs it is evaluated back, in plain text it is looked at."""

from unicodedata import normalize

import numpy as np
import pytest
from differential_expressions import ANY, SIZES
from hypothesis import assume, given
from hypothesis import strategies as st

from keygen.matrix import expression as ex
from keygen.matrix.derive import derive
from keygen.matrix.evaluate import Undefined, evaluate
from keygen.matrix.parse import parse
from keygen.matrix.printing import numpy_form, plain_text
from keygen.matrix.readback import derivation_text
from keygen.matrix.transform import tidy
from keygen.matrix.verify import close, draw, walk


def value_and_point(e: ex.Expression, seed: int):
    """The value of e at a random point, by keygen's evaluator; a draw where it has none is passed over."""
    point = draw([e], [], SIZES, np.random.default_rng(seed))
    try:
        value = evaluate(e, point)
    except Undefined:
        assume(False)
    assume(bool(np.all(np.isfinite(value)) and np.max(np.abs(value), initial=0) < 1e8))
    return value, point


@given(ANY, st.integers(0, 100))
def test_the_numpy_form_evaluates_to_the_value_of_the_expression(numpy_value, e, seed):
    with np.errstate(all="ignore"):
        value, point = value_and_point(e, seed)
        assert close(np.broadcast_to(numpy_value(numpy_form(e), point), value.shape), value)


@pytest.mark.parametrize(
    ("formula", "text"),
    [
        ("norm(x)**2 * A", "(x.T @ x) * A"),
        ("norm(X)**2 / 3", "1/3 * tr(X.T @ X)"),
        ("ln(sigmoid(-(a.T @ x)))", "log(1 / (1 + exp(a.T @ x)))"),
        ("inv(X + B).T", "inv(X + B).T"),
        ("a.T @ x / (lam * beta)", "1/(lam * beta) * a.T @ x"),
        ("1 / (lam / beta)", "1 / (lam / beta)"),
        ("-n/2 * ln(det(S)) - lam / 2", "-n/2 * log(det(S)) - lam / 2"),
        ("sum(x1[i] for i in range(n)) @ (a - x).T", "sum(x1[i] for i in range(n)) @ (a - x).T"),
        ("tr(X)**(1/2) + 1/2", "tr(X)**(1/2) + 1/2"),
    ],
)
def test_a_formula_in_numpys_style_reads_as_a_programmer_writes_it(formula, text):
    e = parse(formula, "x:n,1 a:n,1 x1:n,1").expression
    assert numpy_form(e) == text
    assert numpy_form(parse(text, "x:n,1 a:n,1 x1:n,1").expression) == text


@given(ANY, st.integers(0, 100))
def test_tidying_an_expression_keeps_its_value(e, seed):
    with np.errstate(all="ignore"):
        value, point = value_and_point(e, seed)
        try:
            found = evaluate(tidy(e), point)
        except Undefined:
            assume(False)
        assert close(found, value)


@given(ANY, st.integers(0, 100))
def test_a_printed_formula_is_read_back_as_an_expression_of_the_same_value(e, seed):
    with np.errstate(all="ignore"):
        value, point = value_and_point(e, seed)
        assume(not any(isinstance(node, ex.Ones | ex.Zero) for node in walk(e)))  # NumPy's, not the language's
        shapes = " ".join(f"{s.name}:{s.rows},{s.columns}" for s in e.symbols)
        again = parse(str(e), shapes).expression
        assert close(np.broadcast_to(evaluate(again, point), value.shape), value)


@given(ANY)
def test_plain_text_can_be_written_of_anything_and_closes_its_brackets(e):
    text = plain_text(e)
    assert text.count("(") == text.count(")")
    assert "+ −" not in text
    assert "−−" not in text


@pytest.mark.parametrize(
    ("formula", "text"),
    [
        ("tr(A @ X.T @ X)", "tr(AXᵀX)"),
        ("inv(X).T @ inv(X)", "X⁻ᵀX⁻¹"),
        ("(A + B) @ x", "(A + B)x"),
        ("x.T @ A @ x / (x.T @ x)", "xᵀAx / (xᵀx)"),
        (
            "-n/2 * log(det(S)) - 1/2 * sum(x[i].T @ inv(S) @ x[i] for i in range(n))",
            "−(n/2) ln det(S) − (1/2) ∑ᵢ xᵢᵀS⁻¹xᵢ",
        ),
        ("lam * (x.T @ x) ** 2", "λ (xᵀx)²"),
        ("x * (x.T @ x)", "x(xᵀx)"),
        ("(x.T @ x) * A", "(xᵀx)A"),
        ("norm(X - A)**2", "‖X − A‖²"),
        ("A * B", "A ∘ B"),
        ("-(x.T @ x) - 2", "−xᵀx − 2"),
        ("exp(-x1.T @ x1)", "exp(−x₁ᵀx₁)"),
    ],
)
def test_plain_text_reads_as_in_a_book(formula, text):
    assert plain_text(parse(formula, "x:n,1").expression) == text


@pytest.mark.parametrize(
    ("name", "text"),
    [("muhat", "μ̂"), ("Sigmahat", "Σ̂"), ("xbar2", "x̄₂"), ("what", "ŵ"), ("hat", "hat"), ("foohat", "foohat")],
)
def test_a_letter_carries_the_accent_that_its_name_ends_in_and_is_read_back(name, text):
    parsed = parse(f"{name}.T @ y + y.T @ y", f"{name}:n,1 y:n,1", "y")
    lines = derivation_text(derive(parsed.expression, parsed.wrt)).splitlines()  # raises where it is read otherwise
    assert lines[0].startswith(f"  f = {normalize('NFC', text)}ᵀ")


def test_sizes_replace_letters_in_the_numpy_form():
    e = parse("tr(I(n) @ X) + n", "X:n,n").expression
    assert numpy_form(e, {"n": 3}) == "tr(I(3) @ X) + 3"


def test_an_unknown_node_raises_instead_of_printing_something():
    class Strange(ex.Expression):
        def measure(self):
            return (1, 1)

    with pytest.raises(TypeError):
        plain_text(Strange())
