"""A reading of packages of QTI 2.1 by the specification: what may stand where, and what a typed response is worth. No
word of keygen's writer is asked."""

from __future__ import annotations

import math
import xml.etree.ElementTree as ET
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any
from zipfile import ZipFile

Q, M = "{http://www.imsglobal.org/xsd/imsqti_v2p1}", "{http://www.w3.org/1998/Math/MathML}"
P = "{http://www.imsglobal.org/xsd/imscp_v1p1}"
TEXT = "#text"
INLINE = {
    "a", "abbr", "b", "big", "br", "cite", "code", "dfn", "em", "i", "img", "kbd", "object", "q", "samp",
    "small", "span", "strong", "sub", "sup", "tt", "var", "math",
}  # fmt: skip
INTERACTIONS = {"textEntryInteraction", "inlineChoiceInteraction"}
BLOCK = {
    "address",
    "blockquote",
    "div",
    "dl",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "hr",
    "ol",
    "p",
    "pre",
    "table",
    "ul",
    "math",
}
PHRASE = {TEXT} | INLINE | INTERACTIONS
FLOW = PHRASE | BLOCK
CHILDREN: Mapping[str, set[str]] = {
    "itemBody": BLOCK, "div": FLOW, "li": FLOW, "td": FLOW, "th": FLOW, "dd": FLOW,
    "modalFeedback": FLOW - INTERACTIONS,
    "ul": {"li"}, "ol": {"li"}, "table": {"caption", "col", "colgroup", "thead", "tfoot", "tbody"}, "tbody": {"tr"},
    "thead": {"tr"}, "tr": {"td", "th"}, "inlineChoiceInteraction": {"inlineChoice"}, "inlineChoice": {TEXT},
    "textEntryInteraction": set(), "img": set(), "br": set(), "pre": PHRASE - {"img", "big", "small", "sub", "sup"},
    **dict.fromkeys(["p", "em", "strong", "code", "small", "span", "b", "i", "sub", "sup", "tt"], PHRASE),
}  # fmt: skip
"""What the elements of a text may hold: assessmentItem's content model of the specification."""
ATTRIBUTES = {
    "img": {"src", "alt", "class"}, "th": {"scope", "class"},
    "textEntryInteraction": {"responseIdentifier", "expectedLength"},
    "inlineChoiceInteraction": {"responseIdentifier", "shuffle"}, "inlineChoice": {"identifier"},
    "modalFeedback": {"outcomeIdentifier", "showHide", "identifier"},
}  # fmt: skip
ORDER = ["responseDeclaration", "outcomeDeclaration", "stylesheet", "itemBody", "responseProcessing", "modalFeedback"]
MATHML2 = {
    "math", "mi", "mn", "mo", "mtext", "mspace", "mrow", "mfrac", "msqrt", "mroot", "mstyle", "mpadded",
    "mphantom", "msub", "msup", "msubsup", "munder", "mover", "munderover", "mtable", "mtr", "mtd",
}  # fmt: skip


@dataclass(frozen=True)
class QtiItemRead:
    path: str
    root: ET.Element

    @property
    def title(self) -> str:
        return self.root.get("title", "")

    @property
    def responses(self) -> list[ET.Element]:
        return self.root.findall(f"{Q}responseDeclaration")

    def marked(self, typed: Mapping[str, str]) -> tuple[float, list[str]]:
        """The score and the sentences that are shown, for responses by their names."""
        kinds = {one.get("identifier", ""): one.get("baseType") for one in self.responses}
        given = {name: float(text) if kinds[name] == "float" else text for name, text in typed.items()}
        outcomes = self.outcomes()
        rules = self.root.find(f"{Q}responseProcessing")
        assert rules is not None
        for rule in rules:
            run(rule, given, outcomes)
        shown = [
            "".join(one.itertext())
            for one in self.root.iterfind(f"{Q}modalFeedback")
            if outcomes.get(one.get("outcomeIdentifier", "")) == one.get("identifier")
        ]
        return outcomes["SCORE"], shown

    def outcomes(self) -> dict[str, Any]:
        """The outcomes at the start."""
        return {
            one.get("identifier", ""): read(one.findtext(f"{Q}defaultValue/{Q}value", ""), one.get("baseType"))
            for one in self.root.iterfind(f"{Q}outcomeDeclaration")
        }

    @property
    def worth(self) -> float:
        (one,) = (o for o in self.root.iterfind(f"{Q}outcomeDeclaration") if o.get("identifier") == "MAXSCORE")
        return float(one.findtext(f"{Q}defaultValue/{Q}value", ""))

    def right(self) -> dict[str, str]:
        return {one.get("identifier", ""): one.findtext(f"{Q}correctResponse/{Q}value", "") for one in self.responses}


def run(rule: ET.Element, given: Mapping[str, Any], outcomes: dict[str, Any]) -> None:
    tag = rule.tag.removeprefix(Q)
    if tag == "setOutcomeValue":
        outcomes[rule.get("identifier", "")] = value(rule[0], given, outcomes)
        return
    assert tag == "responseCondition"
    assert rule[0].tag == f"{Q}responseIf"
    for branch in rule:
        assert branch.tag in {f"{Q}responseIf", f"{Q}responseElseIf"}
        if value(branch[0], given, outcomes) is True:
            for inner in branch[1:]:
                run(inner, given, outcomes)
            return


