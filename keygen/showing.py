"""One exercise as text: its statement, and with it the solution, for whoever looks at it in a terminal."""

from __future__ import annotations

from dataclasses import dataclass

from keygen.build import policy_of, solved
from keygen.certify.stage import TERMINAL, certified
from keygen.course.course import Course
from keygen.course.secret import PUBLIC
from keygen.errors import KeygenError, nearest
from keygen.order import Order
from keygen.page.template import composed, words
from keygen.report import spot_of
from keygen.writers.text import problem


@dataclass(frozen=True, slots=True)
class Look:
    """What is looked at: an exercise, its published numbers or a seed's, in a language (the first that it has)."""

    course: Course
    exercise: str
    seed: int | None = None
    lang: str | None = None
    solutions: bool = False


def shown(look: Look, columns: int) -> str:
    """The exercise in lines of so many columns, each relation read back under the brackets it has there.

    Raises KeygenError for an exercise that there is not, and for what `composed` refuses.
    """
    course = look.course
    if look.exercise not in course.exercises:
        raise KeygenError(f"unknown exercise {look.exercise!r}", repair=nearest(look.exercise, course.exercises))
    sheet, spot = spot_of(course, look.exercise, 0)
    key = PUBLIC if look.seed is None else course.seeds_key(look.exercise)
    order = Order(course, sheet, look.lang, look.seed, key=key)
    found, language = solved(order, spot), order.language
    policy = policy_of(sheet, language)
    (made, printer), _ = certified(
        found, policy, TERMINAL, lambda proofs: composed(found, 1, None, language, policy, proofs=proofs)
    )
    return problem(made, printer, words("words", language).__getitem__, columns, solutions=look.solutions)
