"""What stands around exercises: the file of a sheet, the box of its conventions, the sheet of rules; and a derivation
alone."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from msgspec.structs import replace

from keygen.course.contents import contents, nearest_file
from keygen.course.handout import LARGE
from keygen.course.languages import Language
from keygen.document.conventions import CONVENTIONS, examples, in_order
from keygen.document.kinds import PageKind
from keygen.document.loader import alone
from keygen.document.nodes import (
    Blocks,
    Conventions,
    Paragraph,
    Words,
)
from keygen.document.punctuation import punctuated
from keygen.document.template import placed, rendered, speech, template_file, words, words_of
from keygen.document.tex_parts import Document, Handout, TeX
from keygen.document.titles import headed, pdf_text
from keygen.document.told_laws import told_once
from keygen.document.typesetter import Typesetter
from keygen.document.words import nodes_of
from keygen.mathematics.number_format import Policy

if TYPE_CHECKING:
    from keygen.document.rules import RulesSheet
    from keygen.matrix.exercises import Worked

BOX = "conventions.tex"


def sheet_page(documents: Sequence[Document], policy: Policy, kind: PageKind) -> str:
    """The TeX of a whole file, each document on pages of its own."""
    first = documents[0]
    language, word = first.language, words("words", first.language)
    solutions = kind is PageKind.SOLUTIONS
    context = {
        "_printer": Typesetter(policy),
        "documents": [replace(document, problems=told_once(document.problems)) for document in documents],
        "language": language.style,
        "code": language.code,
        "solutions": solutions,
        "guide": kind is PageKind.GUIDE,
        "problems_alone": kind is PageKind.PROBLEMS,
        "options": TeX(class_options(first.handout)),
        "word": word,
        "headed": lambda title: headed(title, word.get(kind, "")),
        "pdf": pdf_text,
        "appendix": rules_sheet(language) if solutions and "differentials" in first.appendix else None,
    }
    text, _ = rendered(template_file(language, "sheet.tex"), language, context)
    return text


def class_options(handout: Handout) -> str:
    """How a class of LaTeX is told the paper and the size of letters; of large print, which it has not, the style
    makes the most of its largest."""
    sizes = "12pt,17pt" if handout.size == LARGE else f"{handout.size}pt"
    return sizes if handout.paper == "a4" else f"{sizes},{handout.paper}paper"


def conventions_box(found: Iterable[str], language: Language, policy: Policy) -> tuple[Conventions, Typesetter] | None:
    """What a sheet says of its exercises' conventions, and what writes its mathematics; None where there is nothing to
    say, or the language has no sentences for it."""
    names = in_order(found)
    path = nearest_file(language.folders, language.code, BOX)
    if not names or path is None:
        return None
    said = [convention_said(path, contents(path), language, policy, name) for name in ("title", *names)]
    return Conventions(said[0], tuple(said[1:])), conventions_typesetter(language, policy)


def require_conventions(language: Language) -> None:
    """Raise KeygenError for a sentence of a language about conventions that no page could show."""
    path = nearest_file(language.folders, language.code, BOX)
    if path is not None:
        for name in ("title", *CONVENTIONS):
            convention_said(path, contents(path), language, Policy(), name)


@lru_cache(maxsize=16)
def conventions_typesetter(language: Language, policy: Policy) -> Typesetter:
    """What writes the mathematics of conventions, and knows those lines of them that have been read back."""
    return Typesetter(policy, language=language)


@lru_cache(maxsize=256)
def convention_said(path: Path, data: bytes, language: Language, policy: Policy, name: str) -> Words:
    """One sentence of a file that holds this: the same for all sheets of a policy."""
    objects: list[Any] = []
    text = alone(name, data.decode("utf-8", "replace"))
    context = {"_printer": conventions_typesetter(language, policy), "_objects": objects, **examples(policy, text)}
    _, sections = rendered(path, language, context, sentence=name)
    return next(words_of(one, path, objects) for one in sections if one.name == name)


def rules_sheet(language: Language) -> RulesSheet:
    """The sheet of rules in a language."""
    from keygen.document.rules import RulesSheet, letters_of, rules_of  # for the sheets that have one

    return RulesSheet(rules_of(words("law_names", language)), letters_of(words("words", language)))


def derivation(found: Worked, language: Language) -> tuple[Blocks, Typesetter]:
    """One derivation in a language, as nodes: the function with its letters, then line by line; and what writes its
    mathematics in TeX."""
    objects: list[Any] = []
    typesetter = Typesetter(Policy(), language=language)
    context = {"_printer": typesetter, "_objects": objects, "found": found, **speech(language)}
    blocks: list[Paragraph] = []
    for name in ("where.tex", "derived.tex"):
        path = template_file(language, language.code, name)
        text, _ = rendered(path, language, context)
        blocks += nodes_of(text, objects, placed, path, 1)
    return punctuated(tuple(blocks), language), typesetter


def derivation_frame(body: TeX, language: Language) -> str:
    """A derivation's TeX as a file."""
    context = {"_printer": Typesetter(Policy()), "language": language.style, "body": body}
    text, _ = rendered(template_file(language, "derivation.tex"), language, context)
    return text
