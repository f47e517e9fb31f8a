"""A derivation as plain text, line under line, the laws at the right; the finished text is read back."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import zip_longest

import numpy as np

from keygen.differentials.derive import Derivation
from keygen.differentials.evaluate import evaluate
from keygen.differentials.expression import Differential
from keygen.differentials.points import points_of_both_signs
from keygen.differentials.printing import plain_text
from keygen.differentials.reading.back import Readback, misread
from keygen.differentials.verify import close

MARGIN = "   | "  # before the laws
SEED = 2  # other points than those at which the lines were checked when they were made


def derivation_text(derivation: Derivation, names: Mapping[str, str] | None = None) -> str:
    """df line by line, then the gradient or the Jacobian. `names`: what to call the laws (their ids, if not given).

    Raises KeygenError if a line of the text, read again, says something else than what it was written from.
    """
    spoken = names or {}
    rows = [
        ("df" if place == 0 else "", plain_text(line.after), "; ".join(spoken.get(law, law) for law in line.laws))
        for place, line in enumerate(derivation.lines)
    ]
    width = max((len(text) for _, text, _ in rows), default=0)
    body = [f"{left:>3} = {text:<{width}}{MARGIN}{laws}" for left, text, laws in rows]
    if derivation.gradient is not None:
        body.append(f" ∇f = {plain_text(derivation.gradient)}")
    if derivation.jacobian is not None:
        body.append(f"  J = {plain_text(derivation.jacobian)}")
    text = "\n".join([f"  f = {plain_text(derivation.f)}", *body])
    require_text(text, derivation)
    return text


def require_text(text: str, derivation: Derivation) -> None:
    """Raise KeygenError unless f, every line of df, the gradient and the Jacobian are what they are said to be."""
    f, wrt = derivation.f, derivation.wrt
    at = Readback("plain", points_of_both_signs([f], [wrt], seed=SEED))
    said = {"f": f, "df": Differential(f), "": Differential(f), "∇f": derivation.gradient, "J": derivation.jacobian}
    heads = ["f", *("" if place else "df" for place in range(len(derivation.lines)))]
    heads += [head for head in ("∇f", "J") if said[head] is not None]
    for head, row in zip_longest(heads, text.splitlines(), fillvalue=""):
        left, _, right = row.partition(" = ")
        meant = said.get(left.strip())
        if left.strip() != head or meant is None:
            raise misread(row, head, left.strip())
        side = right.partition(MARGIN)[0].strip()
        at.require(side, meant)
        if head in ("∇f", "J"):
            require_slope(side, derivation, at)


def require_slope(side: str, derivation: Derivation, at: Readback) -> None:
    """Raise KeygenError unless a gradient or a Jacobian, as it was read, gives df along the direction of each point."""
    f, wrt = derivation.f, derivation.wrt
    slope = derivation.gradient or derivation.jacobian
    for point, scope in zip(at.points, at.scopes, strict=True):
        expected, direction = evaluate(Differential(f), point), point.direction[wrt]
        found = at.value(side, point, evaluate(slope, point).shape, scope) if slope else expected
        along = np.array([[np.sum(found * direction)]]) if derivation.gradient is not None else found @ direction
        if not close(along, expected):
            raise misread(side, f"df = {expected.tolist()}", f"{along.tolist()} along the same direction")
