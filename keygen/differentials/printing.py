"""Expressions as text: NumPy-style for other programs, plain Unicode for a terminal."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import ClassVar

from keygen.differentials.expression import (
    Expression,
    Identity,
    Level,
    Number,
    Ones,
    Product,
    SampleSum,
    Size,
    Symbol,
    Zero,
    fraction,
)
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
LOWERED = str.maketrans("0123456789aehijklmnoprstuvx", "₀₁₂₃₄₅₆₇₈₉ₐₑₕᵢⱼₖₗₘₙₒₚᵣₛₜᵤᵥₓ")
DIGITS = "0123456789"
OPENED = re.compile(r"[\w(√‖𝟏∑]")
FUSED = re.compile(r"(?:σ|ln|det|tr|exp)$")  # before a bracket, the name of a function
MOVED = re.compile(r"d$")  # before a letter or a bracket, a differential


def numpy_form(e: Expression, sizes: Sizes | None = None) -> str:
    """NumPy-style: `@ .T inv det tr I(n) *`, with numbers for the dimensions that `sizes` names."""
    return str(resize(e, sizes) if sizes else e)


@lru_cache(maxsize=4096)
def plain_text(e: Expression) -> str:
    """Unicode text for a terminal: tr(AXᵀX), X⁻ᵀ, ∑ᵢ yᵢxᵢ. Kept, because lines are compared by it again and again."""
    return Plain().write(e)


def lowered(index: str) -> str:
    """An index below the line, in brackets where Unicode has no such letter: xᵢ, x[q]."""
    below = index.translate(LOWERED)
    return f"[{index}]" if len(index) > 1 or below == index != "" else below


def barred(e: Expression) -> bool:
    """Whether e may end in a quotient, behind which another would be read in two ways."""
    match e:
        case SampleSum(body):
            return barred(body)
        case Product():
            _, above, below = fraction(e)
            return bool(below) or (bool(above) and barred(above[-1]))
    return False


class Plain(Notation):
    """Unicode text for a terminal."""

    minus: ClassVar[str] = "−"

    def leaf(self, e: Expression) -> str:
        """x₁, Σ, 2, n, I, 0, 𝟏"""
        match e:
            case Symbol(name, _, _, index):
                stem = name.rstrip(DIGITS)
                return GREEK.get(stem, stem) + name[len(stem) :].translate(LOWERED) + lowered(index or "")
            case Number(value):
                return str(value).replace("-", self.minus)
            case Size(dim):
                return dim
            case Zero():
                return "0"
            case Identity(size) | Ones(size):
                return ("I" if isinstance(e, Identity) else "𝟏") + (lowered(str(size)) if self.telling else "")
        raise TypeError(f"no letter for {type(e).__name__}")

    def spelled_out(self, e: Expression) -> bool:
        """Whether a name in e has more letters than one: foo, or a size of that name."""
        stems = {symbol.name.rstrip(DIGITS) for symbol in e.symbols} | ({e.dim} if isinstance(e, Size) else set())
        return any(len(GREEK.get(stem, stem)) > 1 for stem in stems)

    def beside(self, left: str, right: str, between: str) -> str:
        """Two factors; a norm always stands apart, so that its bar opens."""
        return super().beside(left, right, between or " " * (left != "" and right.startswith("‖")))

    def runs_together(self, left: str, right: str) -> bool:
        """2 3², σ(u) for a letter σ, tr(u) for the letters t and r, dx for a letter d."""
        if right[0] in DIGITS:
            return True
        return bool((right[0] == "(" and FUSED.search(left)) or (MOVED.search(left) and OPENED.match(right)))

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
        top = self.row(above) or "1"
        return f"{self.brackets(top) if above and barred(above[-1]) else top} / {bottom}"

    def hadamard(self, left: str, right: str) -> str:
        """A ∘ B"""
        return f"{left} ∘ {right}"

    def norm(self, arg: str) -> str:
        """‖A‖"""
        return f"‖{arg}‖"

    def sample(self, body: str, index: str, size: Dim, told: bool) -> str:
        """∑ᵢ yᵢ; ∑(i=1..n) u where no letter says how many there are"""
        return f"∑{lowered(index)} {body}" if told else f"∑({index}=1..{size}) {body}"

    def differential(self, arg: str) -> str:
        """dX, d(AX)"""
        return "d" + arg

    def brackets(self, text: str) -> str:
        """(A + B)"""
        return f"({text})"
