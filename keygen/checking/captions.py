"""Whether each answer that stands beside others has a sign or a caption, by which whoever types it knows its box."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from keygen.checking.remarks import Remark
from keygen.document.derivations import left_side
from keygen.document.nodes import Problem, Question
from keygen.document.typesetter import Typesetter
from keygen.export.making import once
from keygen.export.signs import ambiguous, letters_of, result_said
from keygen.variants.solved import Solved


def uncaptioned(made: Problem, solved: Solved, typesetter: Typesetter) -> Iterator[Remark]:
    """The answers whose box nothing but their internal name tells from the others of their part: they have no sign, or
    one that is another's too."""
    for part in made.parts:
        named = solved.sources.get(part.key, {})
        sources = {name: named[name] for name in once(part.key, named, solved)}
        if len(sources) > 1:
            for name, fault in faults(part, sources, solved, typesetter):
                yield Remark(
                    f"the box of the answer {part.key}.{name} would be labelled by this name in a learning system: "
                    f"{fault}; write `%% caption {part.key}.{name}`, in words for the student, and `%% endcaption`",
                    solved.exercise.id, part.statement.file, part.statement.line,
                )  # fmt: skip


def faults(
    part: Question, sources: Mapping[str, Any], solved: Solved, typesetter: Typesetter
) -> Iterator[tuple[str, str]]:
    """Each answer of a part whose signs do not say what it is, and why not."""
    signs = {name: signs_of(source, solved, typesetter) for name, source in sources.items()}
    for (name, written), twice in zip(signs.items(), ambiguous(list(signs.values())), strict=True):
        if part.caption(name):
            continue
        if not written:
            yield name, "it has no sign"
        elif twice:
            yield name, f"its sign, {written[0]}, stands for another box of the part too"


def signs_of(source: Any, solved: Solved, typesetter: Typesetter) -> list[str]:
    """What stands before the boxes of an answer: its letters, or the left side of a formula."""
    if (formula := result_said(source)) is not None:
        return [left_side(formula)[0]]
    return [typesetter.typeset(one) for one in letters_of(source, solved).values()]
