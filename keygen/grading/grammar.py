r"""The grammar of formulas as students type them: Python's, LaTeX's and a pocket calculator's, read by hand.

    said    ::=  sum [(">" | "<" | ">=" | "<=") sum]
    sum     ::=  term (("+" | "-") term)*
    term    ::=  signed (("*" | "/" | "@" | "·" | nothing) signed)*
    signed  ::=  ("-" | "+") signed | power
    power   ::=  atom [("^" | "**") signed]                 an atom may be transposed: A.T  A'  A^T  A^-T
    atom    ::=  number | letter | f "(" said ("," said)* ")" | f atom | "(" said ")" | "{" said "}" | "|" said "|"
              |  \frac atom atom | \sqrt atom | √ atom

Two numbers side by side could be read in two ways and raise; so does a product without a sign behind a quotient
("1/2x"), unless what stands there is a matrix, by which nothing is divided: 1/2 X is half of X.
Nothing is evaluated here.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from unicodedata import name as unicode_name

from keygen.engine.rational import TooLong, rational
from keygen.grading.typed_text import UnreadableError

TOKEN = re.compile(
    r"\s*(?:(?P<number>(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][-+]?\d+)?)|(?P<word>\\[^\W\d_]+|[^\W\d_]+(?:_?\d+)*)"
    r"|(?P<below>_)|(?P<sign>\*\*|>=|<=|\.T(?!\w)|[-+*/@·^(){}\[\],|'<>√≥≤∥‖&;%]))"
)
GREEK = {"lambda": "lam", "varepsilon": "eps", "epsilon": "eps", "varphi": "phi", "vartheta": "theta"}
SHOWN = 30
"""Characters of a name that a message shows."""
FUNCTIONS = {
    "exp": 1, "ln": 1, "log": 1, "sqrt": 1, "sigmoid": 1, "sigma": 1, "tanh": 1, "th": 1, "relu": 1, "abs": 1,
    "max": 2, "Max": 2, "maximum": 2, "min": 2, "Min": 2, "minimum": 2,
    "tr": 1, "trace": 1, "det": 1, "inv": 1, "I": 1, "eye": 1,
    "ones": 1, "norm": 1, "transpose": 1, "softplus": 1, "step": 1, "sign": 1, "sum": 1, "diag": 1, "factorial": 1,
}  # fmt: skip
"""What may be called, and with how many arguments."""
SAME = {
    "log": "ln", "sigma": "sigmoid", "th": "tanh", "maximum": "max", "Max": "max", "minimum": "min", "Min": "min",
    "trace": "tr", "eye": "I",
}  # fmt: skip
GLUED = re.compile(r"(sqrt|ln|log|exp)(\d+)")
DEEPEST = 200
"""Levels of signs around each other, of which a sum of as many terms has as many."""
MOST_SIGNS = 300
"""Signs between formulas, side by side or not: those of the keys have some fifty."""
UNIT = "I"
MODULES = re.compile(r"\b(?:np|numpy|math|sp|sympy|torch|tf|nn|linalg|scipy|special|functional|F)\.(?=[A-Za-z])")
COMMANDS = {"cdot": "·", "times": "·", "odot": "*", "circ": "*", "ge": ">=", "geq": ">=", "le": "<=", "leq": "<="}
SETTING = {"operatorname", "mathrm", "text", "mathbf", "boldsymbol", "mathit", "rm"}
TRANSPOSED = {"T", "top", "intercal", "⊤", "tr", "mathsf"}


@dataclass(frozen=True, slots=True)
class TypedNumeral:
    """A number as it is typed: its value, and of a decimal how many digits and which power of ten the last counts."""

    value: Fraction
    text: str

    @property
    def decimal(self) -> bool:
        """Whether it has a point."""
        return "." in self.text

    @property
    def significant(self) -> int:
        """Its digits without the zeros in front."""
        return len(re.sub(r"[eE].*", "", self.text).replace(".", "").lstrip("0"))

    @property
    def unit(self) -> Fraction:
        """What one of its last digit counts."""
        mantissa, _, power = self.text.lower().partition("e")
        places = len(mantissa.partition(".")[2])
        return Fraction(10) ** (int(power or 0) - places)


@dataclass(frozen=True, slots=True)
class LetterNode:
    """A letter, or a name of several."""

    name: str


@dataclass(frozen=True, slots=True)
class Operation:
    """A sign between formulas, or a function of them: + - * / @ · ^ neg T, > < >= <=, or the function's name."""

    sign: str
    inputs: tuple[Formula, ...]


