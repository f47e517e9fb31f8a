"""A neutral question as an item of QTI 2.1: a response for each box, partial points, sentences for known slips.

A number is right within an absolute tolerance on both sides, a whole number exactly. Engines compare doubles, so a
tolerance is a millionth larger than that of the box: a rounding that is just half a unit off is right.

Right boxes are counted, those of each weight by an outcome of their own, and the score is worked out once, at the end:
engines that round what they keep (qti-components, to three decimals, with commas between thousands) give neither more
nor less than the points of the item.

What is said of a box has an outcome of its own with one identifier, which is `SILENT` where nothing is said: TAO's
scoring in the browser stops at an outcome that has no value yet, and at one that is to collect several.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from html import escape
from typing import Any

from lxml import etree

from keygen.document.typesetter import Typesetter
from keygen.export.laid_out import LaidOutInBoxes
from keygen.export.package import HEAD, identifier
from keygen.export.qti21_body import MATHML, QTI, QtiWriter, body
from keygen.export.question import Box, ChoiceBox, NumberBox
from keygen.export.typed_number import TypedNumber, decimal_text
from keygen.mathematics.number_format import rounded
from keygen.writers.mathjax import FigureFile, MathJaxWriter

XSI = "http://www.w3.org/2001/XMLSchema-instance"
SCHEMA = f"{QTI} http://www.imsglobal.org/xsd/qti/qtiv2p1/imsqti_v2p1.xsd"
ALLOWANCE = Fraction(1_000_001, 1_000_000)
SILENT = "NONE"
"""The value of an outcome of which nothing is said."""
SHEET = "style.css"
STYLE = b"""table { border-collapse: collapse; }
th, td { padding: 2px 8px; vertical-align: top; }
p.display { margin-left: 2em; }
"""


@dataclass(frozen=True, slots=True)
class QtiItem:
    """An item: its name, its file, the figures that it shows."""

    ident: str
    xml: bytes = field(repr=False)
    figures: tuple[FigureFile, ...] = field(repr=False)


class QtiQuestion(LaidOutInBoxes):
    """Writes one question."""

    def __init__(self, *about: Any) -> None:
        super().__init__(*about)
        self.numbered: list[Box] = []

    def writer(self, typesetter: Typesetter) -> MathJaxWriter:
        """What writes a text of this target."""
        return QtiWriter(typesetter)

    def box(self, box: Box, writer: MathJaxWriter) -> str:
        """A box as an interaction within the line."""
        self.numbered.append(box)
        name = f"R{len(self.numbered)}"
        if isinstance(box, NumberBox):
            return f'<textEntryInteraction responseIdentifier="{name}" expectedLength="12"/>'
        options = "".join(
            f'<inlineChoice identifier="C{place}">{escape(option, quote=False)}</inlineChoice>'
            for place, option in enumerate(box.options)
        )
        return (
            f'<inlineChoiceInteraction responseIdentifier="{name}" shuffle="false">{options}</inlineChoiceInteraction>'
        )

    def item(self, language: str, points: Fraction) -> QtiItem:
        """The question as an item that is worth so many points."""
        prefix = f"figures/{self.question.problem.number}-{self.question.code}"
        asking, solving, telling = (
            QtiWriter(self.question.typesetter, f"../{prefix}-{place}-") for place in ("a", "b", "c")
        )
        text, solution = body(self.asked(asking)), body(self.solved(solving))
        ident = identifier("item", self.question.problem.id, self.question.problem.number, self.question.code, language)
        root = etree.Element(f"{{{QTI}}}assessmentItem", nsmap={None: QTI, "m": MATHML, "xsi": XSI})
        root.set(f"{{{XSI}}}schemaLocation", SCHEMA)
        for name, value in (
            ("identifier", ident), ("title", self.name()), ("adaptive", "false"), ("timeDependent", "false"),
        ):  # fmt: skip
            root.set(name, value)
        root.set("{http://www.w3.org/XML/1998/namespace}lang", language)
        for place, box in enumerate(self.numbered, start=1):
            declared(root, f"R{place}", box)
        for name, value in (("SCORE", "0"), ("MAXSCORE", decimal_text(points)), ("MINSCORE", "0")):
            outcome(root, name, "float", value)
        weights = [box.weight for box in self.numbered]
        for weight in sorted(set(weights)):
            outcome(root, right(weight), "integer", "0")
        processing = etree.Element(f"{{{QTI}}}responseProcessing")
        told: dict[str, Mapping[str, Sequence[Any]]] = {}
        for place, box in enumerate(self.numbered, start=1):
            name = f"R{place}"
            if sentences := self.marked(processing, name, box, telling):
                told[said(name)] = sentences
        scored(processing, points, weights)
        told["FEEDBACK"] = {"SOLUTION": solution}
        feed(processing, "FEEDBACK", "SOLUTION")
        for name in told:
            outcome(root, name, "identifier", SILENT)
        sub(root, "stylesheet", href=f"../{SHEET}", type="text/css")
        sub(root, "itemBody").extend(text)
        root.append(processing)
        for called_by, sentences in told.items():
            for name, blocks in sentences.items():
                one = sub(root, "modalFeedback", outcomeIdentifier=called_by, showHide="show", identifier=name)
                one.extend(blocks)
        figures = []
        for letter, writer in (("a", asking), ("b", solving), ("c", telling)):
            self.too_large(writer)
            figures += [FigureFile(f"{prefix}-{letter}-{one.name}", one.svg) for one in writer.figures.values()]
        return QtiItem(ident, document(root), tuple(figures))

    def marked(self, processing: Any, name: str, box: Box, writer: MathJaxWriter) -> Mapping[str, Sequence[Any]]:
        """The condition of a box, and the sentences that it may call for."""
        condition = sub(processing, "responseCondition")
        first = sub(condition, "responseIf")
        if isinstance(box, ChoiceBox):
            chosen(first, name, box.right)
        else:
            equal(first, name, box.key)
        more = sub(sub(first, "setOutcomeValue", identifier=right(box.weight)), "sum")
        sub(more, "variable", identifier=right(box.weight))
        sub(more, "baseValue", baseType="integer").text = "1"
        told: dict[str, Sequence[Any]] = {}
        if isinstance(box, ChoiceBox):
            for place, _ in enumerate(box.options):
                if mistake := self.mistake(box, place):
                    other = sub(condition, "responseElseIf")
                    chosen(other, name, place)
                    feed(other, said(name), f"{name}S{place}")
                    told[f"{name}S{place}"] = body(f"<p>{escape(mistake, quote=False)}</p>")
            return told
        for count, slip in enumerate(box.slips, start=1):
            other = sub(condition, "responseElseIf")
            equal(other, name, slip.number)
            feed(other, said(name), f"{name}S{count}")
            told[f"{name}S{count}"] = body(writer.blocks(slip.told))
        return told


def declared(root: Any, name: str, box: Box) -> None:
    """The declaration of a response."""
    kind = "float" if isinstance(box, NumberBox) else "identifier"
    one = sub(root, "responseDeclaration", identifier=name, cardinality="single", baseType=kind)
    right = decimal_text(box.key.decimal) if isinstance(box, NumberBox) else f"C{box.right}"
    sub(sub(one, "correctResponse"), "value").text = right


def outcome(root: Any, name: str, kind: str, start: str) -> None:
    """The declaration of an outcome, and its value at the start."""
    one = sub(root, "outcomeDeclaration", identifier=name, cardinality="single", baseType=kind)
    sub(sub(one, "defaultValue"), "value").text = start


def chosen(condition: Any, name: str, place: int) -> None:
    """The comparison of a response with an option."""
    match = sub(condition, "match")
    sub(match, "variable", identifier=name)
    sub(match, "baseValue", baseType="identifier").text = f"C{place}"


def equal(condition: Any, name: str, number: TypedNumber) -> None:
    """The comparison of a response with a number."""
    if number.whole:
        test = sub(condition, "equal", toleranceMode="exact")
    else:
        wide = decimal_text(rounded(number.tolerance * ALLOWANCE, 12))
        test = sub(condition, "equal", toleranceMode="absolute", tolerance=f"{wide} {wide}")
    sub(test, "variable", identifier=name)
    sub(test, "baseValue", baseType="float").text = decimal_text(number.decimal)


def said(name: str) -> str:
    """The outcome of what is said of a response."""
    return f"{name}SAID"


def feed(rule: Any, by: str, name: str) -> None:
    """The rule that calls for a sentence by an outcome."""
    sub(sub(rule, "setOutcomeValue", identifier=by), "baseValue", baseType="identifier").text = name


def right(weight: int) -> str:
    """The outcome that counts right boxes of a weight."""
    return f"RIGHT{weight}"


def scored(processing: Any, points: Fraction, weights: Sequence[int]) -> None:
    """The rule of the score: points times the weights of right boxes / the weights of all."""
    share = sub(sub(processing, "setOutcomeValue", identifier="SCORE"), "divide")
    reached = sub(share, "product")
    sub(reached, "baseValue", baseType="float").text = decimal_text(points)
    counted = sub(reached, "sum")
    for weight in sorted(set(weights)):
        times = sub(counted, "product")
        sub(times, "baseValue", baseType="float").text = str(weight)
        sub(times, "variable", identifier=right(weight))
    sub(share, "baseValue", baseType="float").text = str(sum(weights))


def sub(parent: Any, tag: str, **attributes: str) -> Any:
    """An element inside another one."""
    return etree.SubElement(parent, f"{{{QTI}}}{tag}", attributes)


def document(root: Any) -> bytes:
    """A file of XML."""
    etree.cleanup_namespaces(root, top_nsmap={"m": MATHML}, keep_ns_prefixes=["xsi", "m"])
    text: bytes = etree.tostring(root, encoding="utf-8")
    return HEAD + text + b"\n"
