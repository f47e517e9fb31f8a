"""TAO's scoring of items of QTI 2.1, run by node: its response processing of the browser, a package of npm that the
tests alone use. What of TAO is written here is the form in which its server hands an item to it."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import xml.etree.ElementTree as ET
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from browser import NODE_MODULES
from qti21_package import Q

SCRIPT = """
import fs from "node:fs";
import provider from "taoQtiItem/scoring/provider/qti";
const [item, sessions] = JSON.parse(fs.readFileSync(0, "utf8"));
console.log(JSON.stringify(sessions.map(session => {
  let scored = null;
  const errors = [];
  const scorer = {trigger: (event, error) => errors.push(String(error))};
  provider.process.call(scorer, session, structuredClone(item), outcomes => { scored = outcomes; });
  return [scored, errors];
})));
"""
EXPORTS = {"type": "module", "exports": {"./*": "./*.js"}}


@dataclass(frozen=True)
class Scored:
    """The score, and every other outcome by its name."""

    score: float
    outcomes: dict[str, Any]


def tao_scored(item: ET.Element, typed: Sequence[Mapping[str, str]], folder: Path) -> list[Scored]:
    """What TAO gives for each set of responses to an item; `folder` is one of its own."""
    modules = folder / "node_modules"
    if not modules.exists():
        shutil.copytree(
            NODE_MODULES / "@oat-sa" / "tao-item-runner-qti" / "src" / "scoring", modules / "taoQtiItem" / "scoring"
        )
        (modules / "taoQtiItem" / "package.json").write_text(json.dumps(EXPORTS))
        (modules / "lodash").symlink_to(NODE_MODULES / "lodash")
        (folder / "score.mjs").write_text(SCRIPT)
    kinds = {one.get("identifier", ""): one.get("baseType", "") for one in item.iterfind(f"{Q}responseDeclaration")}
    sessions = [{name: response(kind, one.get(name)) for name, kind in kinds.items()} for one in typed]
    done = subprocess.run(
        [Path(sys.prefix) / "bin" / "node", folder / "score.mjs"], input=json.dumps([as_tao(item), sessions]),
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-2000:]
    found = []
    for outcomes, errors in json.loads(done.stdout):
        assert not errors, errors
        values = {name: next(iter(one["base"].values())) for name, one in outcomes.items() if one.get("base")}
        found.append(Scored(values["SCORE"], {name: value for name, value in values.items() if name not in kinds}))
    return found


def response(kind: str, text: str | None) -> Any:
    """A response in the form of portable custom interactions."""
    return {"base": None if text is None else {kind: float(text) if kind == "float" else text}}


def as_tao(item: ET.Element) -> Any:
    """An item as TAO's server serializes it: an outcome without a default value has null."""
    return {
        "identifier": item.get("identifier"),
        "responses": {
            one.get("identifier", ""): {
                "attributes": dict(one.attrib), "correctResponses": [one.findtext(f"{Q}correctResponse/{Q}value")],
            }
            for one in item.iterfind(f"{Q}responseDeclaration")
        },
        "outcomes": {
            one.get("identifier", ""): {
                "attributes": dict(one.attrib), "defaultValue": one.findtext(f"{Q}defaultValue/{Q}value"),
            }
            for one in item.iterfind(f"{Q}outcomeDeclaration")
        },
        "responseProcessing": {"responseRules": [rule(one) for one in item.iterfind(f"{Q}responseProcessing/*")]},
    }  # fmt: skip


def rule(one: ET.Element) -> Any:
    tag = one.tag.removeprefix(Q)
    if tag == "setOutcomeValue":
        return {"qtiClass": tag, "attributes": dict(one.attrib), "expression": expression(one[0])}
    branches = [
        {
            "qtiClass": inner.tag.removeprefix(Q), "expression": expression(inner[0]),
            "responseRules": [rule(each) for each in inner[1:]],
        }
        for inner in one
    ]  # fmt: skip
    assert [inner["qtiClass"] for inner in branches] == ["responseIf"] + ["responseElseIf"] * (len(branches) - 1)
    return {"qtiClass": tag, "responseIf": branches[0], "responseElseIfs": branches[1:]}


def expression(one: ET.Element) -> Any:
    made: dict[str, Any] = {"qtiClass": one.tag.removeprefix(Q), "attributes": dict(one.attrib)}
    if made["qtiClass"] == "baseValue":
        return made | {"value": one.text}
    return made | {"expressions": [expression(inner) for inner in one]} if len(one) else made
