"""One language's page of a variant, read off its finished text: each piece of mathematics is what some object of the
exercise says, and its numbers have the oracle's digits.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from fractions import Fraction
from functools import cached_property, partial
from itertools import product
from typing import Any

from keygen.calculus.claims import Claim, Given
from keygen.calculus.quantities import Quantity, UnitMeaning
from keygen.checking import arithmetic as mp
from keygen.checking.arithmetic import each, number
from keygen.checking.calculator import Calculated, calculated
from keygen.checking.finished import PageFormula, bare, cells, pieces, related
from keygen.checking.lines import FalseLineError, Link, PrintedLine, alone, link_of, pool, said
from keygen.checking.moments import Chance
from keygen.checking.oracle import OraclePoint, UnknownValue
from keygen.checking.reader import VariantReader
from keygen.checking.rules import meaning
from keygen.checking.slips import point_of
from keygen.checking.tex_tokens import MisreadError, UnreadError
from keygen.checking.tex_value import Meaning, TexValue, equal, lengths
from keygen.checking.traversal import distinct, names_in
from keygen.course.languages import Language
from keygen.document.derivations import require_printed
from keygen.document.tex_parts import TexProblem
from keygen.document.typesetter import Typesetter, escaped
from keygen.errors import KeygenError
from keygen.figures.tables import Table, TensorShape
from keygen.mathematics.latex import LatexPrinter, chain_tex, tex
from keygen.mathematics.names import in_line, name_tex
from keygen.mathematics.number_cache import numerals
from keygen.mathematics.number_format import Policy
from keygen.mathematics.terms import Apply, Chain, Name, Term
from keygen.tolerances import ORACLE
from keygen.variants.slips import SlipChain


class FinishedPage:
    """One language's page of a variant."""

    def __init__(self, reader: VariantReader, policy: Policy, language: Language) -> None:
        self.reader, self.policy, self.language = reader, policy, language
        self.printer: LatexPrinter = tex(policy, tuple(reader.solved.signs.items()))

    def read(self, problem: TexProblem) -> None:
        """Every piece of mathematics."""
        for piece in pieces(problem):
            READERS[piece.kind](self, piece)

    # Which object of the exercise a text was made of

    @cached_property
    def chains(self) -> Mapping[str, list[Chain]]:
        """Chains by their text, as lines and as labels."""
        found: dict[str, list[Chain]] = {}
        for chain in self.reader.chains:
            for text in dict.fromkeys(chain_tex(chain, one.printer) for one in self.styles):
                found.setdefault(text, []).append(chain)
        return found

    @cached_property
    def typesetter(self) -> Typesetter:
        """A printer for tables and labels, which reads nothing back."""
        return Typesetter(self.policy, self.reader.solved.signs, UncheckedProofs(self.policy), self.language)  # type: ignore[arg-type]  # in place of proofs

    @property
    def styles(self) -> tuple[Typesetter, Typesetter]:
        """How displays are printed, and formulas in lines of words."""
        return self.typesetter, self.typesetter.in_line

    @cached_property
    def tables(self) -> Mapping[str, Table]:
        """Tables by their text."""
        return {self.typesetter.table(table): table for table in self.reader.prepared if isinstance(table, Table)}

    @cached_property
    def labels(self) -> Mapping[str, list[Any]]:
        """What labels in figures were made of, by their text."""
        found: dict[str, list[Any]] = {}
        for label in self.reader.figure_labels:
            found.setdefault(self.typesetter.label(label) or "", []).append(label)
        return found

    @cached_property
    def claims(self) -> Mapping[str, list[Claim]]:
        """Numbers that stand alone in sentences, by their text: what the exercise claims, and every variable's value,
        in each style."""
        solved = self.reader.solved
        found: dict[str, dict[int, Claim]] = {}
        claims = [claim for claim in self.reader.prepared if isinstance(claim, Claim)]
        claims += map(solved.claim, solved.trace.named)
        claims += [Claim(chain) for chain in self.reader.chains if isinstance(chain, SlipChain)]
        for claim in claims:
            for styled in (claim, claim.decimal, claim.short):
                for one in self.styles:
                    found.setdefault(one.claim(styled), {})[id(claim)] = styled
        return {text: list(same.values()) for text, same in found.items()}

    @cached_property
    def measured(self) -> Mapping[str, list[Any]]:
        """Quantities, units and shapes by their text."""
        found: dict[str, list[Any]] = {}
        for made in self.reader.prepared:
            if type(made) in MEASURED:
                for text in dict.fromkeys(one.typeset(made) for one in self.styles):
                    found.setdefault(text, []).append(made)
        return found

    @cached_property
    def functions(self) -> Mapping[str, Callable[[Any], Any]]:
        """The functions that the trace only names, by their signs."""
        named: set[Any] = {step.param for step in self.reader.solved.trace.steps if step.primitive == "apply"}
        return {self.function_sign(*param): partial(each, meaning(*param)) for param in named}

    def function_sign(self, name: str, order: int) -> str:
        """The sign of a function, or of its derivative."""
        return name_tex(name, self.printer.signs) + "'" * order

    def functions_of(self, chain: Chain) -> Mapping[str, Callable[[Any], Any]]:
        """The functions of the variant, and those that a chain brings: each gives a value of the trace."""
        calls = {name: call for name, call in chain.at.items() if callable(call)}
        return {**self.functions, **{self.function_sign(name, 0): self.traced(call) for name, call in calls.items()}}

    def traced(self, call: Callable[[Any], Any]) -> Callable[[Any], Any]:
        """A function that somebody brought, as far as it gives values of the trace."""

        def function(x: Any) -> Any:
            own = self.reader.own(call(x))
            if own is None:
                raise UnknownValue("a function")
            return own.array

        return function

    def meaning(
        self, point: OraclePoint, names: Mapping[str, str], variable: str, functions: Mapping[str, Callable[[Any], Any]]
    ) -> Meaning:
        """What the signs of a chain stand for at a point; `names` has the variable of each sign."""

        def value(sign: str) -> Any:
            if sign not in names:
                raise UnknownValue(sign)
            return point.value(names[sign])

        def moved(letter: str, x: Any) -> Meaning:
            return self.meaning(point.at(names.get(letter, letter), x), names, variable, functions)

        def chance(sign: str) -> Chance:
            if sign not in names:
                raise UnknownValue(sign)
            return point.chance(Name(names[sign]))

        return Meaning(value, functions, moved, variable, chance)

    # Pieces

    def line(self, piece: PageFormula) -> None:
        """A chain."""
        made_of = self.chains.get(piece.text)
        if not made_of and self.of_matrices(piece):
            return self.matrices(piece)
        if not made_of:
            self.reader.unread[f"{piece.part}) {piece.text}: a chain of nobody's"] += 1
            return None
        for chain in distinct(made_of):
            self.check("lines", chain, piece.links, piece.relations, piece)
        return None

    def check(
        self, kind: str, chain: Chain, texts: tuple[str, ...], relations: tuple[str, ...], piece: PageFormula
    ) -> None:
        """The relations of a chain's printed links, each chain and text once."""
        reader = self.reader
        key = (id(chain), kind, tuple(text.replace("{,}", ".").replace(r";\ ", r",\ ") for text in texts), relations)
        if key in reader.read:
            return
        reader.read.add(key)
        with self.reporting("a printed line", piece):
            held, compared = self.compared(chain, texts, relations)
            reader.counts[kind] += compared
            reader.counts["relations"] += held

    @contextmanager
    def reporting(self, what: str, piece: PageFormula) -> Iterator[None]:
        """What is false, what cannot be read and what is not known in a piece goes where it belongs."""
        reader, where = self.reader, f"({self.language.code}, {piece.part})"
        try:
            yield
        except FalseLineError as error:
            reader.wrong(f"{what} is false {where}", piece.text, error.expected, error.found, piece)
        except (MisreadError, ArithmeticError, ValueError) as error:
            reader.wrong(f"{what} cannot be read {where}", piece.text, "one meaning", str(error), piece)
        except (UnreadError, LookupError, TypeError) as error:
            reader.unread[f"{piece.part}) {piece.text}: {type(error).__name__} {error}"] += 1

    def reading(self, chain: Chain) -> tuple[dict[str, str], str, Mapping[str, Callable[[Any], Any]]]:
        """The signs of the variables that a chain speaks of, that of its own letter, and its functions."""
        signs: dict[str, str] = {}
        for name in names_in(chain, self.reader.solved):
            sign = name_tex(name, self.printer.signs)
            signs.setdefault(sign, name)
            signs.setdefault(in_line(sign), name)
        variable = ""
        if (scope := getattr(chain, "scope", None)) is not None:
            variable = name_tex(scope.variable, self.printer.signs)
            signs.setdefault(variable, scope.variable)
        return signs, variable, self.functions_of(chain)

    def compared(self, chain: Chain, texts: tuple[str, ...], relations: tuple[str, ...]) -> tuple[int, int]:
        """How many relations of a chain hold, and how many numbers were compared. Raises FalseLineError, or what says
        that the text cannot be read."""
        signs, variable, functions = self.reading(chain)
        links = [link_of(text, signs, functions) for text in texts]

        def held() -> tuple[int, int]:
            point = point_of(chain, self.reader.oracle)
            shape = chain.links[0].shape if isinstance(chain.links[0], Name) else None
            meaning = replace(self.meaning(point, signs, variable, functions), around=shape)
            near = pool([point.value(name) for name in signs.values() if knows(point, name)])
            lines = [
                PrintedLine(links, relations, placed, near, self.reader.pool, self.policy.significant)
                for placed in everywhere(meaning, links)
            ]
            return max(line.check() for line in lines), max(line.compared for line in lines)

        found: tuple[int, int] = mp.settled(held)
        for side in calculated(links, relations, functions, self.policy.significant):
            self.reader.calculated[side.found.value] += 1
            if side.found is Calculated.OFF:
                raise FalseLineError(f"{texts[-1]} by the digits on the line", f"{side.text}, which gives {side.value}")
        return found

    def table(self, piece: PageFormula) -> None:
        """A table: each of its numbers against what the column and the row say, or what it is in the trace."""
        table = self.tables.get(piece.text)
        if table is None:
            self.reader.unread[f"{piece.part}) {piece.text}: a table of nobody's"] += 1
            return
        texts = cells(piece.links[0])
        for row, (labels, shown) in enumerate(zip((table.head, *table.rows), texts, strict=True)):
            for column, (label, text) in enumerate(zip(labels, shown, strict=True)):
                claimed = self.claimed(table, row, column) if row and column >= min(table.named, 1) else None
                self.number("cells", label, text, piece, claimed)

    def figure(self, piece: PageFormula) -> None:
        """The labels of a figure; what no label says is a tick."""
        for text in piece.links:
            for label in self.labels.get(text, ()):
                if (self.language.code, id(label)) not in self.reader.read:  # the same text may be several labels
                    self.reader.read.add((self.language.code, id(label)))
                    self.number("labels", label, text, piece, None)

    def formula(self, piece: PageFormula) -> None:
        """A formula in a sentence: a number is a claim; anything else without a relation says nothing of its own."""
        if self.of_matrices(piece):
            return self.matrices(piece)
        if size := SIZE.fullmatch(piece.text):
            return self.size(piece, *size.groups())
        for made in (measured := self.measured.get(piece.text, [])):
            MEASURED[type(made)](self, made, piece.text, piece)
        if measured:
            return None
        claims = self.claims.get(piece.text, [])
        for claim in claims:
            self.number("lines", claim, piece.text, piece, None)
        if not claims and related(piece.text)[1]:
            self.reader.unread[f"{piece.part}) {piece.text}: a relation of nobody's"] += 1
        return None

    def quantity(self, quantity: Quantity, text: str, piece: PageFormula) -> None:
        """A number with its unit: the number's digits, whether ≈ says that some were dropped, the form of the unit."""
        found = QUANTITY.fullmatch(text)
        if found is None:
            self.reader.unread[f"{piece.part}) {text}: no number with a unit"] += 1
            return
        rounded, digits, unit = found.groups()
        self.number("lines", quantity.said, digits, piece, None)
        with self.reporting("a quantity", piece):
            exact = mp.settled(partial(self.is_whole, quantity.said, digits))
            if exact is bool(rounded):
                raise FalseLineError("≈ before digits that are rounded, and only there", text)
            number = quantity.number
            wanted = self.language.unit(quantity.unit, number)
            if unit != escaped(wanted):
                raise FalseLineError(wanted, unit)

    def is_whole(self, said: Claim | Given, text: str) -> bool:
        """Whether a number on the page is what it says, to the last digit."""
        signs, variable, functions = self.reading(Chain((said.shown,)))
        link = link_of(text, signs, functions)
        point = OraclePoint({}, {}, self.reader.oracle)
        if isinstance(said, Claim):
            point = point_of(said.chain, self.reader.oracle)
        term = said.chain.links[0] if isinstance(said, Claim) else said.shown
        shown = self.meaning(point, signs, variable, functions)
        return equal(replace(shown, numbers=link.exact).value(link.tree).array, point.term(term), ORACLE)

    def unit(self, meaning: UnitMeaning, text: str, piece: PageFormula) -> None:
        """1 KiB = 2^10 bytes: both sides, and how many that is by a table of the reader's own."""
        for side, shown in zip(meaning.sides, text.split(" = "), strict=True):
            self.quantity(side, shown, piece)
        with self.reporting("the meaning of a unit", piece):
            if meaning.sides[1].number != SIZES[meaning.unit]:
                raise FalseLineError(str(SIZES[meaning.unit]), text)
        self.reader.counts["relations"] += 1

    def shape(self, shape: TensorShape, text: str, piece: PageFormula) -> None:
        """The lengths of an array."""
        inside = text if shape.crossed else text.removeprefix("(").removesuffix(")")
        texts = re.split(r" \\times " if shape.crossed else r"[,;]\\ ", inside)
        if len(texts) != len(shape.lengths):
            self.reader.wrong("a shape has other lengths", piece.text, str(len(shape.lengths)), text, piece)
            return
        for length, shown in zip(shape.lengths, texts, strict=True):
            self.number("lines", length, shown, piece, None)

    def size(self, piece: PageFormula, sign: str, rows: str, columns: str) -> None:
        """How many rows and columns a matrix of the trace has, where they are numbers."""
        trace = self.reader.solved.trace
        shapes = {name: trace.shapes[name] for name in trace.named}
        sizes = {shape for name, shape in shapes.items() if name_tex(name, self.printer.signs) == sign}
        if rows.isdigit() and columns.isdigit():
            self.reader.counts["relations"] += 1
            if (int(rows), int(columns)) not in sizes:
                self.reader.wrong("a size is false", piece.text, str(sizes), f"{rows} x {columns}", piece)

    def number(self, kind: str, label: Any, text: str, piece: PageFormula, claimed: Any) -> None:
        """A label, a cell or a number in a sentence: a line, or a number that has the digits of what it is claimed to
        be; a letter claims nothing."""
        match label:
            case Chain():
                self.check(kind, label, *related(text), piece)
            case Claim() | Given():
                with self.reporting(ALONE[kind], replace(piece, text=text)):
                    self.reader.counts[kind] += mp.settled(partial(self.standing, label, text, claimed))

    def standing(self, label: Claim | Given, text: str, claimed: Any) -> int:
        """How many numbers stand alone in a text and have the digits of what is claimed, or of what is `claimed` where
        they stand. Raises FalseLineError, or what says that the text cannot be read."""
        if isinstance(label, Given):
            chain, policy, value = Chain((label.shown,)), self.policy, TexValue(number(label.value))
        else:
            chain, policy = label.chain, label.policy(self.policy)
        signs, variable, functions = self.reading(chain)
        point = point_of(chain, self.reader.oracle)
        if isinstance(label, Claim):
            value = TexValue(point.term(chain.links[0]))
        link = link_of(text, signs, functions)
        meaning = self.meaning(point, signs, variable, functions)
        line = PrintedLine([link], (), meaning, pool([value.array]), self.reader.pool, policy.significant)
        for wanted in (value, *(() if claimed is None else (TexValue(claimed),))):
            line.compared = 0
            if alone(link.tree):
                line.check_digits(wanted, link)
            elif line.resolved(link, wanted) is None:
                raise FalseLineError(said(wanted), text)
        return line.compared

    def claimed(self, table: Table, row: int, column: int) -> Any:
        """What a cell must be if the row's name stands for a term in the head's letter: its value there."""
        letter, above, left = table.head[0], table.head[column], table.rows[row - 1][0]
        if not isinstance(letter, Name):
            return None
        if isinstance(left, Given) and isinstance(above, Apply):  # w | w^10; 0.5 | ...
            return self.at_letter(letter.name, left, {}, above)
        if isinstance(left, Name) and isinstance(above, Given):  # k | 20; L | ...
            for chain in self.reader.chains:
                scope = getattr(chain, "scope", None)
                if scope and [row[0] for row in scope.letters] == [letter.name] and left.name in dict(scope.meanings):
                    return self.at_letter(letter.name, above, dict(scope.meanings), left)
        return None

    def at_letter(self, letter: str, at: Given, meanings: Mapping[str, Term], term: Term) -> Any:
        """The value of a term where its letter has the value of a number on the page; None if it is of nothing else."""
        try:
            return mp.settled(lambda: OraclePoint({letter: number(at.value)}, meanings, self.reader.oracle).term(term))
        except UnknownValue:
            return None

    def of_matrices(self, piece: PageFormula) -> bool:
        """Whether a piece is, or looks like, a formula of matrix differentials."""
        return r"\kgmat" in piece.text or r"\mathrm{d}" in piece.text or bare(piece.text) in self.reader.formulas

    def matrices(self, piece: PageFormula) -> None:
        """A formula of matrix differentials, which a reader of its own reads back from the finished text."""
        for read in MATRICES:
            with self.reporting("a formula of matrix differentials", piece):
                if read(self.reader, piece):
                    self.reader.counts["relations"] += 1
                    return
        self.reader.unread[f"{piece.part}) a formula of matrix differentials: {piece.text}"] += 1


