"""A question's text as QTI 2.1 has it: XHTML of its own namespace, mathematics in MathML 2, figures as files."""

from __future__ import annotations

import re
from copy import deepcopy
from typing import Any, ClassVar

from lxml import etree

from keygen.document.nodes import DisplayedFormula
from keygen.errors import KeygenError
from keygen.writers.mathjax import DISPLAYED, MathJaxWriter, closed
from keygen.writers.mathml import mathml

QTI = "http://www.imsglobal.org/xsd/imsqti_v2p1"
MATHML = "http://www.w3.org/1998/Math/MathML"
UNCLOSED = re.compile(r"<((?:img|br|wbr)\b[^>]*?)/?>")
ATTRIBUTES = {
    "img": ("src", "alt"), "th": ("scope",), "textEntryInteraction": ("responseIdentifier", "expectedLength"),
    "inlineChoiceInteraction": ("responseIdentifier", "shuffle"), "inlineChoice": ("identifier",),
}  # fmt: skip
"""The attributes that an element keeps, besides its class."""
TAGS = {
    "a", "abbr", "b", "big", "blockquote", "br", "caption", "cite", "code", "dd", "div", "dl", "dt", "em",
    "h1", "h2", "h3", "h4", "h5", "h6", "hr", "i", "img", "inlineChoice", "inlineChoiceInteraction", "kbd",
    "li", "ol", "p", "pre", "q", "samp", "small", "span", "strong", "sub", "sup", "table", "tbody", "td",
    "textEntryInteraction", "tfoot", "th", "thead", "tr", "tt", "ul", "var",
}  # fmt: skip
"""The elements that a body may have."""
UNKNOWN_TO_MATHML = {"math": {"displaystyle", "aria-label"}, "mtable": {"scriptlevel"}}
"""Attributes of MathML Core that MathML 2 has not."""


class QtiWriter(MathJaxWriter):
    """The writer of one text, which is HTML until `body` makes XML of it."""

    def math(self, tex: str) -> str:
        """A formula between words or in a cell."""
        return mathml(tex.removeprefix(DISPLAYED), display=tex.startswith(DISPLAYED))

    def display(self, node: DisplayedFormula) -> str:
        """Mathematics on lines of its own, its number behind it."""
        strokes, text = self.parted(node.says, shown=True)
        number = f" ({node.number})" if node.number else ""
        shown = self.math(DISPLAYED + closed(text, node.mark))
        return f'<p class="display">{strokes}{shown}{number}</p>'

    WRITES: ClassVar[dict[type, Any]] = {**MathJaxWriter.WRITES, DisplayedFormula: display}


def body(html: str) -> list[Any]:
    """The elements of a text. Raises KeygenError for an element that QTI has not."""
    closed_html = UNCLOSED.sub(r"<\1/>", html)
    root = etree.fromstring(f"<div>{closed_html}</div>")
    for broken in list(root.iter("wbr")):
        without(broken)
    return [element(one) for one in root]


def without(one: Any) -> None:
    """Take an empty element out, the text behind it stays."""
    before, parent = one.getprevious(), one.getparent()
    if before is None:
        parent.text = (parent.text or "") + (one.tail or "")
    else:
        before.tail = (before.tail or "") + (one.tail or "")
    parent.remove(one)


def element(one: Any) -> Any:
    """An element of HTML as one of QTI, with all inside."""
    if one.tag == "math":
        return mathematics(one)
    if one.tag not in TAGS:
        raise KeygenError(
            "a page has what QTI 2.1 has not", found=f"<{one.tag}>", repair="report this: it is an error of keygen"
        )
    kept = {name: one.get(name) for name in ("class", *ATTRIBUTES.get(one.tag, ())) if one.get(name) is not None}
    made = etree.Element(f"{{{QTI}}}{one.tag}", kept)
    made.text = one.text
    made.extend(element(inner) for inner in one)
    made.tail = one.tail
    return made


def mathematics(one: Any) -> Any:
    """A formula in MathML 2."""
    made = etree.Element(f"{{{MATHML}}}math", nsmap={"m": MATHML})
    made.tail = one.tail
    inside = etree.SubElement(made, f"{{{MATHML}}}mstyle", displaystyle="true") if one.get("displaystyle") else made
    inside.text = one.text
    for inner in one:
        copied = deepcopy(inner)
        for each in copied.iter():
            for name in UNKNOWN_TO_MATHML.get(each.tag, ()):
                each.attrib.pop(name, None)
            each.tag = f"{{{MATHML}}}{each.tag}"
        inside.append(copied)
    return made
