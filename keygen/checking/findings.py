"""What a look over templates finds: a rule that is broken, where, by which words, and the repair."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from keygen.errors import KeygenError, short


@dataclass(frozen=True, slots=True)
class LintFinding:
    """A sentence of a template that breaks a rule: which words do, and the repair. A remark may stand as it is."""

    rule: str
    file: Path
    line: int
    sentence: str
    words: str
    repair: str
    remark: bool = False

    @property
    def message(self) -> str:
        """What is found, without its place."""
        rows = (("line", self.sentence), ("found", self.words), ("mend", self.repair))
        said = "\n".join(f"  {key + ':':<10}{short(text)}" for key, text in rows if text)
        return f"{'remark: ' if self.remark else ''}{self.rule}\n{said}"

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.message}"

    def error(self, exercise: str) -> KeygenError:
        """The finding as what is wrong with an exercise."""
        return KeygenError(
            self.rule, exercise=exercise, file=self.file, line=self.line, source=self.sentence or None,
            found=self.words or None, repair=self.repair or None,
        )  # fmt: skip
