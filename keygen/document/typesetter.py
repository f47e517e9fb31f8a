"""One printer for everything that reaches a page, by type. What it does not know raises."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from copy import copy
from fractions import Fraction
from functools import cache, cached_property
from typing import Any, ClassVar

from msgspec import Struct

from keygen.calculus.claims import Claim, Given, Label, prove, require_label, unclaimed
from keygen.calculus.quantities import Quantity, UnitMeaning
from keygen.course.languages import Language
from keygen.document.decimals import aligned
from keygen.document.lookups import Lookup, described
from keygen.document.nodes import Foreign
from keygen.document.tex_parts import TeX
from keygen.document.tex_text import printed
from keygen.engine.real import Real
from keygen.engine.surd import Surd
from keygen.errors import KeygenError
from keygen.figures.figure import Figure, Swatch
from keygen.figures.labels import Sign, Words, said_in
from keygen.figures.pict2e import picture, sample
from keygen.figures.tables import Size, Table, TensorShape
from keygen.mathematics.latex import LatexPrinter, chain_tex, related, tex
from keygen.mathematics.number_format import Policy
from keygen.mathematics.operators import GATES
from keygen.mathematics.readback import Proofs
from keygen.mathematics.terms import Apply, Chain, Literal, Marked, Name, Term
from keygen.matrix.marks import MatrixObject


class Beside(Struct, frozen=True):
    """Formulas that a page shows beside each other, as many in a row as fit."""

    items: tuple[Any, ...]


class Listed(Struct, frozen=True):
    """Formulas that a sentence names one after another, a word of the language before the last."""

    items: tuple[Any, ...]
    conjunction: str


APPROXIMATELY = r"\approx "
EMPTY = r"\mbox{--}"  # in a cell of a table that has nothing to say

ESCAPES = {
    "\\": r"\textbackslash{}", "{": r"\{", "}": r"\}", "$": r"\$", "&": r"\&", "#": r"\#", "%": r"\%", "_": r"\_",
    "~": r"\textasciitilde{}", "^": r"\textasciicircum{}", '"': r"\textquotedbl{}",
}  # fmt: skip


def escaped(text: str) -> TeX:
    """Words as TeX prints them, whatever they hold."""
    return TeX("".join(ESCAPES.get(character, character) for character in text))


class Typesetter:
    """Everything that `\\val{ }` may print, by type, in one policy and with one exercise's signs.

    Chains and claims are read back before they are printed, unless `proofs` knows them already. A figure's words are of
    the `language`.
    """

    def __init__(
        self,
        policy: Policy,
        signs: Mapping[str, str] | None = None,
        proofs: Proofs | None = None,
        language: Language | None = None,
    ) -> None:
        self.spoken, self.language = language, "" if language is None else language.code
        self.proofs = proofs or Proofs({}, policy, {})
        self.policy, self.signs = policy, tuple((signs or {}).items())
        self.slashed = False
        self.printer = tex(policy, self.signs)
        self.formulas: dict[int, tuple[MatrixObject, str]] = {}  # by identity; kept, so that identities stay theirs

    @cached_property
    def in_line(self) -> Typesetter:
        """A typesetter of the same things for a line of words."""
        other = copy(self)
        other.slashed, other.printer = True, tex(self.policy, self.signs, slashed=True)
        return other

    def typeset(self, value: Any) -> str:
        """TeX of a value. Raises KeygenError for a type that has no form on a page."""
        write = form(value.__class__)
        if write is not None:
            return write(self, value)
        raise KeygenError(
            f"a page has no form for {described(value)}",
            found=None if isinstance(value, Lookup) else repr(value)[:80],
            expected="a line, a term, a number, a figure or words",
        )

    def require(self, value: Any) -> None:
        """Read back everything that a value claims. Raises KeygenError for what is false, or has no form on a page."""
        match value:
            case Beside(items):
                for item in items:
                    self.require(item)
            case Figure() | Table():
                if isinstance(value, Figure):
                    value.require(self.language)
                for said in said_in(value):
                    prove(said, self.proofs)
            case Chain():
                self.proofs.require(value)
            case Claim() | Given():
                prove(value, self.proofs)
            case Quantity(said=said):
                prove(said, self.proofs)
                self.unit(value)
            case UnitMeaning(sides=sides):
                for side in sides:
                    self.require(side)
            case TensorShape(lengths=lengths):
                for length in lengths:
                    self.require(length)
            case Name() | Apply() | Marked():
                require_label(value, "what a page prints")
            case _ if not isinstance(value, str):
                self.typeset(value)

    def chain(self, chain: Chain) -> str:
        """A line, read back first."""
        self.proofs.require(chain)
        return chain_tex(chain, self.printer)

    def term(self, term: Term) -> str:
        """A term alone."""
        return self.printer.write(term).text

    def named(self, row: Listed, written: Sequence[str]) -> str:
        """Formulas inside a sentence, as somebody has `written` them: a and b; a, b and c; with semicolons where a
        number has a comma."""
        mark = "; " if any("{,}" in self.typeset(item) for item in row.items) else ", "
        *before, last = written
        return f"{mark.join(before)} {row.conjunction} {last}" if before else last

    def beside(self, row: Beside, mark: str = "") -> str:
        """Several formulas in a row, with commas between them and a mark after the last."""
        marks = [*("," for _ in row.items[1:]), mark]
        items = (rf"\kgitem{{{self.typeset(item)}{mark}}}" for item, mark in zip(row.items, marks, strict=True))
        return rf"\kgbeside{{{''.join(items)}}}"

    def claim(self, claim: Claim) -> str:
        """The number that is claimed, read back first."""
        prove(claim, self.proofs)
        return self.styled(claim).write(claim.shown).text

    def styled(self, claim: Claim) -> LatexPrinter:
        """What writes a claim's number: another printer than that of the lines where it has a style of its own."""
        policy = claim.policy(self.policy)
        return self.printer if policy is self.policy else tex(policy, self.signs, slashed=self.slashed)

    def rounds(self, shown: Any) -> bool:
        """Whether digits are dropped anywhere in a table or a figure: what its words say of it."""
        claims = [said for said in said_in(shown, printed=True) if isinstance(said, Claim)]
        return not all(self.styled(claim).write(claim.shown).exact for claim in claims)

    def given(self, given: Given) -> str:
        """A number of the statement."""
        prove(given, self.proofs)
        return self.term(given.shown)

    def alone(self, term: Term) -> str:
        """A term alone, unless it is a number that nothing is said of."""
        require_label(term, "what a page prints")
        return self.term(term)

    def label(self, label: Label) -> str | None:
        """A figure's label or a table's cell: a line without breaks, or anything that a formula may be."""
        match label:
            case None:
                return None
            case Chain():
                self.proofs.require(label)
                return "".join(f" {sign} {text}" if sign else text for sign, text in related(label, self.printer))
            case _:
                require_label(label, "a label")
                return self.typeset(label)

    def text(self, text: Any) -> str:
        """A label of a figure: words of the page's language, the sign of an operation, or mathematics."""
        if isinstance(text, Sign):
            return self.sign(text)
        return self.words(text) if isinstance(text, Words) else self.label(text) or ""

    def sign(self, sign: Sign) -> str:
        """The sign of an operation by itself. Raises KeygenError for one that has none."""
        if sign.primitive not in GATES:
            raise KeygenError(
                f"the operation {sign.primitive!r} has no sign by itself", expected=", ".join(GATES),
                repair="add its row to GATES in mathematics/operators.py",
            )  # fmt: skip
        return GATES[sign.primitive]

    def words(self, words: Words) -> TeX:
        """Words of the page's language, whatever they hold."""
        return escaped(words.of(self.language))

    def figure(self, figure: Figure) -> str:
        """A picture, centred."""
        figure.require(self.language)
        return f"\\begin{{kgfigure}}\n{picture(figure, self.text)}\n\\end{{kgfigure}}"

    def table(self, table: Table) -> str:
        """Rows under a head, the columns that name them set off; numbers under each other are aligned at their mark."""
        head, *cells = [[self.label(cell) or "" for cell in row] for row in (table.head, *table.rows)]
        n = table.named
        rows = [[*row[:n], *(cell or EMPTY for cell in row[n:])] for row in aligned(cells)]
        body = r" \\ ".join(map(" & ".join, rows))
        body = rf"{' & '.join(head)} \\ \hline {body}"
        rule = "|" if n else ""
        return rf"\kgtable{{{'c' * n}{rule}{'c' * (len(table.head) - n)}}}{{{body}}}"

    def size(self, size: Size) -> str:
        """Which matrices a matrix is one of: X is in R^(n x d)."""
        lengths = r" \times ".join(size.letters.get(length, str(length)) for length in size.of.shape)
        return rf"{self.term(size.of)} \in \mathbb{{R}}^{{{lengths}}}"

    def quantity(self, quantity: Quantity) -> str:
        """A number with its unit, read back first; ≈ where digits are dropped."""
        said = quantity.said
        exact = (self.styled(said) if isinstance(said, Claim) else self.printer).write(said.shown).exact
        return rf"{'' if exact else APPROXIMATELY}{self.typeset(said)}\ \text{{{escaped(self.unit(quantity))}}}"

    def unit(self, quantity: Quantity) -> str:
        """The word of a unit, in the form that goes with the number. Raises KeygenError for one the language lacks."""
        if self.spoken is None:
            raise KeygenError(f"the unit {quantity.unit!r} is written in no language")
        return self.spoken.unit(quantity.unit, quantity.number)

    def meaning(self, meaning: UnitMeaning) -> str:
        """1 KiB = 2^10 bytes"""
        return " = ".join(map(self.quantity, meaning.sides))

    def shape(self, shape: TensorShape) -> str:
        """The lengths of an array."""
        texts = [self.length(length) for length in shape.lengths]
        return r" \times ".join(texts) if shape.crossed else f"({self.printer.separator.join(texts)})"

    def length(self, length: Any) -> str:
        """A length: a number, a letter, or a word."""
        return rf"\text{{{self.words(length)}}}" if isinstance(length, Words) else self.typeset(length)

    def swatch(self, swatch: Swatch) -> str:
        """A sample of a path's stroke."""
        return sample(swatch.number)

    def matrices(self, shown: MatrixObject) -> str:
        """Matrix differentials, read back."""
        from keygen.document.derivations import matrices_tex  # for a page that has some

        if id(shown) not in self.formulas:
            text = matrices_tex(shown)
            self.proofs.formulas[text] = shown
            self.formulas[id(shown)] = shown, text
        return self.formulas[id(shown)][1]

    FORMS: ClassVar[tuple[tuple[Any, Callable[[Typesetter, Any], str]], ...]] = (
        (TeX, lambda self, text: str(text)),
        (Foreign, lambda self, text: printed(text).tex),
        (str, lambda self, text: escaped(text)),
        (Chain, chain),
        (Beside, beside),
        (Figure, figure),
        (Table, table),
        (Size, size),
        (TensorShape, shape),
        (Quantity, quantity),
        (UnitMeaning, meaning),
        (Swatch, swatch),
        (Words, words),
        (MatrixObject, matrices),
        (Claim, claim),
        (Given, given),
        (Name | Apply | Marked, alone),
        (Literal, lambda self, number: self.bare(number)),
        (bool, lambda self, flag: self.refuse(flag)),
        (int, lambda self, number: self.given(Given(number))),  # of a loop, of a choice: it counts
        (float | Fraction | Real | Surd, lambda self, number: self.bare(number)),
    )

    def bare(self, number: Any) -> str:
        """A number that nothing is said of is not for the page."""
        raise unclaimed(number, "what a page prints")

    def refuse(self, flag: bool) -> str:
        """A truth value is for `%% if`, not for the page."""
        raise KeygenError(f"a page does not print {flag}", repair="say it in words with `%% if`")


@cache
def form(kind: Any) -> Callable[[Typesetter, Any], str] | None:
    """How values of a type are printed, None where a page has no form for them."""
    return next((write for known, write in Typesetter.FORMS if issubclass(kind, known)), None)
