"""The links of a chain as a medium shows them, each behind its relation."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import pairwise

from keygen.engine.terms import Chain
from keygen.notation.medium import Medium, Written


def related(chain: Chain, medium: Medium, relations: Mapping[str, str]) -> list[tuple[str, Written]]:
    """The links of a chain, each with the sign before it ("" before the first); what would be written twice is once."""
    written = [medium.write(link) for link in chain.links]
    found = [("", written[0])]
    for place, (before, link) in enumerate(pairwise(written), start=1):
        relation = chain.relation(place)
        if link.text != found[-1][1].text or relation not in ("=", "<=>"):
            found.append((relations[between(before, link, relation)], link))
    return found


def between(before: Written, link: Written, relation: str) -> str:
    """The relation that is shown: = where both sides are exact, ~ where digits were dropped."""
    rounded = relation == "=" and not (link.exact and (before.exact or link.text == "0"))
    return "~" if rounded else relation
