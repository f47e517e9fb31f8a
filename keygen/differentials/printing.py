"""Expressions as text: NumPy-style for other programs, plain Unicode for a terminal."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

from keygen.differentials.expression import Expression, Identity, Level, Number, Size, Symbol, Zero
from keygen.differentials.notation import Notation
from keygen.differentials.rewrite import resize
from keygen.differentials.shapes import Dim, Sizes

GREEK = {
    "alpha": "α", "beta": "β", "gamma": "γ", "delta": "δ", "epsilon": "ε", "eta": "η", "theta": "θ", "kappa": "κ",
    "lam": "λ", "mu": "μ", "nu": "ν", "xi": "ξ", "pi": "π", "rho": "ρ", "sigma": "σ", "tau": "τ", "phi": "φ",
    "psi": "ψ", "omega": "ω", "Gamma": "Γ", "Delta": "Δ", "Theta": "Θ", "Lambda": "Λ", "Xi": "Ξ", "Pi": "Π",
    "Sigma": "Σ", "Phi": "Φ", "Psi": "Ψ", "Omega": "Ω",
}  # fmt: skip
RAISED = str.maketrans("T-0123456789", "ᵀ⁻⁰¹²³⁴⁵⁶⁷⁸⁹")
LOWERED = str.maketrans("0123456789ijk", "₀₁₂₃₄₅₆₇₈₉ᵢⱼₖ")


def numpy_form(e: Expression, sizes: Sizes | None = None) -> str:
    """NumPy-style: `@ .T inv det tr I(n) *`, with numbers for the dimensions that `sizes` names."""
    return str(resize(e, sizes) if sizes else e)


@lru_cache(maxsize=4096)
def plain_text(e: Expression) -> str:
    """Unicode text for a terminal: tr(AXᵀX), X⁻ᵀ, ∑ᵢ yᵢxᵢ. Kept, because lines are compared by it again and again."""
    return Plain().write(e)


class Plain(Notation):
    """Unicode text for a terminal."""

    minus = "−"

    def leaf(self, e: Expression) -> str:
        """x₁, Σ, 2, n, I, 0, 𝟏"""
        match e:
            case Symbol(name, _, _, index):
                stem = name.rstrip("0123456789")
                return GREEK.get(stem, stem) + (name[len(stem) :] + (index or "")).translate(LOWERED)
            case Number(value):
                return str(value).replace("-", self.minus)
            case Size(dim):
                return dim
            case Identity():
                return "I"
            case Zero():
                return "0"
        return "𝟏"

    def raised(self, base: str, exponent: str) -> str:
        """Xᵀ, X⁻ᵀ, u³; u^(3/2)"""
        return f"{base}^({exponent})" if "/" in exponent else base + exponent.translate(RAISED)

    def call(self, name: str, arg: str) -> str:
        """tr(A), ln(u), σ(u), √(u)"""
        return f"{ {'sigmoid': 'σ', 'sqrt': '√'}.get(name, name) }({arg})"

    def coefficient(self, above: Sequence[Expression], below: Sequence[Expression]) -> str:
        """(n/2)"""
        bottom = self.row(below) if len(below) == 1 else self.brackets(self.row(below))
        return f"({self.row(above) or '1'}/{bottom})"

    def over(self, above: Sequence[Expression], below: Sequence[Expression]) -> str:
        """u / v"""
        bottom = self.within(below[0], Level.POWER) if len(below) == 1 else self.brackets(self.row(below))
        return f"{self.row(above) or '1'} / {bottom}"

    def hadamard(self, left: str, right: str) -> str:
        """A ∘ B"""
        return f"{left} ∘ {right}"

    def norm(self, arg: str) -> str:
        """‖A‖"""
        return f"‖{arg}‖"

    def sample(self, body: str, index: str, size: Dim) -> str:
        """∑ᵢ"""
        return f"∑{index.translate(LOWERED)} {body}"

    def differential(self, arg: str) -> str:
        """dX, d(AX)"""
        return "d" + arg

    def brackets(self, text: str) -> str:
        """(A + B)"""
        return f"({text})"
