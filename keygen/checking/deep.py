"""One variant checked from its finished pages: every relation read off the TeX, every number against the oracle.

What cannot be read, and what no oracle computes again, is counted and listed, so that nothing passes in silence.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from keygen.checking.finished_page import FinishedPage
from keygen.checking.reader import VariantReader
from keygen.course.languages import Language
from keygen.document.tex_parts import TexProblem
from keygen.errors import KeygenError
from keygen.mathematics.number_format import Policy
from keygen.mathematics.terms import Chain
from keygen.matrix.marks import MatrixObject
from keygen.variants.solved import Solved


@dataclass(frozen=True, slots=True)
class DeepFindings:
    """What was found: numbers compared with the oracle, by where they stand; false ones; what was not read, and what
    has no oracle, each with how often; how many sides of numbers give the rounded number behind them when their own
    digits are typed into a calculator (`Calculated`)."""

    lines: int = 0
    cells: int = 0
    labels: int = 0
    answers: int = 0
    relations: int = 0
    false: tuple[KeygenError, ...] = ()
    unread: Mapping[str, int] = field(default_factory=dict)
    unproven: Mapping[str, int] = field(default_factory=dict)
    calculated: Mapping[str, int] = field(default_factory=dict)

    @property
    def digits(self) -> int:
        """All numbers compared."""
        return self.lines + self.cells + self.labels + self.answers


def deep(
    solved: Solved,
    pages: Mapping[Language, tuple[TexProblem, Policy]],
    chains: Iterable[Chain],
    formulas: Mapping[str, MatrixObject] = MappingProxyType({}),
) -> DeepFindings:
    """Read the finished pages of a variant, language by language, its answers and its conditions. `formulas` are those
    of matrix differentials by their texts, with what they were written from."""
    reader = VariantReader(solved, tuple(chains), formulas)
    for language, (problem, policy) in pages.items():
        FinishedPage(reader, policy, language).read(problem)
    for _, policy in list(pages.values())[:1]:  # answers have one spelling in all languages
        reader.read_answers(policy)
    reader.read_conditions()
    count = reader.counts
    return DeepFindings(
        count["lines"], count["cells"], count["labels"], count["answers"], count["relations"], tuple(reader.false),
        dict(reader.unread), dict(reader.unproven), dict(reader.calculated),
    )  # fmt: skip
