"""One exercise in one language, as nodes: the sections of its template in their places, slips, points, answers, the
marking guide; every line is read back.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from msgspec.structs import replace

from keygen.course.languages import Language
from keygen.course.points import Credit
from keygen.course.sheet_keys import NO_WISHES, Wishes, said
from keygen.document.answers import require_asked, table_of
from keygen.document.captions import captioned
from keygen.document.confirmation import confirmation_of
from keygen.document.conventions import conventions_of
from keygen.document.lookups import Lookup
from keygen.document.nodes import (
    Blocks,
    Columns,
    Foreign,
    Problem,
    Question,
    Section,
    Words,
)
from keygen.document.points import marked
from keygen.document.punctuation import punctuated
from keygen.document.sections import EquationNumbers, Rendered
from keygen.document.selection import kept_parts, require_apart, require_no_letters, selected, spoken_of
from keygen.document.slips import named, through, wrongly
from keygen.document.template import (
    in_words,
    placed,
    rendered,
    speech,
    template_file,
    words,
    words_of,
)
from keygen.document.titles import plain_title
from keygen.document.typesetter import Listed, Typesetter
from keygen.document.words import nodes_of
from keygen.errors import KeygenError, line_where, nearest
from keygen.mathematics.names import printed_twice
from keygen.mathematics.number_format import Policy, digits
from keygen.mathematics.readback import Proofs
from keygen.mathematics.terms import WHOLE
from keygen.variants.slips import Slip
from keygen.variants.solved import Solved


def composed(
    solved: Solved,
    number: int,
    credit: Credit | None,
    language: Language,
    policy: Policy,
    student: Columns | None = None,
    *,
    proofs: Proofs,
    guide: bool = False,
    wishes: Wishes = NO_WISHES,
    bare: bool = False,
) -> tuple[Problem, Typesetter]:
    """An exercise in a language, as nodes: title, statement, parts with their solutions, points at the margin, the
    answers, and what else the sheet's `wishes` are; every line is read back. With it what
    writes its mathematics in TeX. A `bare` one has parts and points alone.

    `proofs` come from `certify.stage.certified` and hold the lines read back before: what stands on two pages is
    read back once.
    """
    path = solved.exercise.template(language.code)
    if not path.exists():
        raise KeygenError(
            f"the exercise has no text in the language {language.code!r}", exercise=solved.exercise.id,
            expected=str(path), repair="write it, or build in a language that the exercise has",
        )  # fmt: skip
    require_distinct(solved)
    if policy.fraction < WHOLE:
        require_exact(solved, policy)
    typesetter = Typesetter(policy, solved.signs, proofs, language)
    heading = Heading(solved.exercise.id, number, None if credit is None else credit.total, language)

    def laid(kept: Collection[str] | None = None) -> tuple[Problem, dict[str, Words]]:
        objects: list[Any] = []
        page = {"_objects": objects, "_kept": kept, "student": student, "equation": EquationNumbers(number)}
        context = {**page, **said_by(solved, typesetter, language)}
        _, sections = rendered(path, language, context, solved.shown)
        made = captioned(assembled(heading, path, sections, objects), path, sections, objects, solved.sources)
        return made, answered(path, sections, objects)

    try:
        made, own = laid()
        require_asked(solved, [part.key for part in made.parts])
        if wishes.parts:
            made, own = some_parts(made, laid, solved, typesetter, wishes)
        if bare:
            return marked(made, credit, totals=wishes.totals), typesetter
        if wishes.title:
            made = replace(made, title=retitled(wishes, language))
        for line in (line for named in solved.conclusions.values() for lines in named.values() for line in lines):
            typesetter.require(line)
        answers = table_of(solved.conclusions, made.parts, own)
        made = marked(replace(made, answers=answers), credit, totals=wishes.totals)
        plain = made
        made = with_slips(made, solved, typesetter, language, whole=not wishes.parts)
        made = roomy(replace(made, conventions=conventions_of(made, solved, typesetter)), wishes)
        if wishes.confirm:
            made = replace(made, confirmation=confirmation_of(made, solved, typesetter.policy, language, wishes.parts))
        if guide:
            made = replace(made, guide=guided(plain, solved, typesetter, language))
        return made, typesetter
    except KeygenError as error:
        raise error.within(exercise=solved.exercise.id, who=solved.variant.who) from error


def said_by(solved: Solved, typesetter: Typesetter, language: Language) -> dict[str, Any]:
    """The names that the template of an exercise may use."""
    return {
        "_printer": typesetter,
        **speech(language),
        "line": Lookup("line", solved.chain),
        "because": Lookup("because", lambda name: Listed(solved.because(name), language.conjunction)),
        "formula": Lookup("formula", lambda name: solved.chain(name).formula),
        "result": Lookup("result", lambda name: solved.chain(name).result),
        "name": Lookup("name", solved.name),
        "value": Lookup("value", solved.claim),
        "rounded": typesetter.rounds,
        "holds": Lookup("holds", lambda name: condition(solved, typesetter.proofs, name)),
        "choice": Lookup("choice", solved.choice),
        **solved.shown,
    }


def some_parts(
    whole: Problem,
    laid: Callable[[Collection[str]], tuple[Problem, dict[str, Words]]],
    solved: Solved,
    typesetter: Typesetter,
    wishes: Wishes,
) -> tuple[Problem, dict[str, Words]]:
    """The parts of an exercise that the sheet wishes for, and the words of its answers. Raises KeygenError where they
    do not stand without the others."""
    kept = kept_parts(whole, wishes)
    require_apart(whole, solved, wishes)
    try:
        made, own = laid(kept)
    except KeygenError as error:
        raise spoken_of(error, wishes) from error
    assert typesetter.spoken is not None
    require_no_letters(made, whole, typesetter.spoken, wishes)
    word = words("words", typesetter.spoken)["known"]
    return selected(made, whole, solved, typesetter, wishes, word), own


def retitled(wishes: Wishes, language: Language) -> Words:
    """The sheet's own title of an exercise. Raises KeygenError for characters that no font of the page has."""
    text = said(wishes.title, language)
    return (Foreign(plain_title(text, "title", wishes.file, "exercise", wishes.place, "title")),)


