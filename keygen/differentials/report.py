"""A derivation as plain text, line under line, the laws at the right."""

from __future__ import annotations

from collections.abc import Mapping

from keygen.differentials.derive import Derivation
from keygen.differentials.printing import plain_text


def derivation_text(derivation: Derivation, names: Mapping[str, str] | None = None) -> str:
    """df line by line, then the gradient or the Jacobian. `names`: what to call the laws (their ids, if not given)."""
    spoken = names or {}
    rows = [
        ("df" if place == 0 else "", plain_text(line.after), "; ".join(spoken.get(law, law) for law in line.laws))
        for place, line in enumerate(derivation.lines)
    ]
    width = max((len(text) for _, text, _ in rows), default=0)
    body = [f"{left:>3} = {text:<{width}}   | {laws}" for left, text, laws in rows]
    if derivation.gradient is not None:
        body.append(f" ∇f = {plain_text(derivation.gradient)}")
    if derivation.jacobian is not None:
        body.append(f"  J = {plain_text(derivation.jacobian)}")
    return "\n".join([f"  f = {plain_text(derivation.f)}", *body])
