"""A pool for Canvas: a package of QTI 1.2 with one quiz, in which a group of variants stands for each exercise."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from fractions import Fraction
from functools import partial
from pathlib import Path
from typing import Any

from lxml import etree

from keygen.builds.sheet import bound
from keygen.export.canvas import CanvasClassicQuestion, CanvasQuestion
from keygen.export.carried import CarriedQuestion, WrittenQuestion, by_exercise, carried, points_of
from keygen.export.package import DATE, HEAD, identifier, zipped
from keygen.export.pool import PoolReport, PoolRequest
from keygen.export.question import NeutralQuestion
from keygen.system.files import write_whole

QTI = "http://www.imsglobal.org/xsd/ims_qtiasiv1p2"
CANVAS = "http://canvas.instructure.com/xsd/cccv1p0"
PACKAGE = "http://www.imsglobal.org/xsd/imsccv1p1/imscp_v1p1"
METADATA = "http://www.imsglobal.org/xsd/imsmd_v1p2"
XSI = "http://www.w3.org/2001/XMLSchema-instance"
LOCATION = f"{{{XSI}}}schemaLocation"
NAMED = {"canvas": "Canvas", "canvas-classic": "Canvas Classic"}
UNPAID = Fraction(1)
"""Points of a question where the sheet has none."""


def to_canvas(
    request: PoolRequest, out: Path, advance: Callable[[int], None], note: Callable[[str], None]
) -> PoolReport:
    """Write a pool into a folder. Raises KeygenError as `carried` does: then nothing is written."""
    first = request.orders[0]
    about = (request.target, first.sheet.name, first.language.code)
    done, left = carried(request, partial(written, about), NAMED[request.target], advance, note)
    title, quiz = bound(first, ()).title, identifier(*about)
    groups = by_exercise(done)
    total = sum((worth(one[0]) for one in groups), Fraction(0))
    figures = {one.name: one.svg.encode() for group in groups for q in group for one in q.made.figures}
    files = {
        "imsmanifest.xml": manifest(quiz, title, list(figures)),
        f"{quiz}/{quiz}.xml": assessment(quiz, title, groups),
        f"{quiz}/assessment_meta.xml": meta(quiz, title, total),
        **figures,
    }
    path = out / f"{first.sheet.name}{first.sheet.mark(first.language.code)}.{request.target}.zip"
    write_whole(path, zipped(files))
    report = PoolReport((path,), left, first.key)
    return replace(report, said=(*filter(None, map(uneven, groups)), *report.said))


def written(
    about: tuple[str, ...], question: NeutralQuestion, say: Mapping[str, str], words: Mapping[str, str]
) -> WrittenQuestion:
    """A question as an item; `about` has the target, the sheet and the language."""
    kind = CanvasClassicQuestion if about[0] == "canvas-classic" else CanvasQuestion
    writer = kind(question, say, words)
    points = points_of(question)
    item = writer.item(identifier(*about, question.problem.number, question.code), UNPAID if points is None else points)
    return WrittenQuestion(writer.title, item, tuple(writer.otherwise))


def uneven(group: Sequence[CarriedQuestion]) -> str:
    """What there is to say of a group whose variants have not the same points; "" of any other."""
    found = sorted({worth(one) for one in group})
    if len(found) == 1:
        return ""
    told = " or ".join(f"{float(one):g}" for one in found)
    return (
        f"{group[0].number} {group[0].id}: what boxes hold of it is worth {told} points, as variants go; "
        f"Canvas gives all of a group the same, {float(worth(group[0])):g} (say `points` part by part in the sheet)"
    )


def worth(question: CarriedQuestion) -> Fraction:
    """The points of a question."""
    return UNPAID if question.points is None else question.points


def assessment(quiz: str, title: str, groups: Sequence[Sequence[CarriedQuestion]]) -> bytes:
    """The quiz: a group for each exercise, one item of which is asked."""
    root = etree.Element("questestinterop", nsmap={None: QTI, "xsi": XSI})
    root.set(LOCATION, f"{QTI} http://www.imsglobal.org/xsd/ims_qtiasiv1p2p1.xsd")
    made = etree.SubElement(root, "assessment", ident=quiz, title=title)
    field = etree.SubElement(etree.SubElement(made, "qtimetadata"), "qtimetadatafield")
    etree.SubElement(field, "fieldlabel").text = "cc_maxattempts"
    etree.SubElement(field, "fieldentry").text = "1"
    section = etree.SubElement(made, "section", ident="root_section")
    for group in groups:
        inner = etree.SubElement(section, "section", ident=identifier(quiz, group[0].number), title=group[0].title)
        selection = etree.SubElement(etree.SubElement(inner, "selection_ordering"), "selection")
        etree.SubElement(selection, "selection_number").text = "1"
        extension = etree.SubElement(selection, "selection_extension")
        etree.SubElement(extension, "points_per_item").text = f"{float(worth(group[0])):g}"
        inner.extend(etree.fromstring(one.made.xml) for one in group)
    qualified(root, QTI)
    return document(root)


def meta(quiz: str, title: str, total: Fraction) -> bytes:
    """What Canvas has of a quiz besides QTI."""
    root = etree.Element("quiz", identifier=quiz, nsmap={None: CANVAS, "xsi": XSI})
    root.set(LOCATION, f"{CANVAS} https://canvas.instructure.com/xsd/cccv1p0.xsd")
    for tag, text in (
        ("title", title), ("description", ""), ("shuffle_answers", "false"), ("scoring_policy", "keep_highest"),
        ("quiz_type", "assignment"), ("points_possible", f"{float(total):g}"), ("allowed_attempts", "1"),
        ("one_question_at_a_time", "false"), ("cant_go_back", "false"), ("available", "false"),
    ):  # fmt: skip
        etree.SubElement(root, tag).text = text
    qualified(root, CANVAS)
    return document(root)


def manifest(quiz: str, title: str, figures: Sequence[str]) -> bytes:
    """What is in the package."""
    root = etree.Element("manifest", identifier=identifier(quiz, "manifest"), nsmap={None: PACKAGE, "xsi": XSI})
    root.set(LOCATION, f"{PACKAGE} http://www.imsglobal.org/xsd/imscp_v1p1.xsd")
    metadata = etree.SubElement(root, "metadata")
    etree.SubElement(metadata, "schema").text = "IMS Content"
    etree.SubElement(metadata, "schemaversion").text = "1.1.3"
    about = etree.SubElement(metadata, f"{{{METADATA}}}lom", nsmap={"imsmd": METADATA})
    branch(about, "general", "title", "string").text = title
    branch(about, "lifeCycle", "contribute", "date", "dateTime").text = DATE
    etree.SubElement(root, "organizations")
    resources = etree.SubElement(root, "resources")
    extra = identifier(quiz, "meta")
    one = etree.SubElement(resources, "resource", identifier=quiz, type="imsqti_xmlv1p2")
    etree.SubElement(one, "file", href=f"{quiz}/{quiz}.xml")
    etree.SubElement(one, "dependency", identifierref=extra)
    resource(
        resources, extra, "associatedcontent/imscc_xmlv1p1/learning-application-resource", f"{quiz}/assessment_meta.xml"
    )
    for name in figures:
        resource(resources, identifier(quiz, name), "webcontent", name)
    qualified(root, PACKAGE)
    return document(root)


def resource(resources: Any, name: str, kind: str, path: str) -> None:
    """A file of the package."""
    one = etree.SubElement(resources, "resource", identifier=name, type=kind, href=path)
    etree.SubElement(one, "file", href=path)


def branch(root: Any, *tags: str) -> Any:
    """Elements of the metadata, each inside the one before it."""
    for tag in tags:
        root = etree.SubElement(root, f"{{{METADATA}}}{tag}")
    return root


def qualified(root: Any, namespace: str) -> None:
    """Put elements without a namespace into one."""
    for one in root.iter():
        if not one.tag.startswith("{"):
            one.tag = f"{{{namespace}}}{one.tag}"


def document(root: Any) -> bytes:
    """A file of XML."""
    etree.cleanup_namespaces(root, keep_ns_prefixes=["xsi"])
    text: bytes = etree.tostring(root, encoding="utf-8")
    return HEAD + text + b"\n"
