r"""A neutral question as Moodle's XML of the type STACK: an input for each number or matrix, a tree for each answer.

A tree asks whether the answer is right, whether it follows from what was typed into the inputs before it, and whether
it is one of two known slips. Every entry is compared within a tolerance of its own, so what NumAbsolute compares with
zeros are the deviations in tolerances, as a list: a bare matrix would score 0, its list_matrix_entries does not.
[[...]], {@...@} and {#...#} are STACK's own, so that texts have a blank between such brackets.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from html import escape
from itertools import count, groupby
from typing import Any

import numpy as np
from lxml import etree

from keygen.document.nodes import Blocks
from keygen.document.typesetter import Typesetter
from keygen.export.laid_out import LaidOut
from keygen.export.making import values_of
from keygen.export.maxima import GUARDED, Follower, MaximaTerm, entered, flat
from keygen.export.moodle import text_with_files
from keygen.export.question import AskedAnswer, AskedPart, Box, ChoiceBox, KnownSlip, NeutralQuestion, NumberBox
from keygen.export.typed_number import TypedNumber, decimal_text
from keygen.mathematics.answers import ConcludedSource, MatricesSource
from keygen.writers.mathjax import MathJaxWriter

VERSION = "2023121100"
"""The version of STACK whose format this is: 4.5."""
SLIPS = 2
ALLOWED = "1.000001"
"""Deviations in tolerances below which an answer is right; a double has no more digits to tell them by."""
EXACT = Fraction(1, 10**6)
"""The tolerance of a whole number, which is none."""
BLANK = ("numerical", "matrix")
"""Types of inputs that may be left empty: a tree runs when all inputs that stand in it have something valid."""
GIVEN = re.compile(r"kggiven\(([^()]+)\)")
SPECIAL = re.compile(r"(?<=\[)(?=\[)|(?<=\{)(?=[@#])")
FUNCTIONS = (
    "kgstep(x):=if is(float(x)>0) then 1 else 0;",
    "kgwide(x):=block([a],a:abs(float(x)),if is(a<1.0e-9) then max(1.0e-14,5.0e-3*a) "
    "elseif is(abs(a-round(a))<1.0e-9) then 1.0e-6 "
    "else 5.0*10.0^(floor(log(a)/log(10.0))-3));",
    "kgblank(x):=is(x=EMPTYANSWER) or is(x=null);",
    "kgtyped(x):=if kgblank(x) then 1.0e60 else x;",
    "kggiven(x):=if kgblank(x) then 1 else x;",
    "kgnever(x):=1.0e90;",
    "kgfollows(given,typed,found):=if member(true,map(kgblank,given)) then map(kgnever,typed) else found;",
    *GUARDED,
)
"""What trees need: a step, and half a unit of the third significant digit, of a whole number next to nothing, of 0
what doubles leave of it. A number near 0 is not taken for it. An input that may be empty, and is, is EMPTYANSWER (a
matrix is full of null then): nothing is near to it, and nothing follows from it. And what `GUARDED` says."""
OPTIONS = (
    ("questionsimplify", "1"), ("assumepositive", "0"), ("assumereal", "0"), ("prtcorrect", None),
    ("prtpartiallycorrect", None), ("prtincorrect", None), ("decimals", "."), ("multiplicationsign", "dot"),
    ("sqrtsign", "1"), ("complexno", "i"), ("inversetrig", "cos-1"), ("logicsymbol", "lang"), ("matrixparens", "["),
    ("variantsselectionseed", ""),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class StackInput:
    """An input: its name, the boxes it has row by row, and those as Maxima sees what is typed."""

    name: str
    rows: tuple[tuple[Box, ...], ...]

    @property
    def matrix(self) -> bool:
        """Whether it is a matrix of boxes."""
        return len(self.rows) > 1 or len(self.rows[0]) > 1

    def entries(self) -> Iterator[tuple[Box, str]]:
        """Each box with the variable for what is typed into it."""
        for i, row in enumerate(self.rows, start=1):
            for j, box in enumerate(row, start=1):
                yield box, f"{self.name}[{i},{j}]" if self.matrix else self.name

    @property
    def typed(self) -> str:
        """The list of all that is typed, of a number far from any answer where nothing is."""
        return f"map(kgtyped,list_matrix_entries({self.name}))" if self.matrix else f"[kgtyped({self.name})]"


@dataclass(frozen=True, slots=True)
class StackAnswer:
    """An answer, its part, its inputs."""

    part: AskedPart
    answer: AskedAnswer
    inputs: tuple[StackInput, ...]


@dataclass(frozen=True, slots=True)
class StackTest:
    """A node: the list that is near to zeros if it is true, the score then, and what is said then."""

    sans: str
    score: int
    said: str = ""


@dataclass(frozen=True, slots=True)
class StackTree:
    """A tree: its share of the points, how many numbers it compares, assignments, and its nodes in turn."""

    weight: int
    size: int
    lines: tuple[str, ...]
    tests: tuple[StackTest, ...]


class StackQuestion(LaidOut):
    """Writes one question."""

    FOLDER = "@@PLUGINFILE@@/"
    TYPING = "typing_stack"

    def __init__(self, *about: Any) -> None:
        super().__init__(*about)
        names = (f"ans{place}" for place in count(1))
        self.answers = [
            StackAnswer(part, answer, tuple(inputs_of(answer, names)))
            for part in self.question.parts
            for answer in part.answers
            if answer.rows
        ]

    def writer(self, typesetter: Typesetter) -> MathJaxWriter:
        """What writes a text of this target."""
        return StackWriter(typesetter, self.FOLDER)

    # --- the texts

    def xml(self, points: Fraction) -> str:
        """The question as an element."""
        made = etree.Element("question", type="stack")
        etree.SubElement(etree.SubElement(made, "name"), "text").text = self.name()
        asking, solving = (self.writer(self.question.typesetter) for _ in range(2))
        text_with_files(made, "questiontext", self.asked(asking), asking)
        text_with_files(made, "generalfeedback", self.solved(solving), solving)
        for writer in (asking, solving):
            self.too_large(writer)
        for tag, text in (("defaultgrade", decimal_text(points)), ("penalty", "0"), ("hidden", "0"), ("idnumber", "")):
            etree.SubElement(made, tag).text = text
        told(made, "stackversion", VERSION, None)
        told(made, "questionvariables", "\n".join([*FUNCTIONS, *self.variables()]), None)
        trees = "".join(f"<p>[[feedback:prt{place}]]</p>" for place in range(1, len(self.answers) + 1))
        told(made, "specificfeedback", trees)
        told(made, "questionnote", self.question.code)
        told(made, "questiondescription", "")
        for tag, option in OPTIONS:
            if option is None:
                told(made, tag, f"<p>{escape(self.say[tag], quote=False)}</p>")
            else:
                etree.SubElement(made, tag).text = option
        for one in self.answers:
            for each in one.inputs:
                put_input(made, each)
        for place, one in enumerate(self.answers, start=1):
            put_tree(made, place, self.tree(place, one, solving))
        self.test(made)
        xml: str = etree.tostring(made, encoding="unicode")
        return xml

    def answer(self, answer: AskedAnswer, writer: MathJaxWriter, *, alone: bool) -> str:
        """One answer: what it is called, and its inputs."""
        (one,) = (each for each in self.answers if each.answer is answer)
        pieces = []
        for place, each in enumerate(one.inputs):
            letters = [box.letter for row in each.rows for box in row if isinstance(box, NumberBox) and box.letter]
            letters = [answer.each[place]] if answer.each else letters
            named = ", ".join(writer.tex(letter) for letter in letters)
            name = f"{writer.math(f'{named} =')} " if named else ""
            pieces.append(f"{name}[[input:{each.name}]] [[validation:{each.name}]]")
        numbered = "".join(self.listed(box, writer) for box in answer.boxes)
        return f"{numbered}<p>{self.called(answer, writer, alone=alone)}{' '.join(pieces)}</p>"

    def variables(self) -> Iterator[str]:
        """The right answers, tans1 for the input ans1, in the form of the input."""
        for one in self.answers:
            for each in one.inputs:
                rows = [[right(box) for box in row] for row in each.rows]
                listed = ",".join(f"[{','.join(row)}]" for row in rows)
                yield f"t{each.name}:{f'matrix({listed})' if each.matrix else rows[0][0]};"

    def tree(self, place: int, one: StackAnswer, writer: MathJaxWriter) -> StackTree:
        """The tree of an answer."""
        boxes = list(one.answer.boxes)
        known = [(box.key if isinstance(box, NumberBox) else choice(box)) for box in boxes]
        lines = [f"typed:float(append({','.join(each.typed for each in one.inputs)}));"]
        tests = [StackTest(deviation(known), 1)]
        found = followed(self.question, self.answers, one, f"k{place}w")
        if found is not None:
            before, expected = found
            carried = f"<p>{escape(self.say['carried'], quote=False)}</p>"
            given = dict.fromkeys(GIVEN.findall("".join((*before, expected))))
            lines += [*before, f"follows:kgfollows([{','.join(given)}],typed,float({expected}));"]
            tests.append(StackTest("(typed-follows)/map(kgwide,follows)", 1, carried))
        for slips in known_slips(boxes)[:SLIPS]:
            numbers = [slips[place].number if place in slips else key for place, key in enumerate(known)]
            said = writer.blocks(next(iter(slips.values())).told)
            tests.append(StackTest(deviation(numbers), 0, said))
        return StackTree(sum(box.weight for box in boxes), len(boxes), tuple(lines), tuple(tests))

    def test(self, made: Any) -> None:
        """A test that STACK can run: the right answers."""
        root = etree.SubElement(made, "qtest")
        etree.SubElement(root, "testcase").text = "1"
        for one in self.answers:
            for each in one.inputs:
                given = etree.SubElement(root, "testinput")
                etree.SubElement(given, "name").text = each.name
                etree.SubElement(given, "value").text = f"t{each.name}"
        for place in range(1, len(self.answers) + 1):
            expected = etree.SubElement(root, "expected")
            for tag, text in (
                ("name", f"prt{place}"), ("expectedscore", "1.0000000"), ("expectedpenalty", "0.0000000"),
                ("expectedanswernote", f"prt{place}-1-T"),
            ):  # fmt: skip
                etree.SubElement(expected, tag).text = text


class StackWriter(MathJaxWriter):
    """The writer of a text, in which no brackets are STACK's."""

    def blocks(self, blocks: Blocks) -> str:
        """Paragraphs and what stands between their lines."""
        return SPECIAL.sub(" ", super().blocks(blocks))


