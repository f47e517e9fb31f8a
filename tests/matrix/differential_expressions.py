"""Random expressions of the language, for hypothesis."""

from fractions import Fraction

from hypothesis import strategies as st

from keygen.matrix import expression as ex
from keygen.matrix.shapes import Dim

SIZES = {"n": 2, "m": 3}
DIMS = ("n", "m", 1)


def letter(rows: Dim, columns: Dim) -> st.SearchStrategy[ex.Expression]:
    """A symbol, one of two for each shape."""
    names = [f"{name}{rows}_{columns}" for name in ("A" if columns != 1 else "a", "B" if columns != 1 else "b")]
    return st.sampled_from(names).map(lambda name: ex.Symbol(name, rows, columns))


@st.composite
def expressions(draw_from, rows: Dim, columns: Dim, depth: int) -> ex.Expression:
    """Any expression of a shape, put together by the bare constructors."""
    if depth == 0:
        return draw_from(letter(rows, columns))

    def part(r: Dim, c: Dim) -> ex.Expression:
        return draw_from(expressions(r, c, draw_from(st.integers(0, depth - 1))))

    kinds = ["letter", "sum", "product", "scaled", "transpose", "hadamard"]
    kinds += ["inverse", "identity"] if rows == columns != 1 else []
    kinds += ["number", "trace", "det", "power", "over", "function", "norm", "sample"] if rows == columns == 1 else []
    kinds += ["zero", "ones"] if columns == 1 else []
    side = draw_from(st.sampled_from(DIMS))
    match draw_from(st.sampled_from(kinds)):
        case "sum":
            minus = ex.Product((ex.Number(Fraction(-1)), part(rows, columns)))
            return ex.Sum((part(rows, columns), draw_from(st.sampled_from([minus, part(rows, columns)]))))
        case "product":
            return ex.Product((part(rows, side), part(side, columns)))
        case "scaled":
            value = draw_from(st.fractions(-2, 2, max_denominator=3))
            return ex.Product((ex.Number(value), part(rows, columns), part(1, 1)))
        case "transpose" if rows != 1 or columns != 1:
            return ex.Transpose(part(columns, rows))
        case "hadamard":
            return ex.Hadamard(part(rows, columns), part(rows, columns))
        case "inverse":
            return ex.Inverse(part(rows, rows))
        case "identity":
            return ex.Identity(rows)
        case "number":
            return ex.Number(draw_from(st.fractions(-2, 2, max_denominator=3)))
        case "trace":
            return ex.MatrixTrace(part("n", "n"))
        case "det":
            return ex.Det(part("n", "n"))
        case "power":
            return ex.Power(part(1, 1), Fraction(draw_from(st.sampled_from([2, 3, "1/2"]))))
        case "over":
            return ex.Product((part(1, 1), ex.Power(part(1, 1), Fraction(draw_from(st.sampled_from([-1, -2]))))))
        case "function":
            return ex.Function(part(1, 1), draw_from(st.sampled_from(ex.FUNCTIONS)))
        case "norm":
            return ex.SquaredNorm(part("m", side))
        case "sample":
            return ex.SampleSum(ex.Product((ex.Symbol("y", 1, 1, "i"), draw_from(letter(1, 1)))), "i", "n")
        case "zero":
            return ex.Zero(rows, columns)
        case "ones" if rows != 1:
            return ex.Ones(rows)
    return draw_from(letter(rows, columns))


SHAPES = st.sampled_from([("n", "m"), ("n", "n"), ("m", 1), (1, "n"), (1, 1)])
ANY = SHAPES.flatmap(lambda shape: expressions(*shape, 3))
