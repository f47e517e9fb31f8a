"""The Jinja environment of a page, the sentences of a language, and the files around exercises.

Templates are TeX with `%%` statements and `\\val{ }`. Undefined names raise; everything inside `\\val{ }` goes through
`finalize`, which typesets by type and reads every line back before it may be printed.
"""

from __future__ import annotations

import linecache
import re
import traceback
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from fractions import Fraction
from functools import cached_property, lru_cache, partial
from pathlib import Path
from typing import Any

from jinja2 import (
    Environment,
    StrictUndefined,
    TemplateSyntaxError,
    Undefined,
    UndefinedError,
    pass_context,
)
from jinja2.runtime import Context
from jinja2.sandbox import ImmutableSandboxedEnvironment

from keygen.calculus.claims import Claim, Condition, Given
from keygen.calculus.derivation import ReasonedChain
from keygen.course.contents import contents, nearest_file
from keygen.course.languages import Language
from keygen.course.points import decimal
from keygen.document.loader import FRAMES, PART, SENTENCE, Loader
from keygen.document.lookups import Lookup, described, in_words_of_authors, of_derivation, require_lines
from keygen.document.nodes import (
    Answers,
    Blocks,
    DerivationBlock,
    DisplayedFormula,
    EquationMark,
    Foreign,
    Inline,
    InlineNumber,
    LawSentence,
    Part,
    Picture,
    Points,
    Reference,
    Steps,
    TableBlock,
    Text,
    Words,
)
from keygen.document.outline import misnested
from keygen.document.sections import PartLetters, Rendered, Sections
from keygen.document.tex_parts import TeX
from keygen.document.typesetter import Beside, Listed, Typesetter
from keygen.document.words import BY_HAND, CLOSE, OPEN, nodes_of, require_words
from keygen.errors import MANY, KeygenError, nearest
from keygen.figures.figure import Figure
from keygen.figures.tables import Table
from keygen.mathematics.number_format import Policy
from keygen.mathematics.terms import Chain, Name, Term
from keygen.system.limits import refusal

COMMENT = re.compile(r"^%#.*", re.M)
UNDEFINED = re.compile(r"'(\w+)' is undefined")
MATRIX_LAW, NAMED, RECALLED, SEVERAL = "matrix_", "named_", "again_", "_several"
WRITTEN = "`keygen help template` shows how lines, formulas and names are written"
FACTOR = "[factor]"
"""Where the sentence of a law has the factor of its line."""
MARKS = ("\\val{", "\\block{", "\\comment{", "\r", "\ufffd")
BOX = "conventions.tex"
NODES = LawSentence | Points | EquationMark | Reference | DisplayedFormula | TableBlock | DerivationBlock | Answers
"""Objects of a template that are nodes already: what they say has been read back."""
ENVIRONMENTS = 256  # one for each exercise, for its own folder comes first


@pass_context
def typeset(context: Context, value: Any) -> str:
    """What `\\val{ }` leaves: the object itself, checked, under its number; in the frame of a TeX file its TeX."""
    typesetter: Typesetter = context["_printer"]
    if isinstance(value, Undefined):
        str(value)  # raises jinja2's own error, which names what is undefined
    if "_objects" not in context or isinstance(value, TeX):
        return typesetter.typeset(value)
    if isinstance(value, Listed):
        return typesetter.named(value, [rf"\( {typeset(context, item)} \)" for item in value.items])
    if not isinstance(value, NODES):
        typesetter.require(value)
    objects: list[Any] = context["_objects"]
    objects.append(value)
    return f"{OPEN}{len(objects) - 1}{CLOSE}"


def placed(value: Any) -> Part | EquationMark:
    """The node of an object that stands outside formulas. Raises KeygenError for one that belongs into a formula."""
    match value:
        case Foreign():
            return value
        case str():
            return Text(value)
        case Figure():
            return Picture(value)
        case Table():
            return TableBlock(value)
        case Steps():
            return DerivationBlock(value)
        case int() | Given() | Claim():
            return InlineNumber(value)
        case _ if isinstance(value, NODES):
            return value
    called = described(value) if isinstance(value, Chain | Name | Condition) else "mathematics"
    raise KeygenError(
        f"{called} among words, outside any formula",
        repair=r"write \( \val{ ... } \), or \[ \val{ ... } \] for a line of its own",
    )


