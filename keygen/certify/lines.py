"""What a page can claim of one solved exercise: lines, cells, labels, and conditions by which words are chosen."""

from __future__ import annotations

from collections.abc import Iterator

from keygen.calculus.claims import Claim, Condition, Said, prove
from keygen.figures.labels import said_in
from keygen.mathematics.readback import Proofs
from keygen.mathematics.terms import Chain
from keygen.variants.solved import Solved


def said_by(solved: Solved) -> Iterator[Said]:
    """Everything that a page of this exercise can claim: lines, cells, labels, answers."""
    yield from (solved.chain(name) for name in solved.trace.named)
    yield from said_in(solved.shown)
    for answers in solved.conclusions.values():
        yield from (line for lines in answers.values() for line in lines if isinstance(line, Chain))


def lines(solved: Solved) -> Iterator[Chain]:
    """Every chain that a page of this exercise can show, in whole or the end of it: lines, cells, labels."""
    for said in said_by(solved):
        if isinstance(said, Chain | Claim):
            yield said if isinstance(said, Chain) else said.chain


def certify_lines(solved: Solved, proofs: Proofs) -> None:
    """Read back every line, cell and label that a page of this exercise can show, and every condition that its words
    can be chosen by. Raises KeygenError for the first that is false."""
    for said in said_by(solved):
        prove(said, proofs)
    for condition in solved.conditions.values():
        for chain in condition.because:
            proofs.require(chain)


def decided(solved: Solved, proofs: Proofs) -> int:
    """How many conditions have been read back; an exercise whose words ask for none has none worked out."""
    found: dict[str, Condition] = vars(solved).get("conditions", {})
    return sum(all(id(chain) in proofs.kept for chain in condition.because) for condition in found.values())