def require_exact(solved: Solved, policy: Policy) -> None:
    """Raise KeygenError for data that the page would round: nobody could compute with them."""
    for name, value in solved.variant.data.items():
        for number in np.ravel(np.array(value, dtype=object)):
            if not digits(number, policy).exact:
                raise KeygenError(
                    f"the data {name!r} of the exercise would be rounded on the page", found=str(number),
                    expected="data that are short decimals, on a sheet without fractions",
                    repair="leave out `fractions = false`, or pin other data",
                )  # fmt: skip


def roomy(made: Problem, wishes: Wishes) -> Problem:
    """An exercise with room to write in. Raises KeygenError where the sheet gives some to a part that there is not."""
    letters = [part.key for part in made.parts]
    for letter in wishes.rooms:
        if letter not in letters:
            raise KeygenError(
                f"the sheet has room for a part {letter!r}, which the exercise has not",
                **wishes.where("space", letter), repair=nearest(letter, letters),
            )  # fmt: skip
    parts = tuple(replace(part, room=wishes.rooms.get(part.key)) for part in made.parts)
    return replace(made, parts=parts, room=wishes.room)


def guided(made: Problem, solved: Solved, typesetter: Typesetter, language: Language) -> Blocks:
    """The marking guide of an exercise whose solutions name no slips yet."""
    from keygen.document.guide import guide_of  # for those who mark

    path, objects = template_file(language, language.code, "guide.tex"), list[Any]()
    says = words("slips", language) if language.has("slips.tex") else {}
    found = guide_of(made, solved, typesetter, lambda points: in_words(points, typesetter), says)
    text, _ = rendered(path, language, {"_printer": typesetter, "_objects": objects, **found})
    return nodes_of(text, objects, placed, path, 1)


def with_slips(
    made: Problem, solved: Solved, typesetter: Typesetter, language: Language, *, whole: bool = True
) -> Problem:
    """An exercise whose key names slips: each closes the part whose answer it changes. A language without sentences for
    them names none."""
    if not language.has("slips.tex"):
        return made
    parts = {part.key: part for part in made.parts}
    for key, slip in named(solved, made, typesetter, whole=whole):
        part = parts[key]
        told = (*part.solution.blocks, *slip_told(slip, typesetter, language))
        parts[key] = replace(part, solution=replace(part.solution, blocks=told))
    return replace(made, parts=tuple(parts.values()))