class UncheckedProofs:
    """Proofs for who prints a page again to find out what its texts are made of."""

    def __init__(self, policy: Policy) -> None:
        self.policy, self.numerals = policy, numerals(policy)

    def require(self, chain: Chain) -> None:
        """Nothing to prove."""


def knows(point: OraclePoint, name: str) -> bool:
    """Whether a name has a value of the oracle's."""
    try:
        point.value(name)
    except UnknownValue:
        return False
    return True


def everywhere(meaning: Meaning, links: list[Link]) -> Iterator[Meaning]:
    """The meaning at every place that the general entries of a line can have: one place where there are none."""
    counted: dict[str, int] = {}
    for link in links:
        counted.update(lengths(replace(meaning, numbers=link.exact), link.tree))
    for places in product(*(range(length) for length in counted.values())):
        yield replace(meaning, places=dict(zip(counted, places, strict=True)))


def read_matrices(reader: VariantReader, piece: PageFormula) -> bool:
    """Whether a piece is what somebody wrote, and says what it was written from. Raises FalseLineError if it does not
    say so."""
    if bare(piece.text) not in reader.formulas:
        return False
    text, shown = reader.formulas[bare(piece.text)]
    try:
        require_printed(text, shown)
    except KeygenError as error:
        raise FalseLineError(error.expected or "", error.found or error.what) from error
    return True


