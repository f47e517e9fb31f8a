"""Some parts of an exercise alone. What a part takes from one that the sheet leaves out is given in its statement.

A part takes what its formulas name, which a part before it, left out, has shown as the left side of a line, and nothing
that is kept has shown by then. Words that refer to what is left out cannot be mended, and are refused.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from msgspec.structs import replace

from keygen.calculus.claims import Claim
from keygen.course.languages import Language
from keygen.course.sheet_keys import Wishes
from keygen.document.nodes import (
    Blocks,
    DisplayedFormula,
    InlineFormula,
    InlineNumber,
    Paragraph,
    Problem,
    Question,
    Section,
    Text,
    walked,
)
from keygen.document.slips import chains
from keygen.document.typesetter import Beside, Listed, Typesetter
from keygen.errors import KeygenError, nearest
from keygen.mathematics.terms import Apply, Chain, Marked, Name, leaves_of, numeric
from keygen.variants.solved import Solved


def kept_parts(whole: Problem, wishes: Wishes) -> frozenset[str]:
    """The parts that a sheet keeps. Raises KeygenError for one that the exercise has not, and where they are not in its
    order."""
    known = [part.key for part in whole.parts]
    for letter in wishes.parts:
        if letter not in known:
            raise KeygenError(
                f"the exercise has no part {letter!r}", **wishes.where("parts"), expected="some of " + ", ".join(known),
                repair=nearest(letter, known),
            )  # fmt: skip
    inside = [letter for letter in known if letter in wishes.parts]
    if inside != list(wishes.parts):
        raise KeygenError(
            "the parts of the exercise are not in its order", **wishes.where("parts"),
            expected=", ".join(inside), found=", ".join(wishes.parts), repair="write them in the order of the exercise",
        )  # fmt: skip
    return frozenset(inside)


def spoken_of(error: KeygenError, wishes: Wishes) -> KeygenError:
    """The refusal of a sheet whose kept parts cannot be written without those left out."""
    place = "" if error.file is None else f"{error.file}{'' if error.line is None else f':{error.line}'}: "
    return KeygenError(
        "the words of the parts that the sheet keeps speak of what it leaves out", error.exercise, error.who,
        **wishes.where("parts"), found=f"{place}{error.what}", repair="keep the part that is spoken of, too",
    )  # fmt: skip


def require_apart(whole: Problem, solved: Solved, wishes: Wishes) -> None:
    """Raise KeygenError where a kept part goes on with the matrix formula of one before it that is left out: what that
    has found is no number to be given."""
    functions = {
        part: str(answers["f"].exact)
        for part, answers in solved.answers().items()
        if "f" in answers and solved.exercise.problems
    }
    left: dict[Any, str] = {}
    for part in whole.parts:
        function = functions.get(part.key)
        if function is None:
            continue
        if part.key not in wishes.parts:
            left.setdefault(function, part.key)
        elif function in left:
            raise KeygenError(
                f"part {part.key!r} goes on with what part {left[function]!r} has found, which the sheet leaves out",
                **wishes.where("parts"), repair=f"keep part {left[function]!r}, or leave out part {part.key!r} too",
            )  # fmt: skip


def selected(
    made: Problem, whole: Problem, solved: Solved, typesetter: Typesetter, wishes: Wishes, word: str
) -> Problem:
    """An exercise with the parts that are kept, each given what it takes from those of the `whole` that are not; `word`
    introduces it. Raises KeygenError where that is a value of something other than the computation's own variables: of
    a letter that has it for a while, say."""
    kept = {part.key: part for part in made.parts}
    known = dict(lines(made.statement.blocks))
    left: dict[str, Chain] = {}
    passing: dict[str, str] = {}
    parts: list[Question] = []
    for one in whole.parts:
        part = kept.get(one.key)
        if part is None:
            for name, line in shown(one).items():
                if valued(line) and not of_trace(name, line, solved, typesetter):
                    passing.setdefault(name, one.key)
                elif valued(line) or name not in left:
                    left[name] = line
            continue
        known |= {name: line for name, line in shown(part).items() if valued(line) or name not in known}
        taken = taken_from(part, left, known)
        known |= taken
        lost = next((name for name in named_in(part) if name in passing and name not in known), None)
        if lost is not None:
            raise KeygenError(
                f"part {one.key!r} works with {lost!r} of part {passing[lost]!r}, which the sheet leaves out",
                **wishes.where("parts"), repair=f"keep part {passing[lost]!r}, or leave out part {one.key!r} too",
            )  # fmt: skip
        parts.append(replace(part, statement=given(part.statement, [*taken.values()], typesetter, word)))
    return replace(made, parts=tuple(parts))


def require_no_letters(made: Problem, whole: Problem, language: Language, wishes: Wishes) -> None:
    """Raise KeygenError where words name a part by a letter that is typed, and that is another one's on this sheet."""
    now = {part.letter: part.key for part in made.parts}
    moved = [part.letter for part in whole.parts if now.get(part.letter) != part.key]
    if not moved:
        return
    typed = re.compile(rf"(?<!\w)([{re.escape(''.join(moved))}])\)")
    sections = [made.statement, *(one for part in made.parts for one in (part.statement, part.solution))]
    for section in sections:
        for node in walked(section.blocks):
            if isinstance(node, Text) and (found := typed.search(node.text)):
                raise KeygenError(
                    f"the words name part {found[1]!r} by a typed letter, which the sheet would make another part's",
                    **wishes.where("parts"), found=f"{section.file}:{section.line}: {node.text.strip()}",
                    repair=r"write \val{ letter_of.a } there, or keep all parts up to this one",
                )  # fmt: skip


