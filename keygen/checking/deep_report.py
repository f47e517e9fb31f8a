"""What `keygen check --deep` found, for a terminal and for scripts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any

from keygen.checking.calculator import Calculated
from keygen.checking.sweep import Examined, Findings

PLACES = ("lines", "cells", "labels", "answers")
SHOWN = 5  # of an exercise's remarks that the terminal lists


def deep_object(exercises: Sequence[Examined]) -> dict[str, Any]:
    """The numbers compared by where they stand, the relations read, what was not read and what has no oracle, and how
    many sides of numbers a calculator finds right, a unit of the last place off, or farther."""
    seen = [v.deep for exercise in exercises for v in exercise.verdicts if v.deep is not None]
    counted = {name: sum(getattr(deep, name) for deep in seen) for name in (*PLACES, "relations")}
    lists = {
        name: sum((Counter(getattr(deep, name)) for deep in seen), Counter[str]()) for name in ("unread", "unproven")
    }
    calculated = sum((Counter(deep.calculated) for deep in seen), Counter[str]())
    by_hand = {found.value: calculated[found.value] for found in Calculated}
    return {**counted, **{name: dict(found.most_common()) for name, found in lists.items()}, "calculated": by_hand}


def deep_rows(exercises: Sequence[Examined]) -> Iterator[tuple[str, ...]]:
    """A table with a row an exercise: numbers compared with the oracle by where they stand, and what is left."""
    yield ("digits", *PLACES, "relations", "not read", "no oracle")
    for exercise in exercises:
        found = deep_object([exercise])
        numbers = [
            *(found[name] for name in (*PLACES, "relations")),
            *(sum(found[n].values()) for n in ("unread", "unproven")),
        ]
        yield (exercise.id, *(f"{number:,}" for number in numbers))


def deep_remarks(findings: Findings) -> list[str]:
    """What was not read and what has no oracle, exercise by exercise."""
    remarks = []
    for exercise in findings.exercises:
        found = deep_object([exercise])
        for name, said in (("unread", "not read"), ("unproven", "no oracle")):
            rows = [f"  {count:6,} x {text}" for text, count in list(found[name].items())[:SHOWN]]
            more = [f"  and {len(found[name]) - SHOWN} more"] if len(found[name]) > SHOWN else []
            remarks += ["\n".join([f"{exercise.id}, {said}:", *rows, *more])] if rows else []
    return remarks


def deep_summary(findings: Findings) -> str:
    """How many numbers were compared, and how many differ."""
    found = deep_object(findings.exercises)
    places = ", ".join(f"{found[name]:,} in {name}" for name in PLACES)
    total = sum(found[name] for name in PLACES)
    unread, unproven = (sum(found[name].values()) for name in ("unread", "unproven"))
    return (
        f"{total:,} printed numbers against the oracle ({places}); {found['relations']:,} relations read off finished "
        f"pages; not read: {unread:,}; without an oracle: {unproven:,}; by a calculator: "
        + ", ".join(f"{count:,} {said}" for said, count in found["calculated"].items())
    )
