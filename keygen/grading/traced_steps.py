"""What the follow-through found of the answers of one exercise, for a page that shows its lines."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from keygen.grading.asked_columns import AskedColumn
from keygen.grading.verdicts import AnswerVerdict


@dataclass(frozen=True)
class TracedStep:
    """One answer, in the order of the trace.

    typed  each variable of the answer as it was typed
    given  where the answer follows rightly from wrong ones, the values that it was worked out from; else nothing
    """

    asked: AskedColumn
    verdict: AnswerVerdict
    typed: Mapping[str, Any]
    given: Mapping[str, Any]
