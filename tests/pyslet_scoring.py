"""Items of QTI 2.1 read and scored by pyslet, a package of PyPI that the tests alone use: its classes know which
element may stand where, and its response processing is the specification's. One attribute of `equal` it reads as a
text, whose first character would be the tolerance: it is told here that it is a list."""

from __future__ import annotations

import json
import subprocess
import sys
import xml.etree.ElementTree as ET
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

SCRIPT = """
import json, sys
import pyslet.qtiv2.xml
from pyslet.qtiv2 import expressions, variables

expressions.Equal.XMLATTR_tolerance = ("tolerance", str, str, list)
source, sessions = json.load(sys.stdin)
document = pyslet.qtiv2.xml.QTIDocument()
document.read(src=source.encode())  # raises for an element where none of its kind may stand
scored = []
for typed in sessions:
    state = variables.ItemSessionState(document.root)
    state.begin_session()
    for one in document.root.ResponseDeclaration:
        value = variables.Value.copy_value(state[one.identifier + ".DEFAULT"])
        if one.identifier in typed:
            value.set_value(typed[one.identifier])
        state.map[one.identifier] = value
    state.end_attempt()
    scored.append({one.identifier: str(state[one.identifier].value) for one in document.root.OutcomeDeclaration})
print(json.dumps(scored))
"""


@dataclass(frozen=True)
class PysletScored:
    """The score, and every outcome by its name as a text."""

    score: float
    outcomes: dict[str, Any]


def pyslet_scored(item: ET.Element, typed: Sequence[Mapping[str, str]]) -> list[PysletScored]:
    """What pyslet gives for each set of responses to an item. An element that may not stand where it does is an
    AssertionError."""
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", SCRIPT], capture_output=True, text=True, check=False,
        input=json.dumps([ET.tostring(item, encoding="unicode"), [dict(one) for one in typed]]),
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-2000:]
    assert not done.stderr, done.stderr[:2000]
    return [PysletScored(float(one["SCORE"]), one) for one in json.loads(done.stdout)]