def inputs_of(answer: AskedAnswer, names: Iterator[str]) -> Iterator[StackInput]:
    """The inputs of an answer: each choice is one, all numbers of a rectangle together are one."""
    for _, group in groupby(answer.rows, key=lambda row: (row[0].cell[:-2], len(row))):
        rows = tuple(group)
        if all(isinstance(box, NumberBox) for row in rows for box in row):
            yield StackInput(next(names), rows)
        else:
            yield from (StackInput(next(names), ((box,),)) for row in rows for box in row)


def choice(box: ChoiceBox) -> TypedNumber:
    """What is typed for the right option: its place, counted from 1."""
    place = Fraction(box.right + 1)
    return TypedNumber(place, place, Fraction(0))


def right(box: Box) -> str:
    """A right answer, exactly where it is rational; of a choice its options with their places."""
    if isinstance(box, NumberBox):
        return entered(box.key.value if isinstance(box.key.value, int | Fraction) else box.key.decimal).text
    return str(box.right + 1)


def deviation(numbers: Sequence[TypedNumber]) -> str:
    """How far what is typed lies from numbers, in their tolerances."""
    spreads = (number.tolerance or EXACT for number in numbers)
    return f"(typed-float({flat(number.decimal for number in numbers)}))/float({flat(spreads)})"