def slip_told(slip: Slip, typesetter: Typesetter, language: Language) -> Blocks:
    """A slip in words: what is done wrongly, in which line, and what comes of it."""
    objects: list[Any] = []
    name = slip.solved.name
    context = {
        "_printer": typesetter, "_objects": objects, "what": wrongly(slip, words("slips", language)),
        "through": through(slip, typesetter), "place": slip.place,
        "line": None if slip.line == slip.variable else name(slip.line), "name": name(slip.variable),
        "wrong": slip.claim, "about": typesetter.rounds(slip.claim),
        "tall": np.ndim(slip.wrong) == 2 and len(slip.wrong) > 1,
        "right": slip.solved.claim(slip.variable) if np.size(slip.wrong) == 1 else None,
    }  # fmt: skip
    path = template_file(language, language.code, "slip.tex")
    text, _ = rendered(path, language, context)
    return punctuated(nodes_of(text.strip("\n"), objects, placed, path, 1), language)


def require_distinct(solved: Solved) -> None:
    """Raise KeygenError where a page would print two variables as one."""
    trace, exercise = solved.trace, solved.exercise
    with exercise.author_errors():
        twice = trace.memo("signs", lambda: printed_twice(trace.named, solved.signs))
    if twice is not None:
        first, second, sign = twice
        raise KeygenError(
            f"the names {first!r} and {second!r} have one sign on the page", exercise=exercise.id, found=sign,
            **line_where(exercise.file, rf"""["']{second}["']|\bt\.{second}\b"""),
            repair="rename one, or give it another sign in `signs`",
        )  # fmt: skip


def condition(solved: Solved, proofs: Proofs, name: str) -> bool:
    """Whether a condition of the exercise holds, checked before words are chosen by it."""
    if name not in solved.conditions:
        raise KeygenError(f"the exercise has no condition {name!r}", repair=nearest(name, solved.conditions))
    for chain in solved.conditions[name].because:
        proofs.require(chain)
    return solved.conditions[name].holds


def answered(path: Path, sections: list[Rendered], objects: Sequence[Any]) -> dict[str, Words]:
    """The template's own words for answers."""
    return {one.name: words_of(one, path, objects) for one in sections if one.kind == "answer"}


class Heading(NamedTuple):
    """Which exercise it is, and in which language."""

    id: str
    number: int
    points: Fraction | None
    language: Language


def assembled(heading: Heading, path: Path, sections: list[Rendered], objects: Sequence[Any]) -> Problem:
    """The sections of one exercise in their places."""
    shown = path.relative_to(path.parents[3]) if len(path.parents) > 3 else path

    def section(one: Rendered) -> Section:
        blocks = nodes_of(one.text, objects, placed, path, one.line)
        return Section(punctuated(blocks, heading.language), str(shown), one.line)

    def alone(kind: str) -> Section:
        return next((section(one) for one in sections if one.kind == kind), Section())

    solutions = {one.name: section(one) for one in sections if one.kind == "solution"}
    statements = [one for one in sections if one.kind == "part"]
    require_letters(statements, heading.language, path)
    parts = tuple(
        Question(one.name, heading.language.letters[place], section(one), solutions.get(one.name, Section()))
        for place, one in enumerate(statements)
    )
    title = next((words_of(one, path, objects, titled=True) for one in sections if one.kind == "title"), ())
    return Problem(heading.id, heading.number, heading.points, title, alone("statement"), parts, alone("remark"))


def require_letters(statements: Sequence[Rendered], language: Language, path: Path) -> None:
    """Raise KeygenError at the first part for which a language has no letter."""
    if len(statements) > len(language.letters):
        raise KeygenError(
            f"the language {language.code!r} has no letter for so many parts",
            **line_where(path, rf"^%% part {statements[len(language.letters)].name}\b"),
            expected=f"{len(language.letters)} parts at most", found=f"{len(statements)} of them",
            repair="add letters to its language.toml, or split the exercise",
        )  # fmt: skip