def read(text: str, kind: str | None) -> Any:
    return float(text) if kind == "float" else int(text) if kind == "integer" else text


def value(one: ET.Element, given: Mapping[str, Any], outcomes: Mapping[str, Any]) -> Any:
    inside = [value(inner, given, outcomes) for inner in one]
    match one.tag.removeprefix(Q):
        case "variable":
            name = one.get("identifier", "")
            return outcomes[name] if name in outcomes else given.get(name)
        case "baseValue":
            return read(one.text or "", one.get("baseType"))
        case "sum":
            return sum(inside)
        case "product":
            return math.prod(inside)
        case "divide":
            return inside[0] / inside[1]
        case "match":
            return inside[0] == inside[1]
        case "equal":
            typed, key = inside
            if typed is None:
                return None
            if one.get("toleranceMode") == "exact":
                return bool(typed == key)
            assert one.get("toleranceMode") == "absolute"
            below, above = map(float, one.get("tolerance", "").split())
            return bool(key - below <= typed <= key + above)
    raise AssertionError(one.tag)


@dataclass(frozen=True)
class QtiPackage:
    files: dict[str, bytes]
    test: ET.Element
    sections: dict[str, list[QtiItemRead]]


def read_qti(path: Path) -> QtiPackage:
    with ZipFile(path) as archive:
        files = {name: archive.read(name) for name in archive.namelist()}
    root = ET.fromstring(files["imsmanifest.xml"])
    named = {one.get("href", "") for one in root.iter(f"{P}file")}
    assert named == set(files) - {"imsmanifest.xml"}
    resources = {one.get("identifier", ""): one for one in root.iter(f"{P}resource")}
    tests = [one for one in resources.values() if one.get("type") == "imsqti_test_xmlv2p1"]
    assert len(tests) == 1
    assert {one.get("identifierref") for one in tests[0].iter(f"{P}dependency")} == {
        name for name, one in resources.items() if one.get("type") == "imsqti_item_xmlv2p1"
    }
    test = ET.fromstring(files[tests[0].get("href", "")])
    sections = {}
    for section in test.iter(f"{Q}assessmentSection"):
        assert section[0].tag == f"{Q}selection"
        assert section[0].get("select") == "1"
        refs = section.findall(f"{Q}assessmentItemRef")
        sections[section.get("title", "")] = [
            QtiItemRead(ref.get("href", ""), ET.fromstring(files[ref.get("href", "")])) for ref in refs
        ]
    for items in sections.values():
        for item in items:
            well_formed(item, files)
    return QtiPackage(files, test, sections)


def well_formed(item: QtiItemRead, files: Mapping[str, bytes]) -> None:
    """Hold an item to the content model, and what it refers to to what there is."""
    root = item.root
    assert root.tag == f"{Q}assessmentItem"
    assert {"identifier", "title", "adaptive", "timeDependent"} <= set(root.attrib)
    tags = [one.tag.removeprefix(Q) for one in root]
    assert [ORDER.index(tag) for tag in tags] == sorted(ORDER.index(tag) for tag in tags)
    names = [one.get("identifier") for one in root if one.tag.endswith("Declaration")]
    assert len(set(names)) == len(names)
    asked = [one.get("responseIdentifier") for one in root.iter() if "Interaction" in one.tag]
    assert asked == [one.get("identifier") for one in item.responses]
    folder = PurePosixPath(item.path).parent
    for one in root:
        if one.tag in {f"{Q}itemBody", f"{Q}modalFeedback"}:
            holds(one)
    for image in root.iter(f"{Q}img"):
        assert image.get("alt") is not None
        assert image.get("src", "").startswith("../")
        assert str(folder.parent / image.get("src", "")[3:]) in files
    called = {one.text for one in root.iter(f"{Q}baseValue") if one.get("baseType") == "identifier"}
    feedback = [one.get("identifier") for one in root.iterfind(f"{Q}modalFeedback")]
    assert len(set(feedback)) == len(feedback)
    assert set(feedback) <= called
    outcomes = {one.get("identifier"): one for one in root.iterfind(f"{Q}outcomeDeclaration")}
    for one in root.iterfind(f"{Q}modalFeedback"):
        declared = outcomes[one.get("outcomeIdentifier")]
        assert (declared.get("cardinality"), declared.get("baseType")) == ("single", "identifier")
        assert declared.findtext(f"{Q}defaultValue/{Q}value") not in {None, *feedback}


def holds(one: ET.Element) -> None:
    if one.tag.startswith(M):
        for inner in one.iter():
            assert inner.tag.removeprefix(M) in MATHML2, inner.tag
            assert not {"aria-label", "scriptlevel"} & set(inner.attrib) or inner.tag == f"{M}mstyle"
        return
    tag = one.tag.removeprefix(Q)
    allowed = CHILDREN[tag]
    assert set(one.attrib) <= ATTRIBUTES.get(tag, {"class"}), (tag, one.attrib)
    for inner in one:
        name = inner.tag.removeprefix(Q).removeprefix(M)
        assert name in allowed, f"<{name}> in <{tag}>"
        holds(inner)
    if TEXT not in allowed:
        assert not "".join([one.text or "", *(inner.tail or "" for inner in one)]).strip(), tag
