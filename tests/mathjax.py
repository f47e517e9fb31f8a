"""MathJax's reading of TeX, run by node; and what a formula in MathML says, whoever has written it."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import xml.etree.ElementTree as ET
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from browser import NODE_MODULES

SCRIPT = """
require(process.argv[1]).init({
  loader: {load: ["input/tex"]},
  tex: {
    packages: {"[-]": ["noerrors", "noundefined"]},
    macros: {kgmat: ["#1", 1], kgchain: ["#1#2", 2], kglink: ["{}\\\\mathrel{#1}#2", 2], kgmark: ["#2", 2]},
  },
}).then(MathJax => {
  const formulas = JSON.parse(require("fs").readFileSync(0, "utf8"));
  console.log(JSON.stringify(formulas.map(tex => MathJax.tex2mml(tex))));
});
"""
INVISIBLE = re.compile("[\\s\u2061-\u2064\u00a0\ufe00]")
SAME = str.maketrans({"^": "ˆ", "~": "˜", "-": "−", "'": "′", "⟂": "⊥"})
"""Characters of one meaning: MathJax writes the former, the browser's MathML wants the latter."""
LETTERS = {("double-struck", "R"): "ℝ", ("script", "N"): "𝒩"}


class Said(NamedTuple):
    """What a formula says: its text, the cells of its tables row by row, numerators and denominators."""

    text: str
    tables: list[list[list[str]]]
    fractions: list[tuple[str, ...]]


def read_by_mathjax(formulas: Sequence[str]) -> list[str]:
    """The MathML of each formula in TeX."""
    node = Path(sys.prefix) / "bin" / "node"
    done = subprocess.run(
        [node, "-e", SCRIPT, str(NODE_MODULES / "mathjax")], input=json.dumps(formulas),
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-2000:]
    found: list[str] = json.loads(done.stdout)
    return found


def read_off(mathml: str) -> Said:
    """What a formula says."""
    root = ET.fromstring(mathml.replace("&nbsp;", " ").replace(' xmlns="http://www.w3.org/1998/Math/MathML"', ""))
    for letter in root.iterfind(".//mi[@mathvariant]"):
        letter.text = LETTERS.get((letter.get("mathvariant", ""), letter.text or ""), letter.text)
    tables = [[[text(cell) for cell in row] for row in table] for table in root.iter("mtable")]
    return Said(text(root), tables, [tuple(map(text, fraction)) for fraction in root.iter("mfrac")])


def text(element: ET.Element) -> str:
    """What stands in an element, without what nobody sees."""
    return INVISIBLE.sub("", "".join(element.itertext())).translate(SAME)
