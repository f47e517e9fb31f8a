"""Unicode's characters for TeX's signs: the tables of `mathbox` for media that are not TeX."""

from __future__ import annotations

ITALIC_GREEK = (
    r"\alpha α \beta β \gamma γ \delta δ \epsilon ϵ \varepsilon ε \zeta ζ \eta η \theta θ \vartheta ϑ \iota ι \kappa κ"
    r" \lambda λ \mu μ \nu ν \xi ξ \pi π \rho ρ \varrho ϱ \sigma σ \varsigma ς \tau τ \upsilon υ \phi ϕ \varphi φ"
    r" \chi χ \psi ψ \omega ω \partial ∂ \ell ℓ"
)
UPRIGHT = (
    r"\Gamma Γ \Delta Δ \Theta Θ \Lambda Λ \Xi Ξ \Pi Π \Sigma Σ \Phi Φ \Psi Ψ \Omega Ω \Upsilon ϒ"
    r" \| ‖ \vert | \{ { \} } \prime ′ ' ′ \langle ⟨ \rangle ⟩ \lfloor ⌊ \rfloor ⌋ \lceil ⌈ \rceil ⌉ \% % - −"
    r" \cdot · \vdots ⋮ \colon : \circ ∘ * ∗ \ast ∗ \star ⋆ \bullet ∙ \times × \div ÷ \pm ± \mp ∓ \odot ⊙ \oplus ⊕"
    r" \otimes ⊗ \leq ≤ \geq ≥ \le ≤ \ge ≥ \neq ≠ \ne ≠ \approx ≈ \sim ∼ \equiv ≡ \propto ∝ \top ⊤ \nabla ∇ \mid ∣"
    r" \in ∈ \int ∫ \sum ∑ \prod ∏ \to → \rightarrow → \leftarrow ← \Rightarrow ⇒ \mapsto ↦ \infty ∞"
    r" \ldots … \cdots ⋯ \dots … \ddots ⋱"
)
SPACES = {
    r"\quad": " ", r"\qquad": "  ", r"\ ": " ", "~": " ", r"\,": " ", r"\:": " ", r"\;": " ",
    r"\thinspace": " ", r"\medspace": " ", r"\thickspace": " ",
}  # fmt: skip
LARGER = {
    r"\big": 1.2, r"\bigl": 1.2, r"\bigr": 1.2, r"\Big": 1.6, r"\Bigl": 1.6, r"\Bigr": 1.6,
    r"\biggl": 2.2, r"\biggr": 2.2,
}  # fmt: skip
SILENT = frozenset((r"\displaystyle", r"\textstyle", r"\limits", r"\mathstrut", r"\!", r"\left", r"\right", *LARGER))


def _pairs(row: str) -> dict[str, str]:
    words = row.split()
    return dict(zip(words[::2], words[1::2], strict=True))


GREEK, SIGNS = _pairs(ITALIC_GREEK), _pairs(UPRIGHT)
ACCENTS = {  # combining characters
    r"\hat": "\u0302", r"\widehat": "\u0302", r"\bar": "\u0304", r"\overline": "\u0305", r"\tilde": "\u0303",
    r"\widetilde": "\u0303", r"\dot": "\u0307", r"\ddot": "\u0308", r"\vec": "\u20d7", r"\underline": "\u0332",
}  # fmt: skip
BLACKBOARD = dict(zip("CHNPQRZ", "ℂℍℕℙℚℝℤ", strict=True))


def glyph(token: str) -> tuple[str, bool]:
    """A symbol's characters and whether they slant: a letter, a sign; "" for what only takes room or none."""
    if token in GREEK:
        return GREEK[token], True
    if token in SIGNS:
        return SIGNS[token], False
    if token in SILENT or token in SPACES:
        return "", False
    return token, token.isalpha()
