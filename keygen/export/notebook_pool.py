"""A pool of notebooks: for each seed what nbgrader or Otter-Grader makes the students' notebook of, and a solved one.

sheet4-notebooks/nbgrader_config.py
sheet4-notebooks/source/sheet4-seed1/sheet4-seed1.ipynb      nbgrader: generate_assignment, autograde
sheet4-notebooks/otter/sheet4-seed1.ipynb                    Otter: assign, run, grade
sheet4-notebooks/solutions/sheet4-seed1.ipynb                the same with the answers and the worked solutions
sheet4-notebooks/map.json                                    which answer stands where
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from keygen import __version__
from keygen.builds.request import SheetRequest
from keygen.builds.sheet import asked_items, bound, solved
from keygen.course.secret import name_of_key
from keygen.document.template import words
from keygen.errors import KeygenError
from keygen.export.answer_map import MAP_SCHEMA, ExportMap, MapExercise, MapVariant
from keygen.export.making import asked_of, question_of, without_boxes
from keygen.export.moodle_pool import record_of
from keygen.export.notebook import AnswerCells, NotebookCell, NotebookQuestion, PrintedCell
from keygen.export.pool import LeftOut, PoolReport, PoolRequest, made, require_all, together, words_of
from keygen.system.files import write_whole
from keygen.writers.markdown import marked

CONFIG = """c = get_config()
c.CourseDirectory.course_id = {course!r}
c.ClearSolutions.code_stub = {{"python": {stub!r}}}
"""


@dataclass(frozen=True, slots=True)
class NotebookVariant:
    """The notebooks of one seed by the paths of their files, its part of the map, and what is left out."""

    seed: int
    code: str
    files: tuple[tuple[str, bytes], ...]
    records: tuple[MapExercise, ...]
    left: tuple[LeftOut, ...]


def to_notebooks(
    request: PoolRequest, out: Path, advance: Callable[[int], None], note: Callable[[str], None]
) -> PoolReport:
    """Write the notebooks of a pool into a folder of its own. Raises KeygenError as `made` does, without nbformat,
    where no answer is left to ask for, and, if that was asked for, where any is left out: then nothing is written."""
    if find_spec("nbformat") is None:
        raise KeygenError("--to notebook needs nbformat", repair="pip install 'keygen-sheets[notebook]'")
    done = made(request, otter_variant if request.tests == "otter" else nbgrader_variant, advance, note)
    first = request.orders[0]
    left = together(one for variant in done for one in variant.left)
    if request.strict:
        require_all(first, "a notebook", left)
    if not any(box for variant in done for record in variant.records for box in record.boxes):
        raise KeygenError(
            f"a notebook carries no answer of the sheet {first.sheet.name!r}", found="; ".join(map(str, left)),
            repair="give it on paper, or as pages: keygen export --to html",
        )  # fmt: skip
    folder = out / f"{first.sheet.name}{first.sheet.mark(first.language.code)}-notebooks"
    if request.tests != "otter":
        stub = f"# {words_of(first, 'notebook')['stub']}"
        write_whole(folder / "nbgrader_config.py", CONFIG.format(course=first.sheet.name, stub=stub).encode())
    for variant in done:
        for path, data in variant.files:
            write_whole(folder / path, data)
    write_whole(folder / "map.json", map_of(first, done).encoded())
    return PoolReport((folder,), left, first.key)


def map_of(first: SheetRequest, done: Sequence[NotebookVariant]) -> ExportMap:
    """The map of what was written."""
    variants = [MapVariant(one.seed, one.code, list(one.records)) for one in done]
    sheet, language, key = first.sheet.name, first.language.code, name_of_key(first.key)
    return ExportMap(MAP_SCHEMA, __version__, sheet, language, "notebook", key, variants)


def nbgrader_variant(order: SheetRequest) -> NotebookVariant:
    """The notebooks of one seed for nbgrader."""
    return variant_of(order, otter=False)


def otter_variant(order: SheetRequest) -> NotebookVariant:
    """The notebooks of one seed for Otter-Grader."""
    return variant_of(order, otter=True)


def variant_of(order: SheetRequest, *, otter: bool) -> NotebookVariant:
    """The notebooks of one seed."""
    from keygen.export.notebook_tools import nbgrader_notebook, otter_notebook  # nbformat is optional, and slow

    head, cells, records, left = parts_of(order)
    say, name = words_of(order, "notebook"), stem(order)
    if otter:
        master = f"otter/{name}.ipynb", otter_notebook(head, name, cells)
    else:
        master = f"source/{name}/{name}.ipynb", nbgrader_notebook(head, name, cells, say, solved=False)
    solutions = f"solutions/{name}.ipynb", nbgrader_notebook(head, name, cells, say, solved=True)
    assert order.seed is not None
    return NotebookVariant(order.seed, order.code, (master, solutions), records, left)


def stem(order: SheetRequest) -> str:
    """What the notebooks of a seed are called; no dot is in it, which nbgrader might take for an ending."""
    return f"{order.sheet.name}-seed{order.seed}"


Parts = tuple[str, list[NotebookCell], tuple[MapExercise, ...], tuple[LeftOut, ...]]


def parts_of(order: SheetRequest) -> Parts:
    """The head of a seed's notebook, its cells, its part of the map, and what is left out; each exercise certified."""
    say, own, pages = words_of(order), words_of(order, "notebook"), words("words", order.language)
    cells: list[NotebookCell] = []
    records: list[MapExercise] = []
    left: list[LeftOut] = []
    for item in asked_items(order):
        found = solved(order, item)
        without = without_boxes(asked_of(found.sources, found, item), found)
        question = question_of(found, found.answers(), order, item, say)
        writer = NotebookQuestion(question, own, pages)
        cells += writer.cells()
        records.append(record_of(question))
        otherwise = tuple(f"a figure is too large, so told in words: {told}" for told in writer.writer.large)
        if without or otherwise:
            left.append(LeftOut(item.number, item.entry.id, without, whole=False, otherwise=otherwise))
    if printed := [one.name for one in cells if isinstance(one, AnswerCells)]:
        cells.append(PrintedCell(order.code, tuple(printed), own.get("printed", "")))
    title = f"# {marked(bound(order, ()).title)}\n\n{pages['variant']} {order.code}\n\n{own['how']}"
    return title, cells, tuple(records), tuple(left)