SIZE = re.compile(r"(.+) \\in \\mathbb\{R\}\^\{(\w+) \\times (\w+)\}")
READERS: Mapping[str, Callable[[FinishedPage, PageFormula], None]] = {
    "chain": FinishedPage.line,
    "table": FinishedPage.table,
    "figure": FinishedPage.figure,
    "formula": FinishedPage.formula,
    "derivation": FinishedPage.matrices,
}
QUANTITY = re.compile(r"(\\approx )?(.+?)\\ \\text\{(.+)\}")
SIZES: Mapping[str, Fraction] = {
    **{name: Fraction(1000) ** (n + 1) for n, name in enumerate(("kB", "MB", "GB", "TB"))},
    **{name: Fraction(1024) ** (n + 1) for n, name in enumerate(("KiB", "MiB", "GiB", "TiB"))},
    **{name: Fraction(1000) ** (n + 1) for n, name in enumerate(("kFLOP", "MFLOP", "GFLOP", "TFLOP", "PFLOP"))},
    "bit": Fraction(1, 8),
}
MEASURED: Mapping[type, Callable[[FinishedPage, Any, str, PageFormula], None]] = {
    Quantity: FinishedPage.quantity,
    UnitMeaning: FinishedPage.unit,
    TensorShape: FinishedPage.shape,
}
MATRICES: tuple[Callable[[VariantReader, PageFormula], bool], ...] = (read_matrices,)
"""Readers of the pages of matrix differentials: each is given what is known of a variant and a piece of its finished
page, says whether it could read it, and raises FalseLineError for a relation that does not hold."""
ALONE: Mapping[str, str] = {"cells": "a table's cell", "labels": "a figure's label", "lines": "a number"}
