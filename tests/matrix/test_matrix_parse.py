"""What is typed is read as Python reads it; what cannot be read is pointed at."""

import pytest

from keygen.errors import KeygenError
from keygen.matrix.expression import Symbol
from keygen.matrix.parse import parse


@pytest.mark.parametrize(
    ("formula", "shapes", "assumed"),
    [
        ("tr(A @ X.T @ X)", "A:n,n X:m,n", {}),
        ("tr(A @ X.T @ X)", "", {"A": ("n", "n"), "X": ("m", "n")}),
        ("tr(A @ X.T @ X)", "X:3,2", {"A": (2, 2)}),
        ("x.T @ A @ b", "", {"x": ("n", 1), "A": ("n", "m"), "b": ("m", 1)}),
        (
            "norm(y - X @ w)**2 + lam*w.T @ w",
            "",
            {"y": ("n", 1), "X": ("n", "m"), "w": ("m", 1), "lam": (1, 1)},
        ),
        ("c * x.T @ x", "", {"c": (1, 1), "x": ("n", 1)}),
        ("c * norm(x)**2", "", {"c": (1, 1), "x": ("n", 1)}),
        ("x * (x.T @ x)", "", {"x": ("n", 1)}),
        ("A * B", "", {"A": ("n", "m"), "B": ("n", "m")}),
        ("x**2", "", {"x": (1, 1)}),
        ("ln(x)", "", {"x": (1, 1)}),
        ("tr(I(n) @ X)", "", {"X": ("n", "n")}),
        ("-n/2 * sum(x[i].T @ x[i] for i in range(n))", "", {"x": ("m", 1)}),
    ],
)
def test_shapes_that_are_not_given_are_inferred_and_reported(formula, shapes, assumed):
    assert dict(parse(formula, shapes).assumed) == assumed


@pytest.mark.parametrize(
    ("formula", "text"),
    [
        ("2 * x.T @ A @ x", "2 * x.T @ A @ x"),
        ("(A@X).T", "(A @ X).T"),
        ("-x.T@x/2", "-1/2 * x.T @ x"),
        ("a - (b + c)", "a - (b + c)"),
        ("x * (x.T @ x)", "x * (x.T @ x)"),
        ("x @ x.T @ x", "x @ x.T @ x"),
        ("A @ (-B)", "-A @ B"),
        ("log(det(X))", "log(det(X))"),
        ("norm(X - A)**2", "tr((X - A).T @ (X - A))"),
        ("X.T @ ones((n, 1))", "X.T @ ones((n, 1))"),
        ("x.T @ x / (a.T @ x)**2", "x.T @ x / (a.T @ x)**2"),
        ("0.5 * X + I(3)", "1/2 * X + I(3)"),
    ],
)
def test_a_formula_is_kept_as_typed(formula, text):
    assert str(parse(formula).expression) == text


def test_traits_are_declared_behind_the_shape():
    parsed = parse("tr(S) + lam", "S:k,k,definite lam:1,1,positive")
    assert parsed.symbols["S"] == Symbol("S", "k", "k", trait="definite")
    assert parsed.symbols["lam"].trait == "positive"


FAULTS = [
    ("tr(A @ X.T @ X", "", "  ^", "was never closed", None),
    ("tr(A @ X' @ X)", "", "        ^", "unterminated", "write X.T for the transpose"),
    ("tr(A @ X)", "A:n,n X:m,n", "   ^^^^^", "do not fit", "A is n x n, X is m x n"),
    ("tr(A + b)", "A:n,n b:n,1", "   ^^^^^", "different shapes", "A is n x n, b is n x 1"),
    ("a.T @ ln(A @ X)", "A:n,n X:n,m", "         ^^^^^", "ln needs a number", "A @ X is n x m"),
    ("lgo(x)", "", "^^^", "unknown function: lgo", "did you mean 'log'?"),
    ("det(X)", "X:n,m", "    ^", "det needs a square matrix", "X is n x m"),
    ("tr(A X)", "", "   ^", "invalid syntax", "write A @ X for a product"),
    ("2 x", "", "  ^", "invalid syntax", "2*x"),
    ("tr(X^2)", "", "   ^^^", "unknown operation", "write ** for a power"),
    ("x[i].T @ w", "", "^^^^", "not part of the language", "inside sum(... for i in range(n))"),
    ("tr(X.I)", "", "   ^^^", "not part of the language", "write inv(X), not X.I"),
    ("(A @ X)**2", "A:n,n X:n,n", " ^^^^^", "a power needs a number", "A @ X is n x n"),
    ("x**y", "", "   ^", "an exponent that is not a number", "1/2"),
    ("x / A", "A:n,n", "    ^", "only a number can divide", "A is n x n"),
    ("norm(X)", "", "^^^^", "unknown function: norm", "write norm(A)**2"),
    ("norm(X)**3", "", "^^^^^^^", "not squared", "write norm(A)**2"),
    ("sum(x)", "", "    ^", "a sum that cannot be read", "for i in range(n)"),
    ("tr(I(X))", "X:n,n", "     ^", "a size", "I(n) or I(3)"),
    ("A * B", "A:n,n B:n,m", "^^^^^", "equal shapes", "A is n x n, B is n x m"),
    ("tr(λ @ Σ) + é(A)", "", "            ^", "unknown function", None),
    ("f(x, y)", "", "^^^^^^^", "not part of the language", None),
    ("sigma + 'a'", "", "        ^^^", "not part of the language", None),
]


@pytest.mark.parametrize(("formula", "shapes", "carets", "what", "detail"), FAULTS)
def test_an_error_points_at_its_place_in_the_formula(formula, shapes, carets, what, detail):
    with pytest.raises(KeygenError) as error:
        parse(formula, shapes)
    said = str(error.value).splitlines()
    place = next(i for i, row in enumerate(said) if row.startswith("  line:"))
    column = said[place].index(formula)
    assert said[place + 1][column:] == carets
    assert what in said[0]
    assert detail is None or detail in str(error.value)


@pytest.mark.parametrize("shapes", ["X:nm", "X:n", "X", "X:n,m,strange", "X:0,2", "2X:n,m", "X:n,m,general,more"])
def test_shapes_that_cannot_be_read_raise(shapes):
    with pytest.raises(KeygenError, match="a shape that cannot be read"):
        parse("tr(X)", shapes)


def test_a_variable_that_does_not_occur_raises():
    with pytest.raises(KeygenError, match=r"Y does not occur in tr\(A @ X\)"):
        parse("tr(A @ X)", wrt="Y")


def test_a_sample_is_no_variable_and_has_no_second_meaning():
    with pytest.raises(KeygenError, match=r"x does not occur .*\n.*known: w"):
        parse("sum(x[i].T @ w for i in range(n))", wrt="x")
    with pytest.raises(KeygenError, match="x stands with and without an index"):
        parse("sum(x[i].T @ x for i in range(n))")


def test_nothing_is_evaluated():
    with pytest.raises(KeygenError, match="not part of the language"):
        parse("(lambda: 1)() + tr(A)")
    with pytest.raises(KeygenError, match="unknown function: exec"):
        parse("exec(A)")
