"""What stands in chains, terms and in whatever an exercise prepared: names, values, objects of a kind."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from keygen.engine.polynomial import Polynomial
from keygen.mathematics.terms import Chain, Literal, Name, Term, leaves_of
from keygen.variants.solved import Solved


def distinct(chains: list[Chain]) -> list[Chain]:
    """Chains of one text that speak of different variables."""
    return list({tuple(sorted(leaf_names(chain))): chain for chain in chains}.values())


def leaf_names(chain: Chain) -> set[str]:
    """The variables that a chain names."""
    return {leaf.name for link in chain.links for leaf in leaves_of(link) if isinstance(leaf, Name)}


def names_in(chain: Chain, solved: Solved) -> list[str]:
    """The variables that a chain speaks of, those of its polynomials too."""
    found = leaf_names(chain)
    literals = (leaf for link in chain.links for leaf in leaves_of(link) if isinstance(leaf, Literal))
    if any(isinstance(literal.value, Polynomial) for literal in literals):
        found.update(variable.name for variable in solved.trace.inputs)
    return sorted(found)


COORDINATES = frozenset({"points", "xs"})  # of curves: places in a picture, hundreds of them


def found_in(shown: Any, kind: Any) -> Iterator[Any]:
    """The objects of a kind inside whatever an exercise prepared."""
    if isinstance(shown, kind):
        yield shown
    elif isinstance(shown, Mapping):
        for value in shown.values():
            yield from found_in(value, kind)
    elif isinstance(shown, list | tuple):
        for value in shown:
            yield from found_in(value, kind)
    elif not isinstance(shown, Term):  # what a term is made of stands in no place of its own
        for name in getattr(shown, "__struct_fields__", getattr(shown, "__dataclass_fields__", ())):
            if name not in COORDINATES:
                yield from found_in(getattr(shown, name), kind)


def flat(numbers: Any) -> Iterator[Any]:
    """The numbers in nested lists."""
    if isinstance(numbers, list | tuple):
        for item in numbers:
            yield from flat(item)
    else:
        yield numbers


def beside(numbers: Any, others: Any) -> Iterator[Any]:
    """What stands beside each number of nested lists in others, which may end early: None where nothing does."""
    if isinstance(numbers, list | tuple):
        for place, item in enumerate(numbers):
            yield from beside(item, None if others is None else others[place])
    else:
        yield others
