r"""The reader of templates: rendered words, with a token for each object, become nodes.

Outside `\val{ }` a template holds words, `\( \)` and `\[ \]`, `\kgstephead{ }`, `\emph{ }`, `\textbf{ }`, lists of
`\item`s and the environments of `ENVIRONMENTS`. Whatever else TeX would do something with is refused, at its line
(`require_words` looks at the file itself); `\begin{kgtex}{instead} ... \end{kgtex}` is TeX of the author's own.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Collection, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple

from msgspec.structs import replace

from keygen.document.nodes import (
    Block,
    Blocks,
    Code,
    DisplayedFormula,
    Emphasis,
    EquationMark,
    Inline,
    InlineFormula,
    Listing,
    Paragraph,
    Part,
    RawTeX,
    StepHeading,
    Text,
    Typed,
    Where,
    Words,
)
from keygen.errors import LIKENESSES, KeygenError, nearest

OPEN, CLOSE = "\ue000", "\ue001"
"""Around the number of an object: of the private use area, so that nobody's words have them."""

HIDDEN = "\u200b"
"""In the place of each character of a file that is no words (`blank`)."""

BLANKS = " \t\n"
LISTS = ("kgsteps", "itemize", "enumerate")
ENVIRONMENTS = (*LISTS, "kgwhere", "verbatim", "kgtex")
EMPHASES = frozenset({"emph", "textbf", "textit", "texttt"})
ESCAPED = frozenset("%&#_${}")
"""What a backslash makes a plain character of."""
LIGATURES = {"---": "—", "--": "–", "``": "“", "''": "”", "~": "\u00a0"}

TOKENS = 8192  # pieces of texts that are kept
TOKEN = re.compile(
    rf"(?P<object>{OPEN}\d+{CLOSE})"
    r"|(?P<fence>\\[()\[\]])"
    r"|(?P<begin>\\begin\{[^{}]*\})|(?P<end>\\end\{[^{}]*\})"
    r"|(?P<escaped>\\[%&#_${}])"
    r"|(?P<command>\\(?:[A-Za-z]+\*?|.))"
    r"|(?P<brace>[{}])"
    r"|(?P<ligature>---?|``|''|~)"
    rf"|(?P<special>[%&#_$^\\{OPEN}])"
    r"|(?P<gap>\n(?:[ \t]*\n)+)",
    re.DOTALL,
)
WORDS = re.compile(rf"(?:[^\\{{}}%&#_$^~`'\n{OPEN}-]+|\n(?![ \t]*\n)|'(?!')|-(?!-)|`(?!`))+")
VERBATIM = re.compile(r"(.*?)\\end\{(verbatim|kgtex)\}", re.DOTALL)
MATHEMATICS = re.compile(rf"{OPEN}(\d+){CLOSE}")
TYPED_MARK = re.compile(r"(?<!\\)[.,;:!?]\s*$")
FOLLOWING_MARK = re.compile(r"\s*[.,;:!?]")


class WordsToken(NamedTuple):
    """A piece of a text: its kind, or "words", and where it begins and ends."""

    kind: str
    text: str
    start: int
    end: int


class MarkupError(Exception):
    """Words that are none: what is wrong, where in the text, and what to write."""

    def __init__(self, what: str, place: int, repair: str) -> None:
        super().__init__(what)
        self.what, self.place, self.repair = what, place, repair


@lru_cache(maxsize=TOKENS)
def token_at(text: str, place: int) -> WordsToken:
    """The next piece of a text: the words of a template come back in every variant."""
    if words := WORDS.match(text, place):
        return WordsToken("words", words[0], place, words.end())
    found = TOKEN.match(text, place)
    assert found is not None  # what is no words begins a token
    return WordsToken(str(found.lastgroup), found[0], place, found.end())


