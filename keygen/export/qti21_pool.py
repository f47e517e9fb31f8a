"""A pool in QTI 2.1: a package of items, and a test that asks one variant of each exercise."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction
from functools import partial
from pathlib import Path
from typing import Any

from lxml import etree

from keygen.builds.sheet import bound
from keygen.export.carried import CarriedQuestion, WrittenQuestion, by_exercise, carried, points_of
from keygen.export.package import identifier, zipped
from keygen.export.pool import PoolReport, PoolRequest
from keygen.export.qti21 import SCHEMA, SHEET, STYLE, XSI, QtiQuestion, document, sub
from keygen.export.qti21_body import QTI
from keygen.export.question import NeutralQuestion
from keygen.system.files import write_whole

PACKAGE = "http://www.imsglobal.org/xsd/imscp_v1p1"
LOCATION = f"{PACKAGE} http://www.imsglobal.org/xsd/qti/qtiv2p1/qtiv2p1_imscpv1p2_v1p0.xsd"
TEST = "test.xml"
UNPAID = Fraction(1)
"""Points of a question where the sheet has none."""


def to_qti21(
    request: PoolRequest, out: Path, advance: Callable[[int], None], note: Callable[[str], None]
) -> PoolReport:
    """Write a pool into a folder. Raises KeygenError as `carried` does: then nothing is written."""
    first = request.orders[0]
    done, left = carried(request, partial(written, first.language.code), "QTI 2.1", advance, note)
    groups = by_exercise(done)
    quiz = identifier("qti21", first.sheet.name, first.language.code)
    items = [one.made for group in groups for one in group]
    figures = {figure.name: figure.svg.encode() for one in items for figure in one.figures}
    files = {
        "imsmanifest.xml": manifest(quiz, items),
        TEST: test(quiz, bound(first, ()).title, groups),
        **{f"items/{one.ident}.xml": one.xml for one in items},
        SHEET: STYLE,
        **figures,
    }
    path = out / f"{first.sheet.name}{first.sheet.mark(first.language.code)}.qti21.zip"
    write_whole(path, zipped(files))
    return PoolReport((path,), left, first.key)


def written(
    language: str, question: NeutralQuestion, say: Mapping[str, str], words: Mapping[str, str]
) -> WrittenQuestion:
    """A question as an item."""
    writer = QtiQuestion(question, say, words)
    points = points_of(question)
    item = writer.item(language, UNPAID if points is None else points)
    return WrittenQuestion(writer.title, item, tuple(writer.otherwise))


def test(quiz: str, title: str, groups: Sequence[Sequence[CarriedQuestion]]) -> bytes:
    """The test: a section for each exercise, which selects one of its items."""
    root = etree.Element(f"{{{QTI}}}assessmentTest", nsmap={None: QTI, "xsi": XSI}, identifier=quiz, title=title)
    root.set(f"{{{XSI}}}schemaLocation", SCHEMA)
    score = sub(root, "outcomeDeclaration", identifier="SCORE", cardinality="single", baseType="float")
    sub(sub(score, "defaultValue"), "value").text = "0"
    part = sub(root, "testPart", identifier="P1", navigationMode="nonlinear", submissionMode="individual")
    sub(part, "itemSessionControl", maxAttempts="1", showFeedback="true")
    for group in groups:
        section = sub(part, "assessmentSection", identifier=f"E{group[0].number}", title=group[0].title, visible="true")
        sub(section, "selection", select="1")
        for one in group:
            sub(section, "assessmentItemRef", identifier=one.made.ident, href=f"items/{one.made.ident}.xml")
    total = sub(sub(sub(root, "outcomeProcessing"), "setOutcomeValue", identifier="SCORE"), "sum")
    sub(total, "testVariables", variableIdentifier="SCORE")
    return document(root)


def manifest(quiz: str, items: Sequence[Any]) -> bytes:
    """What is in the package."""
    root = etree.Element(f"{{{PACKAGE}}}manifest", nsmap={None: PACKAGE, "xsi": XSI})
    root.set("identifier", identifier(quiz, "manifest"))
    root.set(f"{{{XSI}}}schemaLocation", LOCATION)
    metadata = packed(root, "metadata")
    packed(metadata, "schema").text = "QTIv2.1 Package"
    packed(metadata, "schemaversion").text = "1.0.0"
    packed(root, "organizations")
    resources = packed(root, "resources")
    whole = packed(resources, "resource", identifier=identifier(quiz, "test"), type="imsqti_test_xmlv2p1", href=TEST)
    packed(whole, "file", href=TEST)
    for one in items:
        path = f"items/{one.ident}.xml"
        resource = packed(resources, "resource", identifier=one.ident, type="imsqti_item_xmlv2p1", href=path)
        for name in (path, SHEET, *(figure.name for figure in one.figures)):
            packed(resource, "file", href=name)
        packed(whole, "dependency", identifierref=one.ident)
    return document(root)


def packed(parent: Any, tag: str, **attributes: str) -> Any:
    """An element of the manifest."""
    return etree.SubElement(parent, f"{{{PACKAGE}}}{tag}", attributes)
