"""The value of an answer as a person reads it on one line."""

from __future__ import annotations

from typing import Any


def flat(value: Any) -> str:
    """Nested lists, tables and named values on one line, without quotes; a value that there is not is "none"."""
    match value:
        case None:
            return "none"
        case list():
            return "[" + ", ".join(map(flat, value)) + "]"
        case {"head": head, "rows": rows}:
            return "; ".join(", ".join(map(flat, row)) for row in (head, *rows))
        case dict():
            return ", ".join(f"{name} = {flat(item)}" for name, item in value.items())
        case bool():
            return str(value).lower()
    return str(value)