@lru_cache(maxsize=ENVIRONMENTS)
def environment(folders: tuple[Path, ...], language: Language) -> Environment:
    """Jinja with TeX's face: `%%` lines are statements, `\\val{ }` prints, `%#` comments.

    In the sandbox a template reads what it is given, calls it, and changes nothing.
    """
    return ImmutableSandboxedEnvironment(
        loader=Loader(folders, language),
        extensions=[Sections],
        undefined=StrictUndefined,
        finalize=typeset,
        line_statement_prefix="%%",
        line_comment_prefix="%#",
        variable_start_string="\\val{",
        variable_end_string="}",
        block_start_string="\\block{",
        block_end_string="}",
        comment_start_string="\\comment{",
        comment_end_string="}",
        keep_trailing_newline=True,
        autoescape=False,
    )


class Laws:
    """Sentences by name; `why(line)` gives those of a line's laws that this exercise has not said yet. What exercises
    before it have said is known when they are bound to a sheet (`told_once`)."""

    def __init__(self, language: Language) -> None:
        self.language = language
        self.told: set[str] = set()
        self.factors: set[Term] = set()

    @cached_property
    def sentences(self) -> Mapping[str, TeX]:
        """All of them; a language whose exercises use no law need not have any."""
        return words("laws", self.language)

    def __call__(self, name: str) -> TeX:
        """The sentence of one law."""
        if name not in self.sentences:
            file = f"templates/{self.language.code}/laws.tex"
            raise KeygenError(f"the law {name!r} has no sentence", file=file, repair=f"add `%% law {name}`")
        return self.sentences[name]

    @cached_property
    def names(self) -> Mapping[str, TeX]:
        """The names of laws, and what is said of one that was told before, on the sheet or in the exercise."""
        return words("law_names", self.language)

    def sentence(self, name: str, factor: Term | None = None, *, several: bool = False) -> LawSentence:
        """What is said of a law: by its sentence, and where an exercise before has said that, by its name; by its
        sentence again, where that is of the line's own step. `several` says it of more than one thing, where a language
        has words for that."""
        form = f"{name}{SEVERAL}" if several and f"{name}{SEVERAL}" in self.sentences else name
        full = self.words_of(self(form), factor)
        if name.startswith(MATRIX_LAW):  # its name stands beside the line
            return LawSentence(name, full, ())
        called = self.names.get(f"{NAMED}{form}")
        return LawSentence(name, full, full if called is None else self.words_of(called, factor))

    def words_of(self, text: TeX, factor: Term | None = None) -> Words:
        """Words without objects in them, but for the factor that a line has."""
        path = template_file(self.language, self.language.code, "laws.tex")
        said = TeX(text.replace(FACTOR, rf"\( {OPEN}0{CLOSE} \)"))
        return inline(nodes_of(said, (factor,), placed, path, 1), path)

    def why(self, *chains: Chain) -> list[LawSentence]:
        """The sentences of the laws that these lines use and that were not told before. Where a derivation begins by a
        law that was, this one is recalled first, for the new sentences would seem to speak of its first step. Raises
        KeygenError for what are no lines."""
        require_lines("why", chains)
        used = list(dict.fromkeys(law for chain in chains for law in chain.laws))
        new = [law for law in used if law not in self.told]
        factor = self.factor(chains)
        recalled = f"{RECALLED}{used[0]}" if used else ""
        other = factor is not None and factor not in self.factors
        begun = used and used[0] not in new and (new or other) and isinstance(chains[0], ReasonedChain)
        self.told.update(new)
        self.factors.update([factor] if factor is not None else [])
        reasons = Counter(law for chain in chains if isinstance(chain, ReasonedChain) for law in sum(chain.reasons, ()))
        first = [self.recalled(used[0], factor)] if begun and recalled in self.names else []
        return [*first, *(self.sentence(law, factor, several=reasons[law] > 1) for law in new)]

    def factor(self, chains: Iterable[Chain]) -> Term | None:
        """What the numerators and denominators of lines are multiplied by. Raises KeygenError for two factors, of which
        one sentence cannot speak."""
        factors = {chain.factor for chain in chains if isinstance(chain, ReasonedChain)} - {None}
        if len(factors) > 1:
            raise KeygenError(
                "lines whose numerators are multiplied by different factors share one `why`",
                found=", ".join(sorted(map(repr, factors))), repair="let each of the lines have a `why` of its own",
            )  # fmt: skip
        return next(iter(factors), None)

    def recalled(self, name: str, factor: Term | None) -> LawSentence:
        """What is said of a law that this exercise has told."""
        said = self.words_of(self.names[f"{RECALLED}{name}"], factor)
        return LawSentence(name, said, said)