Formula = TypedNumeral | LetterNode | Operation
Token = tuple[str, str]


def tokens(text: str) -> Iterator[Token]:
    """The words of a formula: number, word or sign, and the text. Raises UnreadableError at what is none."""
    text, at = MODULES.sub("", text), 0
    while at < len(text.rstrip()):
        found = TOKEN.match(text, at)
        if found is None:
            raise UnreadableError(f"{text[at:].strip()[:12]!r} cannot be read")
        at = found.end()
        kind = str(found.lastgroup)
        yield kind, found[kind]


def spelled(word: str) -> str:
    """A word as names are spelled in answers: Greek letters by their names."""
    word = word.lstrip("\\")
    letters = [unicode_name(letter, "").split() for letter in word]
    if any(words[:1] == ["GREEK"] for words in letters):
        word = "".join(
            (words[-1].lower() if "SMALL" in words else words[-1].capitalize()).replace("lamda", "lambda")
            if words[:1] == ["GREEK"] else letter
            for letter, words in zip(word, letters, strict=True)
        )  # fmt: skip
    return GREEK.get(word, word)


def short(name: str) -> str:
    """A name as a message shows it."""
    return name if len(name) <= SHOWN else f"{name[:SHOWN]}..."


def bare(name: str) -> str:
    """A name without the marks that say what stands below: x_1 is x1, w_{2,1} is w21."""
    return re.sub(r"[_{},\\ ]", "", name)