class WordsReader:
    """One text, read from its beginning. `placed` makes a node of an object that stands outside formulas; in what is
    `titled` braces and TeX's special characters are words.
    """

    def __init__(
        self, text: str, objects: Sequence[Any], placed: Callable[[Any], Any], *, titled: bool = False
    ) -> None:
        self.text, self.objects, self.placed, self.titled, self.place = text, objects, placed, titled, 0

    def next(self) -> WordsToken:
        """The next piece; one of kind "" at the end."""
        if self.place == len(self.text):
            return WordsToken("", "", self.place, self.place)
        token = token_at(self.text, self.place)
        self.place = token.end
        return token

    def item(self, token: WordsToken) -> Any:
        """The object of a token."""
        return self.objects[int(token.text[1:-1])]

    def blocks(self, until: str = "") -> Blocks:
        """Paragraphs up to `\\end{until}`, or to the end of the text."""
        found: list[Paragraph] = []
        parts: list[Part] = []
        while (token := self.next()).kind:
            if token.kind == "gap":
                found.append(Paragraph(joined(parts)))
                parts = []
            elif token.kind == "end" and name_of(token) == until:
                break
            else:
                parts.append(self.marked(token))
        else:
            if until:
                raise MarkupError(f"\\begin{{{until}}} has no \\end{{{until}}}", self.place, f"add \\end{{{until}}}")
        found.append(Paragraph(joined(parts)))
        return tuple(paragraph for paragraph in found if paragraph.parts)

    def marked(self, token: WordsToken) -> Part:
        """What a piece begins; a formula's number goes into the formula."""
        part: Part | EquationMark = self.part(token)
        if not isinstance(part, EquationMark):
            return part
        formula = self.part(self.next()) if self.place < len(self.text) else None
        if not isinstance(formula, DisplayedFormula):
            raise MarkupError(
                "a number of a formula before no formula", token.start,
                r"write %% equation on the line before \[ ... \]",
            )  # fmt: skip
        return replace(formula, number=part.number)

    def part(self, token: WordsToken) -> Any:
        """What a piece begins."""
        match token.kind:
            case "words":
                return Text(token.text)
            case "object":
                return self.placed(self.item(token))
            case "escaped":
                return Text(token.text[1:])
            case "ligature":
                return Text(LIGATURES[token.text])
            case "fence" if token.text in (r"\(", r"\["):
                return self.mathematics(token)
            case "begin":
                return self.environment(token)
            case "command" if token.text == r"\kgstephead":
                return StepHeading(self.group(token))
            case "command" if token.text[1:] in EMPHASES:
                return Emphasis(self.group(token), token.text[1:])
            case "special" | "brace" if self.titled:
                return Text(token.text)
        raise MarkupError(*markup_message(token))

    def mathematics(self, start: WordsToken) -> InlineFormula | DisplayedFormula:
        r"""What stands between \( and \), or \[ and \]."""
        closing = {r"\(": r"\)", r"\[": r"\]"}[start.text]
        end = self.text.find(closing, self.place)
        inside = self.text[self.place : end if end >= 0 else None]
        if end < 0 or re.search(r"\\[()\[\]]|\n[ \t]*\n", inside):
            raise MarkupError(f"{start.text} has no {closing}", start.start, f"close the formula with {closing}")
        self.place = end + len(closing)
        says = self.formula(inside.strip(), start)
        if start.text == r"\(":
            return InlineFormula(says)
        if TYPED_MARK.search(inside) or FOLLOWING_MARK.match(self.text, self.place):
            raise MarkupError("a display with a mark of its own", start.start, "leave it out: it is set by rule")
        return DisplayedFormula(says)

    def environment(self, start: WordsToken) -> Block:
        """What stands between begin and end."""
        match name_of(start):
            case "kgwhere":
                return Where(self.blocks("kgwhere"))
            case "verbatim":
                return Code(self.plain(self.verbatim(start)).strip("\n"))
            case "kgtex":
                instead = self.group(start)
                return RawTeX(self.says(self.verbatim(start).strip("\n")), instead)
            case name if name in LISTS:
                return self.listing(start, name)
            case name:
                raise MarkupError(f"the environment {name!r} is unknown", start.start, one_of(name))

    def verbatim(self, start: WordsToken) -> str:
        """A text up to the end of its environment, as it stands."""
        found = VERBATIM.match(self.text, self.place)
        if found is None or found[2] != name_of(start):
            raise MarkupError(f"{start.text} has no end", start.start, f"add \\end{{{name_of(start)}}}")
        self.place = found.end()
        return found[1]

    def says(self, inside: str) -> tuple[Any, ...]:
        """TeX and the objects in it."""
        pieces = MATHEMATICS.split(inside)
        return tuple(
            self.objects[int(piece)] if place % 2 else Typed(piece)
            for place, piece in enumerate(pieces)
            if place % 2 or piece
        )

    def formula(self, inside: str, start: WordsToken) -> tuple[Any, ...]:
        """What a formula says: objects, none of them mere words."""
        says = self.says(inside)
        words = next((one for one in says if type(one) is str), None)
        if words is not None:
            raise MarkupError(f"the words {words[:80]!r} in a formula", start.start, COMPUTED)
        return says

    def plain(self, text: str) -> str:
        """A text with the words of its objects in their places."""
        return MATHEMATICS.sub(lambda found: str(self.objects[int(found[1])]), text)

    def listing(self, start: WordsToken, name: str) -> Listing:
        r"""The \items of a list."""
        pieces: list[list[Part]] = []
        while (token := self.next()).kind and not (token.kind == "end" and name_of(token) == name):
            if token.text == r"\item":
                pieces.append([])
            elif pieces:
                pieces[-1].append(Text("\n") if token.kind == "gap" else self.marked(token))
            elif token.text.strip(f" \t\n{HIDDEN}"):
                raise MarkupError("words before the first item of a list", token.start, r"begin with \item")
        if not token.kind:
            raise MarkupError(f"{start.text} has no end", start.start, f"add \\end{{{name}}}")
        return Listing(name, tuple((Paragraph(joined(parts)),) for parts in pieces))

    def group(self, command: WordsToken) -> Words:
        """The words in braces behind a command."""
        start = self.next()
        parts: list[Inline] = []
        if start.text != "{":
            raise MarkupError(f"{command.text} needs words in braces", command.start, f"write {command.text}{{...}}")
        while (token := self.next()).text != "}":
            if token.kind in ("", "gap"):
                raise MarkupError("a brace that is never closed", start.start, "add }")
            if token.kind == "fence" and token.text == r"\[":
                raise MarkupError("a brace that is never closed", start.start, "add } before the formula below")
            part = self.part(token)
            if not isinstance(part, Inline):
                raise MarkupError("what cannot stand within a line", token.start, "give it a line of its own")
            parts.append(part)
        words: Words = joined(parts)
        return words


