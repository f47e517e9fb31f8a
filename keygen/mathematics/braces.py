"""Groups in braces, as TeX has them."""

from __future__ import annotations


def groups(text: str, place: int, count: int) -> list[str]:
    """The texts of so many groups in braces, one after another. Raises ValueError where braces do not close."""
    found = []
    for _ in range(count):
        start, depth = place, 0
        while place < len(text):
            depth += {"{": 1, "}": -1}.get(text[place], 0)
            place += 1
            if depth == 0:
                break
        if depth or text[start : start + 1] != "{":
            raise ValueError("braces that do not close")
        found.append(text[start + 1 : place - 1])
    return found
