"""The links of a chain as a medium shows them, each behind its relation."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import pairwise

from keygen.mathematics.line_digits import sharpened
from keygen.mathematics.printer import Fragment, Printer
from keygen.mathematics.terms import Chain


def related(chain: Chain, printer: Printer, relations: Mapping[str, str]) -> list[tuple[str, Fragment]]:
    """The links of a chain, each with the sign before it ("" before the first); what would be written twice is once."""
    chain = sharpened(chain, printer.policy)
    written = [printer.write(link) for link in chain.links]
    found = [("", written[0])]
    for place, (before, link) in enumerate(pairwise(written), start=1):
        relation = chain.relation(place)
        if link.text != found[-1][1].text or relation not in ("=", "<=>"):
            found.append((relations[between(before, link, relation)], link))
    return found


def between(before: Fragment, link: Fragment, relation: str) -> str:
    """The relation that is shown: = where both sides are exact, ~ where digits were dropped."""
    rounded = relation == "=" and not (link.exact and (before.exact or link.text == "0"))
    return "~" if rounded else relation
