"""Answers for people and for scripts: the key without its pages."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from keygen import __version__
from keygen.build import policy_of, spots
from keygen.build import solved as solved_for
from keygen.course.answers import Answer, as_json
from keygen.course.certify import certify
from keygen.course.places import exercise_names, sheet_names
from keygen.course.roster import Student
from keygen.course.sheet import Entry, Sheet, load_sheet
from keygen.course.solve import Solved
from keygen.course.source import Source
from keygen.errors import KeygenError, nearest
from keygen.notation.numbers import Policy, digits
from keygen.order import Order, key_of


def target_sheet(target: str) -> Sheet:
    """The sheet of this name, or one exercise as a sheet of its own."""
    if target in sheet_names():
        return load_sheet(target)
    known = exercise_names()
    if target not in known:
        raise KeygenError(f"unknown sheet or exercise {target!r}", repair=nearest(target, [*sheet_names(), *known]))
    return Sheet(title=target, exercise=[Entry(target)])


def solved(target: str, sheet: Sheet, who: int | str | None) -> Iterator[tuple[int, Solved]]:
    """Each exercise with its number, solved and certified."""
    policy = policy_of(sheet, sheet.language)
    seed, student = (None, Student(who, "", {}, 0)) if isinstance(who, str) else (who, None)
    order = Order(target, None, seed, student, key_of(target))
    for spot in spots(sheet):
        found = solved_for(order, spot)
        certify(found, policy)
        yield spot.number, found


def answers_json(target: str, who: int | str | None) -> str:
    """The object of CLI.md, `keygen-answers/1`."""
    from keygen.course.closed_forms import closed_form  # sympy is slow to import; only exact forms need it

    sheet = target_sheet(target)
    exercises = []
    for number, found in solved(target, sheet, who):
        exercises.append(
            {
                "id": found.exercise.id,
                "number": number,
                "given": as_json(found.given()),
                "parts": {part: as_json(answers) for part, answers in found.answers(closed_form(found)).items()},
            }
        )
    head = {
        "schema": "keygen-answers/1",
        "version": __version__,
        "sheet": target,
        "lang": sheet.language,
        "seed": who if isinstance(who, int) else None,
        **({"student": who} if isinstance(who, str) else {}),
        "variant": "published" if who is None else Source(target, who, key_of(target)).code,
    }
    return json.dumps({**head, "exercises": exercises}, ensure_ascii=False, indent=1)


def answers_text(target: str, who: int | str | None) -> str:
    """A table for a person: exercise, part, name, value."""
    sheet = target_sheet(target)
    policy = Policy(".", decimals=sheet.decimals, significant=sheet.significant)
    person = f"seed {who}" if isinstance(who, int) else f"student {who}"
    variant = "published" if who is None else f"{person}, {Source(target, who, key_of(target)).code}"
    lines = [f"{target} ({variant})"]
    for number, found in solved(target, sheet, who):
        lines += ["", f"{number}. {found.exercise.id}"]
        for part, answers in found.answers().items():
            width = max(map(len, answers), default=0)
            lines += [f"  {part}) {name:<{width}}  {shown(answer, policy)}" for name, answer in answers.items()]
    return "\n".join(lines)


def shown(answer: Answer, policy: Policy) -> str:
    """An answer's value as a page would show its digits."""
    if answer.float is None or answer.type in ("boolean", "choice"):
        return str(answer.exact)
    if answer.exact is not None:
        return flat(answer.exact)
    return flat(answer.float, policy)


def flat(value: Any, policy: Policy | None = None) -> str:
    """Nested lists on one line; floats to the policy's digits with `~` before them."""
    if isinstance(value, list):
        return "[" + ", ".join(flat(item, policy) for item in value) + "]"
    if policy is None:
        return str(value)
    seen = digits(float(value), policy)
    return f"~{'-' if seen.negative else ''}{seen.text}" + (f"e{seen.exponent}" if seen.exponent else "")