def joined(parts: Sequence[Any]) -> Any:
    """Texts that follow each other as one; without the space at either end."""
    found: list[Any] = []
    for part in parts:
        if isinstance(part, Text) and found and isinstance(found[-1], Text):
            found[-1] = Text(found[-1].text + part.text)
        else:
            found.append(part)
    if found and isinstance(found[0], Text) and found[0].text[:1] in BLANKS:
        found[0] = Text(found[0].text.lstrip(BLANKS))
    if found and isinstance(found[-1], Text) and found[-1].text[-1:] in BLANKS:
        found[-1] = Text(found[-1].text.rstrip(BLANKS))
    return tuple([part for part in found if not isinstance(part, Text) or part.text])


def name_of(token: WordsToken) -> str:
    r"""The environment of a \begin or an \end."""
    return token.text[token.text.index("{") + 1 : -1]


def one_of(name: str) -> str:
    """What environments there are."""
    if FENCED.match(rf"\begin{{{name}}}"):
        return r"write \[ \val{ line.NAME } \]"
    return f"{nearest(name, ENVIRONMENTS)} TeX of your own goes into \\begin{{kgtex}}{{words for other media}}"


def markup_message(token: WordsToken) -> tuple[str, int, str]:
    """What is said of a piece that is no words."""
    raw = "TeX of your own goes into \\begin{kgtex}{words for other media} ... \\end{kgtex}"
    match token.kind:
        case "fence":
            opening = {r"\)": r"\(", r"\]": r"\["}[token.text]
            return f"{token.text} has no {opening}", token.start, f"open the formula with {opening}"
        case "end":
            return f"{token.text} has no beginning", token.start, f"add \\begin{{{name_of(token)}}}"
        case "brace":
            return f"a brace {token.text} among words", token.start, f"write \\{token.text} for the character; {raw}"
        case "special" if token.text == "$":
            return "the character $ among words", token.start, r"write \( \val{ ... } \) for a formula, \$ for the sign"
        case "special" if token.text in ESCAPED:
            return f"the character {token.text} among words", token.start, f"write \\{token.text}"
        case _:
            return f"{token.text} is no command of templates", token.start, raw


def nodes_of(
    text: str,
    objects: Sequence[Any],
    placed: Callable[[Any], Any],
    file: Path,
    line: int,
    *,
    titled: bool = False,
) -> Blocks:
    """The nodes of a rendered text that begins at a line of its template. Raises KeygenError for what is no words."""
    try:
        return WordsReader(text, objects, placed, titled=titled).blocks()
    except MarkupError as error:
        raise KeygenError(error.what, file=file, line=line, repair=error.repair) from error
    except KeygenError as error:
        raise error.within(file=file, line=line) from error


# --- the file itself