def known_slips(boxes: Sequence[Box]) -> list[dict[int, KnownSlip]]:
    """The known slips of an answer, those that change most of its boxes first: what they lead to, by a box's place."""
    found: dict[tuple[str, Any], dict[int, KnownSlip]] = {}
    for place, box in enumerate(boxes):
        for slip in box.slips if isinstance(box, NumberBox) else ():
            found.setdefault((slip.name, slip.told), {})[place] = slip
    return sorted(found.values(), key=len, reverse=True)


def followed(
    question: NeutralQuestion, answers: Sequence[StackAnswer], one: StackAnswer, prefix: str
) -> tuple[list[str], str] | None:
    """What follows for an answer from what is typed into the inputs before it: assignments, and its list of numbers.
    None where nothing does, or where it turns on a comparison."""
    found = question.found
    source = found.sources[one.part.origin][one.answer.name]
    targets = variables_of(source)
    typed: dict[str, Any] = {}
    for earlier in answers[: answers.index(one)]:
        typed |= entries_of(found.sources[earlier.part.origin][earlier.answer.name], earlier.inputs)
    typed = {name: value for name, value in typed.items() if name not in targets and name in found.trace.shapes}
    if not targets or not found.trace.shapes.keys() >= set(targets) or found.trace.depending(typed).isdisjoint(targets):
        return None
    follower = Follower(found.trace, found.values, typed, prefix)
    try:
        terms = values_of(source, {name: follower[name] for name in targets})
    except LookupError:
        return None
    return follower.lines, flat(terms[box.cell] for box in one.answer.boxes)


def variables_of(source: Any) -> list[str]:
    """The variables that an answer is, or is put together of; none for an answer of another kind."""
    match source:
        case ConcludedSource(source=inner):
            return variables_of(inner)
        case MatricesSource(names=names):
            return list(names)
        case str():
            return [source]
        case list() | tuple():
            return [str(name) for name in np.array(source, dtype=object).flat]
    return []


