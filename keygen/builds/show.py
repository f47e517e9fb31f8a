"""One exercise as text: its statement, and with it the solution, for whoever looks at it in a terminal."""

from __future__ import annotations

from dataclasses import dataclass

from keygen.builds.answer_key import item_of
from keygen.builds.request import SheetRequest
from keygen.builds.sheet import policy_of, solved
from keygen.certify.stage import TERMINAL, certified
from keygen.course.course import Course
from keygen.course.secret import PUBLIC
from keygen.document.composition import composed
from keygen.document.covers import conventions_box
from keygen.document.template import words
from keygen.errors import EXERCISES, KeygenError, nearest, one_of
from keygen.writers.text import conventions, problem


@dataclass(frozen=True, slots=True)
class ShowRequest:
    """What is looked at: an exercise, its published numbers or a seed's, in a language (the first that it has)."""

    course: Course
    exercise: str
    seed: int | None = None
    lang: str | None = None
    solutions: bool = False


def shown(request: ShowRequest, columns: int) -> str:
    """The exercise in lines of so many columns, each relation read back under the brackets it has there.

    Raises KeygenError for an exercise that there is not, and for what `composed` refuses.
    """
    course = request.course
    if request.exercise not in course.exercises:
        course.path.require_no_path(request.exercise)
        raise unknown(request.exercise, course)
    sheet, item = item_of(course, request.exercise, 0)
    key = PUBLIC if request.seed is None else course.seeds_key(request.exercise)
    order = SheetRequest(course, sheet, request.lang, request.seed, key=key)
    found, language = solved(order, item), order.language
    policy = policy_of(sheet, language)
    (made, typesetter), _ = certified(
        found, policy, TERMINAL, lambda proofs: composed(found, 1, None, language, policy, proofs=proofs)
    )
    box = conventions_box(made.conventions, language, policy)
    said = problem(made, typesetter, words("words", language).__getitem__, columns, solutions=request.solutions)
    return said if box is None else f"{said}\n\n{conventions(*box, columns)}"


def unknown(name: str, course: Course) -> KeygenError:
    """The name of no exercise: perhaps a sheet's, which has several."""
    if name not in course.sheets:
        return KeygenError(f"unknown exercise {name!r}", repair=nearest(name, course.exercises, EXERCISES))
    return KeygenError(
        f"{name!r} is a sheet, and `keygen show` shows one exercise",
        expected=one_of((entry.id for entry in course.sheet(name).exercise), f"`keygen list {name}`"),
        repair=f"name one of them, or `keygen build {name} --format html` for the whole sheet",
    )
