"""One exercise as text: its statement, and with it the solution, for whoever looks at it in a terminal."""

from __future__ import annotations

from dataclasses import dataclass

import msgspec

from keygen.build import policy_of, solved, spots
from keygen.course.certify import certify_gradients
from keygen.course.exercise import load_exercise
from keygen.course.places import exercise_names
from keygen.course.secret import PUBLIC
from keygen.errors import KeygenError, nearest
from keygen.notation.readback import Proofs
from keygen.order import Order, seeds_key
from keygen.page.template import LETTERS, composed, words
from keygen.report import target_sheet
from keygen.writers.text import problem


@dataclass(frozen=True, slots=True)
class Look:
    """What is looked at: an exercise, its published numbers or a seed's, in a language (the first that it has)."""

    exercise: str
    seed: int | None = None
    language: str | None = None
    solutions: bool = False


def shown(look: Look, columns: int) -> str:
    """The exercise in lines of so many columns, each relation read back under the brackets it has there.

    Raises KeygenError for an exercise that there is not, and for what `composed` refuses.
    """
    if look.exercise not in exercise_names():
        known = exercise_names()
        raise KeygenError(f"unknown exercise {look.exercise!r}", repair=nearest(look.exercise, known))
    exercise = load_exercise(look.exercise)
    own = next((language for language in LETTERS if exercise.template(language).exists()), "")
    language = look.language or own
    sheet = msgspec.structs.replace(target_sheet(look.exercise), language=language)
    (spot,) = spots(sheet)
    key = PUBLIC if look.seed is None else seeds_key(look.exercise)
    found = solved(Order(look.exercise, language, look.seed, key=key), spot)
    certify_gradients(found)
    policy = policy_of(sheet, language)
    made, printer = composed(
        found, 1, None, language, policy, proofs=Proofs(found.values, policy, found.calls, flat=True)
    )
    return problem(made, printer, words("words", language).__getitem__, columns, solutions=look.solutions)