def rendered(
    path: Path, language: Language, context: Mapping[str, Any], own: Iterable[str] = (), sentence: str = ""
) -> tuple[str, list[Rendered]]:
    """A template's text and its sections, or those of one `sentence` alone; every failure becomes a KeygenError at the
    template's own line. The names that are the exercise's `own` are those that its `show` returned."""
    name = f"{path.name}{PART}{sentence}" if sentence else path.name
    sections: list[Rendered] = []
    with template_errors(path, [name for name in context if not name.startswith("_")], own):
        template = environment((path.parent, *language.folders), language).get_template(name)
        letters = PartLetters(sections, language.letters)
        text = template.render({"letter_of": letters, "_kept": None, **context, "_sections": sections})
    return text, sections


@contextmanager
def template_errors(path: Path, known: Iterable[str] = (), own: Iterable[str] = ()) -> Iterator[None]:
    """Errors on the way get file, line and the line itself; an undefined name the nearest of those that are `known`,
    and those that are the exercise's `own`."""
    try:
        yield
    except TemplateSyntaxError as error:
        file = error.filename or str(path)
        if wrong := misnested("".join(linecache.getlines(file))):
            raise KeygenError(
                wrong.what, file=file, line=wrong.line, source=linecache.getline(file, wrong.line), repair=wrong.repair
            ) from error
        raise KeygenError(
            f"the template is not well formed: {error.message}", file=file, line=error.lineno,
            source=linecache.getline(file, error.lineno),
        ) from error  # fmt: skip
    except UndefinedError as error:
        undefined = UNDEFINED.fullmatch(error.message or "")
        raise KeygenError(
            f"the template uses an undefined name: {in_words_of_authors(error.message or '')}", **template_line(error),
            repair=nearest(undefined[1], filter(str.isidentifier, known)) + returned(own) if undefined else WRITTEN,
        ) from error  # fmt: skip
    except KeygenError as error:
        raise error.within(**template_line(error)) from error
    except OSError as error:  # a disk, a limit: no template is to blame
        raise refusal(error) from error
    except Exception as error:
        raise KeygenError(
            f"the template asks for what cannot be done: {in_words_of_authors(str(error))}",
            **{"file": path, **template_line(error)}, repair=WRITTEN,
        ) from error  # fmt: skip


def returned(own: Iterable[str]) -> str:
    """What `show` has returned, in words."""
    names = list(own)
    more = f" and {len(names) - MANY} more" if len(names) > MANY else ""
    return f" `show` returns {', '.join(map(repr, names[:MANY]))}{more}" if names else ""


def template_line(error: BaseException) -> dict[str, Any]:
    """The innermost template line of a traceback (Jinja puts its templates' own lines there)."""
    frames = [frame for frame in traceback.extract_tb(error.__traceback__) if frame.filename.endswith((".tex", ".sty"))]
    if not frames or frames[-1].lineno is None:
        return {}
    file, line = frames[-1].filename, frames[-1].lineno
    return {"file": file, "line": line, "source": linecache.getline(file, line)}