TITLE = re.compile(r"^%% title$.*?^%% endtitle$", re.MULTILINE | re.DOTALL)  # which has signs that words have not
STATEMENT = re.compile(r"^[ \t]*%%.*|%#.*", re.MULTILINE)
INSERTED = re.compile(r"\\(?:val|block|comment)\{[^}]*\}%?")
UNCLOSED = re.compile(r"\\(val|block)\{[^}]*?(?:\\[)\]]|\n[ \t]*\n|\Z)")
BY_HAND = re.compile(r"^[ \t]*%%[ \t]*by[ \t]+hand[ \t]*$")
CLAIMING = re.compile(r"[0-9=<>+*/^|!-]|\\[A-Za-z]+")
"""What a piece of a formula has that says something, after its letters and spaces are taken out."""
SILENT = re.compile(
    r"\\(?:[,;:! ]|(?:q?quad|[lc]?dots|left|right|math(?:bf|rm|cal|bb|it)|boldsymbol|text"
    r"|(?:var)?(?:epsilon|theta|rho|sigma|phi)|alpha|beta|[gG]amma|[dD]elta|zeta|eta|Theta|iota|kappa|[lL]ambda|mu|nu"
    r"|[xX]i|[pP]i|Sigma|tau|[uU]psilon|Phi|chi|[pP]si|[oO]mega|ell)(?![A-Za-z]))"
)
FENCED = re.compile(r"(?:\$|\\\(|\\\[|\\begin\{(?:equation|align|gather|multline|displaymath|math)\b).*", re.DOTALL)
COMPUTED = r"let the exercise say it: \val{ line.NAME }, \val{ value.NAME }, \val{ name.NAME }, or a claim of `show`"


def require_words(path: Path, text: str) -> None:
    """Raise KeygenError at the first line of a template whose words TeX would take for something else."""
    if found := UNCLOSED.search(text):
        require_closed(path, text, found)
    masked = text
    for hidden in (TITLE, STATEMENT, INSERTED):
        masked = hidden.sub(lambda found: blank(found[0]), masked)
    marked = {number + 1 for number, line in enumerate(text.splitlines(), start=1) if BY_HAND.match(line)}
    error = misread(masked, marked)
    if error is not None:
        line = text.count("\n", 0, error.place) + 1
        raise KeygenError(
            error.what, file=path, line=line, source=text.splitlines()[line - 1].strip(), repair=error.repair
        )


def blank(text: str) -> str:
    """As many characters that are nothing, on as many lines."""
    return re.sub(r"[^\n]", HIDDEN, text)


def require_closed(path: Path, text: str, found: re.Match[str]) -> None:
    r"""Raise KeygenError for a \val{ whose brace closes too late."""
    line = text.count("\n", 0, found.start()) + 1
    raise KeygenError(
        rf"\{found[1]}{{ is never closed", file=path, line=line, source=text.splitlines()[line - 1].strip(),
        repair="add }",
    )  # fmt: skip


def misread(text: str, by_hand: Collection[int] = ()) -> MarkupError | None:
    """The first thing that is wrong with a text whose statements and objects are blank; on the lines `by_hand`
    mathematics is typed."""
    try:
        FileReader(text, by_hand).blocks()
    except MarkupError as error:
        return error
    return None


class FileReader(WordsReader):
    """A template's file, its statements and objects blank: mathematics that is typed claims what nobody checks, so that
    it stands on the lines `by_hand` alone."""

    def __init__(self, text: str, by_hand: Collection[int]) -> None:
        super().__init__(text, (), Text)
        self.by_hand = by_hand

    def part(self, token: WordsToken) -> Any:
        """What a piece begins; words have no letters that no font of words has."""
        if token.kind == "words":
            self.require_letters(token)
        return super().part(token)

    def require_letters(self, token: WordsToken) -> None:
        """Raise MarkupError for a Greek letter, but for one that is mistyped in another word."""
        for word in re.finditer(r"[^\W\d_]+", token.text):
            greek = [letter for letter in word[0] if unicodedata.name(letter, "").startswith("GREEK ")]
            letter = next((one for one in greek if ord(one) not in LIKENESSES), "".join(greek[:1]))
            if greek and (ord(letter) not in LIKENESSES or len(greek) == len(word[0])):
                spelled = unicodedata.name(letter).partition(" WITH ")[0].split()[-1].lower()
                raise MarkupError(
                    f"the Greek letter {letter} among words", token.start + word.start(),
                    f"{COMPUTED}; or spell it out: {spelled}",
                )  # fmt: skip

    def formula(self, inside: str, start: WordsToken) -> tuple[Any, ...]:
        """The TeX of a formula, which claims nothing."""
        self.require_marked(inside, start)
        return super().formula(inside, start)

    def environment(self, start: WordsToken) -> Block:
        """An environment; TeX of the author's own has no formulas."""
        block = super().environment(start)
        if isinstance(block, RawTeX):
            tex = "".join(one.tex for one in block.says if isinstance(one, Typed))
            if found := FENCED.search(tex):
                self.require_marked(found[0], start)
        return block

    def require_marked(self, inside: str, start: WordsToken) -> None:
        """Raise MarkupError for mathematics on a line that is not marked."""
        typed = inside.replace(HIDDEN, "")
        if CLAIMING.search(SILENT.sub("", typed)) and self.text.count("\n", 0, start.start) + 1 not in self.by_hand:
            raise MarkupError(
                "mathematics typed by hand", start.start,
                f"{COMPUTED}; or write `%% by hand` on the line before, for what nobody can check",
            )  # fmt: skip