class FormulaReader:
    """Goes through the words of a formula; `names` are those that a word may be, `called` the functions that only this
    exercise has, and `is_matrix` tells of what nothing is divided by."""

    def __init__(
        self, text: str, names: frozenset[str] = frozenset(), called: frozenset[str] = frozenset(),
        is_matrix: Callable[[Formula], bool] = lambda formula: False,
    ) -> None:  # fmt: skip
        self.tokens, self.at, self.names = list(tokens(text)), 0, {bare(name): name for name in sorted(names)}
        self.called, self.is_matrix, self.signs = called, is_matrix, 0

    def formula(self) -> Formula:
        """All of it. Raises UnreadableError for what the grammar has not."""
        try:
            found = self.said()
        except RecursionError as error:
            raise UnreadableError("formulas within formulas, without end") from error
        if self.at < len(self.tokens):
            raise UnreadableError(f"{self.next[1]!r} stands where nothing is expected")
        if deeper(found, DEEPEST):
            raise UnreadableError("formulas within formulas, without end")
        return found

    @property
    def next(self) -> Token:
        """The word that comes."""
        return self.tokens[self.at] if self.at < len(self.tokens) else ("end", "the end")

    def take(self, *signs: str) -> str:
        """The sign that comes, if it is one of these, else ""; a command of LaTeX is its sign."""
        kind, text = self.next
        if kind == "word" and text[:1] == "\\":
            text = COMMANDS.get(text[1:], "")
        elif kind != "sign":
            return ""
        text = {"≥": ">=", "≤": "<=", "‖": "∥"}.get(text, text)
        if text not in signs:
            return ""
        self.at += 1
        return text

    def expect(self, sign: str) -> None:
        """Go past a sign. Raises UnreadableError for another."""
        if not self.take(sign):
            raise UnreadableError(f"{sign!r} is missing before {self.next[1]!r}")

    def said(self) -> Formula:
        """A sum, or two compared."""
        left = self.sum()
        if sign := self.take(">", "<", ">=", "<="):
            return Operation(sign, (left, self.sum()))
        return left

    def sum(self) -> Formula:
        """Terms with their signs."""
        found = self.term()
        while sign := self.take("+", "-"):
            found = self.joined(sign, found, self.term())
        return found

    def joined(self, sign: str, left: Formula, right: Formula) -> Formula:
        """Two formulas under a sign. Raises UnreadableError for more signs than anybody types: each stands around all
        before it."""
        self.signs += 1
        if self.signs > MOST_SIGNS:
            raise UnreadableError("formulas within formulas, without end")
        return Operation(sign, (left, right))

    def term(self) -> Formula:
        """Factors, with or without a sign between."""
        found, over, behind = self.signed(), False, None
        while True:
            if sign := self.take("*", "/", "@", "·"):
                found, behind = self.joined(sign, found, self.signed()), None
                over = sign == "/"
            elif self.begins_atom():
                if isinstance(found, TypedNumeral) and self.next[0] == "number":
                    raise UnreadableError("two numbers stand side by side")
                factor = self.power()
                behind = factor if behind is None else Operation("·", (behind, factor))
                if over and not self.is_matrix(behind):
                    raise UnreadableError("a product without a sign behind a quotient has two meanings, as 1/2x has")
                found = self.joined("·", found, factor)
            else:
                return found

    def begins_atom(self) -> bool:
        """Whether a factor comes without a sign before it."""
        kind, text = self.next
        if kind == "word":
            return text[1:] not in COMMANDS if text[:1] == "\\" else True
        return kind == "number" or (kind == "sign" and text in ("(", "{", "√"))

    def signed(self) -> Formula:
        """A factor with its signs."""
        minus = False
        while sign := self.take("-", "+"):
            minus ^= sign == "-"
        found = self.power()
        return Operation("neg", (found,)) if minus else found

    def power(self) -> Formula:
        """An atom with what is raised above it."""
        found = self.turned(self.atom())
        if self.take("^", "**"):
            if self.transposes():
                return self.turned(Operation("T", (found,)))
            if self.transposes(inverse=True):
                return Operation("T", (Operation("inv", (found,)),))
            exponent, marks = unmarked(self.signed())
            found = Operation("^", (found, exponent))
            for _ in range(marks):  # X^{-1}' is the transpose of the inverse
                found = Operation("T", (found,))
        return found

    def turned(self, found: Formula) -> Formula:
        """An atom with the marks of transposes behind it."""
        while self.take(".T", "'"):
            found = Operation("T", (found,))
        return found

    def transposes(self, *, inverse: bool = False) -> bool:
        """Whether a T for a transpose comes, or -T for that of the inverse, which is passed then; in X^TX it is the
        first letter alone, as in TeX."""
        start, opened = self.at, self.take("{", "(")
        if inverse and not self.take("-"):
            self.at = start
            return False
        kind, text = self.next
        if kind == "word" and not opened and text[:1] in TRANSPOSED and self.begins_known(text[1:]):
            self.tokens[self.at] = ("word", text[1:])
            return True
        if kind == "word" and text.lstrip("\\") in TRANSPOSED:
            self.at += 1
            if not opened or self.take("}" if opened == "{" else ")"):
                return True
        self.at = start
        return False

    def atom(self) -> Formula:
        """A number, a letter, a function's value, or what stands in brackets."""
        kind, text = self.next
        if kind == "number":
            self.at += 1
            return numeral(text)
        if kind == "word":
            self.at += 1
            return self.word(text)
        for opening, closing in (("(", ")"), ("{", "}"), ("[", "]")):
            if self.take(opening):
                found = self.said()
                self.expect(closing)
                return found
        if bar := self.take("|", "∥"):
            found = self.said()
            self.expect(bar)
            return Operation("abs" if bar == "|" else "norm", (found,))
        if self.take("√"):
            return Operation("sqrt", (self.turned(self.atom()),))
        raise UnreadableError(f"a number or a letter is missing before {text!r}")

    def word(self, text: str) -> Formula:
        """A letter or the value of a function."""
        command = text.lstrip("\\")
        if text[:1] == "\\" and command in SETTING:
            return self.atom()
        if text[:1] == "\\" and command in ("frac", "dfrac", "tfrac"):
            return Operation("/", (self.argument(), self.argument()))
        if text[:1] == "\\" and command == "sqrt" and self.next == ("sign", "["):
            raise UnreadableError("a root that is not square")
        word, name = command, spelled(text)
        if known := self.known(name):
            return self.called_or(known)
        if glued := GLUED.fullmatch(name):
            self.tokens.insert(self.at, ("number", glued[2]))
            return self.call(glued[1])
        if name in FUNCTIONS and (self.next[1] in ("(", "{") or not self.pieces(name)):
            return self.call(name)
        pieces = self.pieces(word)
        if pieces is None:
            raise UnreadableError(f"the letter {short(name)} is not known here")
        found = letter(pieces[0])
        for piece in pieces[1:]:
            found = self.joined("·", found, letter(piece))
        return found

    def known(self, name: str) -> str:
        """The known name that a word is, with what stands below it; "" for none."""
        start, whole = self.at, name
        if self.next == ("below", "_"):
            self.at += 1
            opened = bool(self.take("{"))
            parts = []
            while self.next[0] in ("number", "word") or (opened and self.next[1] in (",", "_")):
                parts.append(self.next[1])
                self.at += 1
                if not opened:
                    break
            if opened:
                self.expect("}")
            whole = name + "".join(parts)
        found = self.names.get(bare(whole), "")
        if not found and bare(whole) in ("e", "pi") and self.at == start:
            return bare(whole)
        if not found and self.at != start:
            raise UnreadableError(f"the letter {short(whole)} is not known here")
        return found

    def begins_known(self, word: str) -> bool:
        """Whether a word is one that may stand here, or is made of such."""
        return bool(word) and (word in FUNCTIONS or self.pieces(word) is not None)

    def pieces(self, word: str) -> list[str] | None:
        """The known names that a word is made of, the longest first; None where something is left."""
        found: list[str] = []
        longest = max((*map(len, self.names), *map(len, GREEK)), default=0)  # a student may type a page of letters
        while word:
            if len(found) > MOST_SIGNS:
                return None
            ends = range(min(len(word), longest), 0, -1)
            name = next((spelled(word[:end]) for end in ends if self.stands(spelled(word[:end]))), None)
            if name is None:
                return None
            end = next(end for end in ends if spelled(word[:end]) == name)
            found.append(self.names.get(name, name))
            word = word[end:]
        return found

    def stands(self, name: str) -> bool:
        """Whether a name stands for something: the exercise's own, a constant, the identity."""
        return name in self.names or name in ("e", "pi", UNIT)

    def called_or(self, name: str) -> Formula:
        """A known name: a function of the exercise's own with its argument, or a letter; f'(x) is df(x)."""
        if name not in self.called:
            return LetterNode(name)
        if self.take("'"):
            name = f"d{name}"
        if self.next != ("sign", "("):
            raise UnreadableError(f"the function {name} has no argument")
        return self.call(name)

    def call(self, name: str) -> Formula:
        """The value of a function."""
        wanted = FUNCTIONS.get(name, 1)
        if name == "ones":
            return self.ones()
        if closing := {"(": ")", "{": "}"}.get(self.take("(", "{"), ""):
            inputs = [self.said()]
            while self.take(","):
                inputs.append(self.said())
            self.take(",")
            self.expect(closing)
        else:
            inputs = [self.power()]
        if len(inputs) != wanted:
            raise UnreadableError(f"{name} takes {wanted}, and has {len(inputs)}")
        return Operation(SAME.get(name, name), tuple(inputs))

    def ones(self) -> Formula:
        """A column of ones, as NumPy writes it: ones((5, 1))."""
        self.expect("(")
        inner = self.take("(")
        size = self.said()
        if self.take(",") and self.said() != TypedNumeral(Fraction(1), "1"):
            raise UnreadableError("ones that are no column")
        for _ in inner + "(":
            self.expect(")")
        return Operation("ones", (size,))

    def argument(self) -> Formula:
        r"""What stands behind \frac: braces, or one digit or letter, as LaTeX has it."""
        kind, text = self.next
        if kind == "number" and len(text) > 1:
            self.tokens[self.at : self.at + 1] = [("number", text[0]), ("number", text[1:])]
        return self.atom()


def deeper(formula: Formula, levels: int) -> bool:
    """Whether a formula has more levels of signs around each other."""
    level: list[Formula] = [formula]
    for _ in range(levels):
        level = [one for whole in level if isinstance(whole, Operation) for one in whole.inputs]
    return bool(level)


def unmarked(exponent: Formula) -> tuple[Formula, int]:
    """An exponent without the marks of a transpose behind it, and how many there are: they belong to the power."""
    match exponent:
        case Operation("T", (inside,)):
            found, marks = unmarked(inside)
            return found, marks + 1
        case Operation("neg", (inside,)):
            found, marks = unmarked(inside)
            return Operation("neg", (found,)), marks
    return exponent, 0


def letter(name: str) -> Formula:
    """A letter; I is the identity where the exercise has no other I."""
    return Operation("unit", ()) if name == UNIT else LetterNode(name)


def numeral(text: str) -> TypedNumeral:
    """A number. Raises UnreadableError for one with more digits than anybody types."""
    try:
        return TypedNumeral(rational(text), text)
    except TooLong as error:
        raise UnreadableError(f"{text[:20]}: {error}") from error
