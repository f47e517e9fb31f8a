"""One formula typed by a person, differentiated step by step: as text, as TeX, as a page on paper or in a browser."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from keygen.course.course import Course
from keygen.course.languages import Language
from keygen.document.covers import derivation
from keygen.document.template import words
from keygen.matrix.exercises import Worked
from keygen.matrix.parse import FormulaProblem, Parsed, parse
from keygen.matrix.readback import derivation_text
from keygen.matrix.shapes import written
from keygen.system.files import write_whole
from keygen.tex.pdf import compile_tex
from keygen.writers.latex import derivation_page


@dataclass(frozen=True, slots=True)
class DerivationRequest:
    """A formula in NumPy's style, its variable, what is said of its shapes, and the language of the answer (None: the
    course's default)."""

    course: Course
    formula: str
    wrt: str
    shapes: str = ""
    lang: str | None = None

    @property
    def language(self) -> Language:
        """The language of the answer."""
        return self.course.language(self.lang or self.course.languages[0])

    def parsed(self) -> Parsed:
        """The formula read. Raises KeygenError with the place in it that is wrong."""
        return parse(self.formula, self.shapes, self.wrt)


def worked(parsed: Parsed) -> Worked:
    """The formula worked out, every line checked."""
    assert parsed.wrt is not None
    return Worked(FormulaProblem(parsed.expression, parsed.wrt, parsed.symbols, {}))


def assumed(task: DerivationRequest) -> str:
    """The shapes that nobody gave, in words; "" if all were given."""
    parsed = task.parsed()
    shapes = [f"{name}: {written(shape)}" for name, shape in parsed.assumed.items() if name in parsed.symbols]
    return f"{words('words', task.language)['assumed']} {', '.join(shapes)}" if shapes else ""


def as_text(task: DerivationRequest) -> str:
    """The derivation for a terminal, the laws' names at the right."""
    return derivation_text(worked(task.parsed()).derivation, words("law_names", task.language))


def as_html(task: DerivationRequest) -> str:
    """The derivation for a browser."""
    from keygen.writers.html_page import derivation_page as page  # needed for no other medium

    blocks, typesetter = derivation(worked(task.parsed()), task.language)
    return page(blocks, typesetter, task.formula, task.course.asset("style.css").decode())


def written_files(task: DerivationRequest, out: Path, form: str) -> list[Path]:
    """The derivation as a file of `out`: "text", "tex", "pdf" or "html". The file that was asked for comes first."""
    match form:
        case "text":
            files = {"derivation.txt": (as_text(task) + "\n").encode()}
        case "html":
            files = {"derivation.html": as_html(task).encode()}
        case _:
            page, style = derivation_page(worked(task.parsed()), task.language), task.course.style_files()
            files = (
                {"derivation.tex": page.encode(), **style}
                if form == "tex"
                else {"derivation.pdf": compile_tex(page, style=style, engine="pdflatex").data}
            )
    for name, data in files.items():
        write_whole(out / name, data)
    return [out / name for name in files]