def of_trace(name: str, line: Chain, solved: Solved, typesetter: Typesetter) -> bool:
    """Whether a line comes to the value of the computation's own variable of that name, as the page has it."""
    if name not in solved.values:
        return False
    here, there = (typesetter.term(one.links[-1]) for one in (line, solved.chain(name)))
    return here == there


def taken_from(part: Question, left: Mapping[str, Chain], known: Mapping[str, Chain]) -> dict[str, Chain]:
    """What a part names of what is left out, in the order in which that was shown: a value where only the formula is
    known, too."""
    named = named_in(part)
    return {
        name: line
        for name, line in left.items()
        if name in named and (name not in known or (valued(line) and not valued(known[name])))
    }


def named_in(part: Question) -> list[str]:
    """The variables that a part names, each once."""
    return list(dict.fromkeys([*names(part.statement.blocks), *names(part.solution.blocks)]))


def valued(line: Chain) -> bool:
    """Whether a line comes to a value."""
    return numeric(line.links[-1])


def shown(part: Question) -> dict[str, Chain]:
    """What a part shows, by name: what its statement gives, and the results of its solution."""
    solved = {name: line.result for name, line in lines(part.solution.blocks)}
    return {**solved, **{name: line for name, line in lines(part.statement.blocks) if name not in solved}}


def given(statement: Section, taken: list[Chain], typesetter: Typesetter, word: str) -> Section:
    """A statement that ends with some lines which nobody has to find."""
    if not taken:
        return statement
    for line in taken:
        typesetter.require(line)
    says = (taken[0],) if len(taken) == 1 else (Beside(tuple(taken)),)
    more = Paragraph((Text(f"{word} "), DisplayedFormula(says, ".")))
    return replace(statement, blocks=(*statement.blocks, more))


def formulas(blocks: Blocks) -> Iterator[Any]:
    """What the formulas of some paragraphs say, and what the numbers among their words are the values of."""
    for node in walked(blocks):
        if isinstance(node, InlineFormula | DisplayedFormula):
            yield from flat(node.says)
        elif isinstance(node, InlineNumber) and isinstance(node.item, Claim):
            yield node.item.chain


def flat(says: Iterable[Any]) -> Iterator[Any]:
    """Formulas, those beside each other one by one."""
    for item in says:
        if isinstance(item, Beside | Listed):
            yield from flat(item.items)
        else:
            yield item.chain if isinstance(item, Claim) else item


def lines(blocks: Blocks) -> Iterator[tuple[str, Chain]]:
    """The lines of some paragraphs by the variables at their left sides, the first of each."""
    seen: set[str] = set()
    for node in walked(blocks):
        if isinstance(node, InlineFormula | DisplayedFormula):
            for chain in chains(node.says):
                first = chain.links[0]
                if isinstance(first, Name) and len(chain.links) > 1 and first.name not in seen:
                    seen.add(first.name)
                    yield first.name, chain


def names(blocks: Blocks) -> Iterator[str]:
    """The variables that the formulas of some paragraphs name."""
    for item in formulas(blocks):
        links = item.links if isinstance(item, Chain) else (item,)
        for link in links:
            if isinstance(link, Name | Apply | Marked):
                yield from (leaf.name for leaf in leaves_of(link) if isinstance(leaf, Name))