def words(name: str, language: Language) -> Mapping[str, TeX]:
    """The sentences of `templates/<language>/<name>.tex` by their names."""
    path = template_file(language, language.code, f"{name}.tex")
    known = plain(path, contents(path))
    return rendered_sentences(path, language) if known is None else known


def rendered_sentences(path: Path, language: Language) -> dict[str, TeX]:
    """The sentences of a file by Jinja."""
    _, sections = rendered(path, language, {"_printer": Typesetter(Policy())})
    return {section.name: TeX(section.text) for section in sections}


@lru_cache(maxsize=16)
def plain(path: Path, data: bytes) -> Mapping[str, TeX] | None:
    """The sentences of a file in which there is nothing for Jinja to do, at once; None for any other file. Raises
    KeygenError for what is no words.

    Jinja takes as long to compile a hundred laws as the exercises of a whole sheet.
    """
    text = data.decode("utf-8", "replace")
    said = "".join(line for line in text.splitlines(keepends=True) if not BY_HAND.match(line))
    found = SENTENCE.findall(said)
    words_alone = said.count("%%") == 2 * len(found) and not any(mark in said for mark in MARKS)
    comments = SENTENCE.sub("", said)
    if not words_alone or COMMENT.sub("", comments).strip() or said.count("%#") != comments.count("%#"):
        return None
    if path.name not in FRAMES:
        require_words(path, text)
    return {name: TeX(words.strip("\n")) for _, name, words in found}


def speech(language: Language) -> dict[str, Any]:
    """What a template may call in any solution: the laws in words, lines under each other, formulas in a row,
    a small number as a word."""
    laws = Laws(language)
    return {
        "law": Lookup("law", laws),
        "why": laws.why,
        "steps": of_derivation("steps", partial(steps_of, language)),
        "moves": of_derivation("moves", moves_of),
        "rooted": of_derivation("rooted", rooted),
        "listed": lambda *items: Listed(items, language.conjunction),
        "beside": lambda *items: Beside(items),
        "numeral": lambda count: language.numeral(count.value if isinstance(count, Given) else count) or count,
    }


def steps_of(language: Language, found: Any, letter: str = "f") -> Steps:
    """The lines of a derivation by matrix differentials with the names of their laws. Their rules are loaded here, as
    below, for most sheets have none."""
    from keygen.document.derivations import steps

    return steps(found, words("law_names", language), letter)


def moves_of(found: Any) -> Any:
    """The moves that solve an equation."""
    from keygen.matrix.exercises import moves

    return moves(found)


def rooted(found: Any) -> Any:
    """A second differential by the root of a matrix."""
    from keygen.matrix.proofs import by_root

    return by_root(found)


def in_words(points: Fraction | None, typesetter: Typesetter) -> str:
    """So many points in the words of the page's language; "" where there are none."""
    language = typesetter.spoken
    if points is None or language is None:
        return ""
    return language.counted(decimal(points, typesetter.policy.point), words("words", language)["points"])


def words_of(one: Rendered, path: Path, objects: Sequence[Any], *, titled: bool = False) -> Words:
    """The words of a title, of an answer, or of a sentence in a box."""
    line = " ".join(one.text.split())
    return inline(nodes_of(line, objects, placed, path, one.line, titled=titled), path, one.line)


def inline(blocks: Blocks, path: Path, line: int | None = None) -> Words:
    """What stands within a line. Raises KeygenError for anything else."""
    parts = tuple(part for paragraph in blocks for part in paragraph.parts)
    if not all(isinstance(part, Inline) for part in parts):
        raise KeygenError("a title, a law or an answer is words and formulas in one line", file=path, line=line)
    return parts  # type: ignore[return-value]  # all are inline


def template_file(language: Language, *parts: str) -> Path:
    """A file of `templates/`, the nearest one."""
    path = nearest_file(language.folders, *parts)
    if path is None:
        raise KeygenError(f"the template {'/'.join(parts)!r} is missing", expected=f"templates/{'/'.join(parts)}")
    return path
