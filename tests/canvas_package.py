"""Canvas's reading of a package of QTI 1.2, by the rules of its two importers: no word of keygen's writer is asked."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from pathlib import Path
from zipfile import ZipFile

NS = {
    "q": "http://www.imsglobal.org/xsd/ims_qtiasiv1p2",
    "p": "http://www.imsglobal.org/xsd/imsccv1p1/imscp_v1p1",
    "c": "http://canvas.instructure.com/xsd/cccv1p0",
}
BLANK = re.compile(r"\[([A-Za-z0-9_\-.]+)\]")


@dataclass(frozen=True)
class CanvasBox:
    """A blank, or the box of a numerical question: what it compares with."""

    name: str
    options: tuple[str, ...]
    right: str
    algorithm: str | None = None
    bounds: tuple[Decimal, Decimal] | None = None

    def right_for(self, typed: str, kind: str) -> bool:
        if self.bounds is not None:
            return self.cut(typed)
        if kind == "multiple_dropdowns_question" or self.algorithm == "Equivalence":
            return typed == self.right
        if self.algorithm == "TextRegex":
            return re.search(self.right, typed) is not None
        assert self.algorithm is None
        return typed.strip().lower() in {one.strip().lower() for one in self.options}

    def cut(self, typed: str) -> bool:
        """Classic shows what is typed into a numerical question with four decimals, and marks that."""
        assert self.bounds is not None
        try:
            number = Decimal(typed.replace(",", ".").replace("−", "-")).quantize(Decimal("0.0001"), ROUND_HALF_UP)
        except InvalidOperation:
            return False
        return self.bounds[0] <= number <= self.bounds[1]


@dataclass(frozen=True)
class CanvasQuestionRead:
    title: str
    kind: str
    points: float
    text: str
    solution: str
    boxes: tuple[CanvasBox, ...]
    wrong: str = ""
    """The comment on whatever is wrong."""


@dataclass(frozen=True)
class CanvasPackage:
    files: dict[str, bytes]
    title: str
    groups: dict[str, list[CanvasQuestionRead]]
    points: dict[str, float]
    xml: bytes
    """The quiz itself."""


def read_package(path: Path) -> CanvasPackage:
    with ZipFile(path) as archive:
        assert archive.testzip() is None
        files = {name: archive.read(name) for name in archive.namelist()}
    resources = ET.fromstring(files["imsmanifest.xml"]).findall(".//p:resource", NS)
    (quiz,) = (one for one in resources if one.get("type") == "imsqti_xmlv1p2")
    named = {one.get("href", "") for one in ET.fromstring(files["imsmanifest.xml"]).iterfind(".//p:file", NS)}
    assert named == set(files) - {"imsmanifest.xml"}
    assert len({one.get("identifier") for one in resources}) == len(resources)
    (file,) = quiz.iterfind("p:file", NS)
    xml = files[file.get("href", "")]
    root = ET.fromstring(xml)
    meta = ET.fromstring(files[f"{quiz.get('identifier')}/assessment_meta.xml"])
    made = root.find("q:assessment", NS)
    assert made is not None
    assert meta.findtext("c:title", "", NS) == made.get("title")
    groups, points = {}, {}
    for section in made.findall("q:section/q:section", NS):
        assert section.findtext(".//q:selection_number", "", NS) == "1"
        title = section.get("title", "")
        points[title] = float(section.findtext(".//q:points_per_item", "", NS))
        groups[title] = [question(item) for item in section.findall("q:item", NS)]
    idents = [one.get("ident") for one in root.iterfind(".//q:item", NS)]
    assert len(set(idents)) == len(idents)
    return CanvasPackage(files, made.get("title", ""), groups, points, xml)


def question(item: ET.Element) -> CanvasQuestionRead:
    fields = {
        one.findtext("q:fieldlabel", "", NS): one.findtext("q:fieldentry", "", NS)
        for one in item.iterfind(".//q:qtimetadatafield", NS)
    }
    kind, text = fields["question_type"], item.findtext("q:presentation/q:material/q:mattext", "", NS)
    boxes = [numerical(item)] if kind == "numerical_question" else blanks(item)
    solution = item.findtext("q:itemfeedback[@ident='general_fb']//q:mattext", "", NS)
    if kind != "numerical_question":
        assert BLANK.findall(text) == [one.name for one in boxes]
    return CanvasQuestionRead(
        item.get("title", ""),
        kind,
        float(fields["points_possible"]),
        text,
        solution,
        tuple(boxes),
        item.findtext("q:itemfeedback[@ident='general_incorrect_fb']//q:mattext", "", NS),
    )


def numerical(item: ET.Element) -> CanvasBox:
    (condition,) = (one for one in item.iterfind(".//q:respcondition", NS) if one.find("q:setvar", NS) is not None)
    ends = [Decimal(condition.findtext(f".//q:{tag}", "", NS)) for tag in ("vargte", "varlte")]
    assert condition.find(".//q:vargt", NS) is None
    return CanvasBox("", (), "", None, (ends[0], ends[1]))


def blanks(item: ET.Element) -> list[CanvasBox]:
    found = []
    scoring = {}
    for condition in item.iterfind(".//q:respcondition", NS):
        if condition.find("q:setvar", NS) is not None:
            test = condition.find("q:conditionvar/q:varequal", NS)
            assert test is not None
            scoring[test.get("respident", "")] = test.text
    labels = [one.get("ident") for one in item.iterfind(".//q:response_label", NS)]
    assert len(set(labels)) == len(labels)
    for response in item.iterfind(".//q:response_lid", NS):
        ident = response.get("ident", "")
        choices = {
            one.get("ident"): one.findtext(".//q:mattext", "", NS)
            for one in response.iterfind(".//q:response_label", NS)
        }
        first = response.find(".//q:response_label", NS)
        assert first is not None
        found.append(
            CanvasBox(
                ident.removeprefix("response_"), tuple(choices.values()), choices[scoring[ident]],
                first.get("scoring_algorithm"),
            )
        )  # fmt: skip
    return found