def entries_of(source: Any, inputs: Sequence[StackInput]) -> dict[str, Any]:
    """The variables that are typed into inputs, entry by entry as Maxima has them."""
    match source:
        case ConcludedSource(source=inner):
            return entries_of(inner, inputs)
        case MatricesSource(names=names) if len(names) == len(inputs):
            return {name: array_of(each) for name, each in zip(names, inputs, strict=True)}
        case str() if len(inputs) == 1:
            return {source: array_of(inputs[0])}
        case list() | tuple():
            terms = (given(text) for each in inputs for _, text in each.entries())
            targets = variables_of(source)
            return dict(zip(targets, terms, strict=True))
    return {}


def array_of(one: StackInput) -> Any:
    """What is typed into an input in the shape of its variable."""
    made: dict[tuple[int, ...], MaximaTerm] = {box.cell[-2:]: given(text) for box, text in one.entries()}
    if () in made:
        return made[()]
    value = np.empty([1 + max(cell[axis] for cell in made) for axis in range(len(next(iter(made))))], dtype=object)
    for cell, term in made.items():
        value[cell] = term
    return value


def given(variable: str) -> MaximaTerm:
    """What was typed before, where it is there."""
    return MaximaTerm(f"kggiven({variable})")


def put_input(made: Any, one: StackInput) -> None:
    """An input as an element."""
    root = etree.SubElement(made, "input")
    box = one.rows[0][0]
    kind = "matrix" if one.matrix else "numerical" if isinstance(box, NumberBox) else "dropdown"
    answer = f"t{one.name}"
    if isinstance(box, ChoiceBox):
        options = (
            f"[{place},{'true' if place == box.right + 1 else 'false'},{quoted(option)}]"
            for place, option in enumerate(box.options, start=1)
        )
        answer = f"[{','.join(options)}]"
    for tag, text in (
        ("name", one.name), ("type", kind), ("tans", answer), ("boxsize", "8"), ("strictsyntax", "1"),
        ("insertstars", "0"), ("syntaxhint", ""), ("syntaxattribute", "0"), ("forbidwords", ""), ("allowwords", ""),
        ("forbidfloat", "0"), ("requirelowestterms", "0"), ("checkanswertype", "1"), ("mustverify", "0"),
        ("showvalidation", "1"), ("options", "allowempty" if kind in BLANK else ""),
    ):  # fmt: skip
        etree.SubElement(root, tag).text = text


def quoted(text: str) -> str:
    """A string of Maxima that is shown as HTML."""
    return '"{}"'.format(escape(text, quote=False).replace("\\", "\\\\").replace('"', '\\"'))


def put_tree(made: Any, place: int, tree: StackTree) -> None:
    """A tree as an element, its nodes one behind the other."""
    root = etree.SubElement(made, "prt")
    name = f"prt{place}"
    etree.SubElement(root, "name").text = name
    etree.SubElement(root, "value").text = f"{tree.weight}.0000000"
    etree.SubElement(root, "autosimplify").text = "1"
    etree.SubElement(root, "feedbackstyle").text = "1"
    lines = [*tree.lines, *(f"d{node}:{one.sans};" for node, one in enumerate(tree.tests))]
    told(root, "feedbackvariables", "\n".join(lines), None)
    zeros = flat(Fraction(0) for _ in range(tree.size))
    for node, one in enumerate(tree.tests):
        element = etree.SubElement(root, "node")
        following = node + 1 if node + 1 < len(tree.tests) else -1
        for tag, text in (
            ("name", str(node)), ("description", ""), ("answertest", "NumAbsolute"), ("sans", f"d{node}"),
            ("tans", zeros), ("testoptions", ALLOWED), ("quiet", "1"),
        ):  # fmt: skip
            etree.SubElement(element, tag).text = text
        for kind, score, after, said in (("true", one.score, -1, one.said), ("false", 0, following, "")):
            etree.SubElement(element, f"{kind}scoremode").text = "="
            etree.SubElement(element, f"{kind}score").text = f"{score}.0000000"
            etree.SubElement(element, f"{kind}penalty").text = ""
            etree.SubElement(element, f"{kind}nextnode").text = str(after)
            etree.SubElement(element, f"{kind}answernote").text = f"{name}-{node + 1}-{kind[0].upper()}"
            told(element, f"{kind}feedback", said)


def told(parent: Any, tag: str, text: str, form: str | None = "html") -> None:
    """A text inside an element."""
    one = etree.SubElement(parent, tag) if form is None else etree.SubElement(parent, tag, format=form)
    etree.SubElement(one, "text").text = text
