"""An exercise: a folder with `exercise.py` (data, computation, answers) and a template for each language.

What an `exercise.py` may define:

    axes         {name: length or choice(...)}           the lengths that shapes speak of
    given        {name: distribution}                    the data; choices may change the computation's structure
    unknown      {name: axes} or a function of the choices: inputs that stay symbols
    computation  def computation(t)                      the whole work, recorded once a structure
    problems     {part: distribution of formulas}        instead of a computation: matrix derivatives, worked in `show`
    answers      {part: {answer: source}} or a function of the solved exercise
    told         {name: source} or a function of the solved exercise: what a second program needs beyond `given`,
                 or a better form of one of its names; None for a name that this structure leaves unused
    show         def show(s) -> {name: object}           what the page needs beyond the lines of the trace
    conditions   def conditions(s) -> {name: s.whether(relation(...), ...)}   what a template chooses its words by:
                 `%% if holds.<name>`; the relations are checked as lines are
    worthwhile   def worthwhile(v) -> {condition: bool}  which variants are worth a student's time; or it yields pairs
                 (condition, bool), the cheap ones first: what comes after the first False is not worked out
    arranged     def arranged(v) -> {name: data}: other numbers for a draw that `worthwhile` refuses, which is asked
                 again of them; so few are drawn in vain, and a draw that it accepts stays as it is
    pinnable     def pinnable(v): yields (names, bool, what is expected): what data must keep that a sheet pins, a name
                 or several; the computation has not been carried out
    band         {measure: (least, most)}                how much work a variant may be; see `course.band`
    signs        {name: TeX} or a function of the choices
    slips        [slip(part, name), ...]                 the common slips that the key names, where they tell; without
                 this word one or two of the most typical, with [] none
"""

from __future__ import annotations

import builtins
import linecache
import re
import sys
import traceback
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import lru_cache, partial
from itertools import zip_longest
from keyword import kwlist
from pathlib import Path
from types import MappingProxyType, ModuleType
from typing import TYPE_CHECKING, Any

from keygen.course.band import Band
from keygen.course.contents import contents
from keygen.course.dimensions import shape_of
from keygen.course.draw import Choice, Distribution, Grid, Permutation, Rejected
from keygen.course.names import named
from keygen.course.search_path import SearchPath
from keygen.course.wellformed import check_words
from keygen.engine.primitives import Shape
from keygen.engine.real import Undecided
from keygen.engine.record import Recorder, listen, steps_of
from keygen.engine.slips import ChosenSlip
from keygen.engine.trace import Step, Trace
from keygen.errors import KeygenError, line_where, nearest, one_of
from keygen.system.text import decoded, require_file

if TYPE_CHECKING:
    from keygen.matrix.exercises import Form

WORDS = (
    "axes", "given", "unknown", "computation", "problems", "answers", "told", "show", "conditions",
    "worthwhile", "meant", "arranged", "pinnable", "band", "signs", "slips",
)  # fmt: skip


LOADED = 512  # exercises that a process keeps
RECORDINGS = 8  # pairs that are compared to find the line at which a computation changes
AGAIN = "to be recorded again"
FEW = 4  # structures of an exercise whose computation is recorded twice in a build
STRUCTURES = 64  # whose traces an exercise keeps; a computation graph is another one in every variant


@dataclass(frozen=True)
class Exercise:
    """A loaded exercise, whose words may also be in `nearer` folders than its own.

    Traces are kept by structure: the same lengths and choices give the same trace.
    """

    id: str
    folder: Path
    axes: Mapping[str, int | Choice]
    given: Mapping[str, Distribution]
    unknown: Mapping[str, str] | Callable[[Mapping[str, Any]], Mapping[str, str]]
    computation: Callable[[Recorder], None]
    answers: Mapping[str, Any] | Callable[[Any], Mapping[str, Any]]
    problems: Mapping[str, Form] = field(default_factory=dict)
    told: Mapping[str, Any] | Callable[[Any], Mapping[str, Any]] = field(default_factory=dict)
    show: Callable[[Any], Mapping[str, Any]] | None = None
    conditions: Callable[[Any], Mapping[str, Any]] | None = None
    worthwhile: Callable[[Any], Mapping[str, bool] | Iterable[tuple[str, bool]]] | None = None
    meant: Mapping[str, Sequence[str]] = field(default_factory=dict)
    arranged: Callable[[Any], Mapping[str, Any]] | None = None
    pinnable: Callable[[Any], Iterable[tuple[str, bool, str]]] | None = None
    band: Band = field(default_factory=dict)
    signs: Mapping[str, str] | Callable[[Mapping[str, Any]], Mapping[str, str]] = field(default_factory=dict)
    slips: Sequence[ChosenSlip] | None = None
    nearer: tuple[Path, ...] = ()
    traces: dict[str, Trace] = field(default_factory=dict, repr=False)
    repeated: Counter[str] = field(default_factory=Counter, repr=False)

    @property
    def file(self) -> Path:
        """The file that defines it."""
        return self.folder / "exercise.py"

    def template(self, language: str) -> Path:
        """The words in one language: the nearest, or where they should be."""
        name = f"{named('a language', language)[0]}.tex"
        return next((path for folder in self.nearer if (path := folder / name).exists()), self.folder / name)

    def trace(self, lengths: Mapping[str, int], choices: Mapping[str, Any]) -> Trace:
        """The recorded computation for one structure."""
        key = repr((sorted(lengths.items()), sorted(choices.items())))
        if key not in self.traces:
            with self.author_errors():
                shapes = {name: shape_of(axes, lengths) for name, axes in self.inputs(lengths, choices).items()}
                recorder = self.recorded(shapes, {**lengths, **choices})
                if len(self.traces) == STRUCTURES:
                    del self.traces[next(iter(self.traces))]
                self.traces[key] = recorder.trace()
                self.traces[key].readings[AGAIN] = shapes, steps_of(recorder)
        return self.traces[key]

    def require_repeatable(self, trace: Trace, choices: Mapping[str, Any], *, always: bool = False) -> None:
        """Record a trace's computation once more, once a process; KeygenError if it is another computation then.

        Of an exercise with many structures the first few are recorded again, or with `always` every one that is asked
        for (as in `keygen check`).
        """
        if AGAIN in trace.readings and (always or self.repeated["structures"] < FEW):
            shapes, steps = trace.readings[AGAIN]
            with self.author_errors():
                if steps_of(self.recorded(shapes, choices)) != steps:
                    raise self.changeable(shapes, choices)
            del trace.readings[AGAIN]
            self.repeated["structures"] += 1

    def recorded(
        self, shapes: Mapping[str, Shape], choices: Mapping[str, Any], lines: list[int] | None = None
    ) -> Recorder:
        """The computation on the names of a structure; with `lines`, the author's line behind each step goes there."""
        recorder = Recorder(shapes, choices)
        if lines is not None:
            listen(recorder, lambda: lines.append(running_line(self.file)))
        self.computation(recorder)
        return recorder

    def changeable(self, shapes: Mapping[str, Shape], choices: Mapping[str, Any]) -> KeygenError:
        """Two recordings of one structure differ: at which line, if they do so again."""
        for _ in range(RECORDINGS):
            lines: list[int] = []
            first, second = (steps_of(self.recorded(shapes, choices, noted)) for noted in ([], lines))
            pairs = zip_longest(first, second)
            place = next((place for place, (one, other) in enumerate(pairs) if one != other), None)
            if place is not None:
                break
        where = {} if place is None else line_number(self.file, lines[min(place, len(lines) - 1)])
        return KeygenError(
            "the computation is another one each time that it is recorded", exercise=self.id,
            **(where or {"file": self.file}),
            expected="the same steps for the same lengths and choices",
            found=None if place is None else " and then ".join(step_at(steps, place) for steps in (first, second)),
            repair="draw numbers in `given`, and what the structure depends on by `choice`: the seed decides them; "
            "neither random numbers nor the time, nor what a former run left behind, may enter `computation`",
        )  # fmt: skip

    def inputs(self, lengths: Mapping[str, int], choices: Mapping[str, Any]) -> dict[str, str]:
        """The trace's inputs and the axes of each: the numbers of `given`, then the symbols of `unknown`."""
        numbers = {name: d.axes for name, d in self.given.items() if isinstance(d, Grid)}
        return {**numbers, **resolved(self.unknown, {**lengths, **choices})}

    def shape(self, name: str, lengths: Mapping[str, int]) -> Shape:
        """The shape in which a parameter is drawn."""
        distribution = self.given[name]
        match distribution:
            case Grid():
                return shape_of(distribution.axes, lengths)
            case Permutation():
                return shape_of(distribution.axis, lengths)
            case Choice():
                return ()

    @contextmanager
    def author_errors(self) -> Iterator[None]:
        """Run the author's code: whatever it raises becomes a KeygenError at the author's file and line.

        But for a draw refused on the way, which is no error.
        """
        try:
            yield
        except Rejected:
            raise
        except KeygenError as error:
            raise error.within(exercise=self.id, **author_line(error, self.file)) from error
        except (KeyboardInterrupt, GeneratorExit):
            raise
        except BaseException as error:  # sys.exit() among them
            raise KeygenError(
                f"the exercise's code raised {type(error).__name__}: {error}",
                exercise=self.id,
                repair=remedy(error),
                redraw=isinstance(error, Undecided),  # by `worthwhile`, of numbers that others need not have
                **author_line(error, self.file),
            ) from error


RESERVED = re.compile(rf"(?<=\.)({'|'.join(kwlist)})\b")
"""A word of Python's in the place of a variable's name."""
AUTHOR = "keygen.author"
"""The words of exercises: a room above this one, there once an exercise has asked for it."""


def in_short(error: BaseException) -> str:
    """What Python says of an author's mistake, without the path of keygen's own files."""
    said = re.sub(r" \(\S*__init__\.py\)$", "", str(error))
    return f"{type(error).__name__}: {said}"


def remedy(error: BaseException) -> str | None:
    """Where a name that the author uses, and Python does not find, may come from."""
    offered: Sequence[str] = getattr(sys.modules.get(AUTHOR), "__all__", ())
    if isinstance(error, ImportError) and error.name == AUTHOR:
        missing = re.search(r"'(\w+)'", str(error))
        return nearest(missing[1], offered) if missing else None
    if isinstance(error, TabError | IndentationError):
        return "set lines in by four spaces each, never by tabs"
    if isinstance(error, SyntaxError) and (reserved := RESERVED.search(error.text or "")):
        return f"{reserved[1]} is a word of Python's own: write {reserved[1]}_, which is printed without the low line"
    if isinstance(error, ValueError) and "truth value of an array" in str(error):
        return (
            "numbers of a matrix are compared one by one: say (...).all() or (...).any(), or take an entry: v.z[0, 1]"
        )
    if not isinstance(error, NameError):
        return None
    if error.name in offered:
        return f"from {AUTHOR} import {error.name}"
    if error.name in ("np", "numpy", "math"):
        return "a computation takes exp, ln, sqrt, total ... from keygen.author, and @ for products of matrices"
    return "from fractions import Fraction" if error.name == "Fraction" else None


def step_at(steps: Sequence[Step], place: int) -> str:
    """A step in words."""
    return str(steps[place]) if place < len(steps) else "no step"


def running_line(file: Path) -> int:
    """The line of the author's file that is being run, 0 where none is."""
    frame = sys._getframe(1)
    while frame is not None and frame.f_code.co_filename != str(file):
        frame = frame.f_back  # type: ignore[assignment]  # None above the first
    return frame.f_lineno if frame is not None else 0


def line_number(file: Path, number: int) -> dict[str, Any]:
    """File, number and text of a line."""
    return {"file": file, "line": number, "source": linecache.getline(str(file), number)} if number else {}


def resolved(table: Any, choices: Mapping[str, Any]) -> Any:
    """A table of the exercise, called with the choices where the author made it a function of them."""
    return table(MappingProxyType(dict(choices))) if callable(table) else table


def author_line(error: BaseException, file: Path) -> dict[str, Any]:
    """File, line and the line itself: the innermost frame in the author's file, or for an error that arose from a
    table there the first line with the word that the message quotes, or with the step of that name.
    """
    lines = [frame.lineno for frame in traceback.extract_tb(error.__traceback__) if frame.filename == str(file)]
    if isinstance(error, SyntaxError) and error.filename == str(file):
        lines.append(error.lineno)
    if lines and lines[-1]:
        return {"file": file, "line": lines[-1], "source": linecache.getline(str(file), lines[-1])}
    quoted = re.search(r"'(\w+)(?: = [^']*)?'", error.what) if isinstance(error, KeygenError) else None
    return line_where(file, rf"""["']{quoted[1]}["']|\bt\.{quoted[1]} =""") if quoted else {"file": file}


def load_exercise(name: str, path: SearchPath) -> Exercise:
    """The exercise with this id. Raises KeygenError for an unknown id, a file that does not run, an unknown word."""
    folder = path.exercise_folder(name)
    require_file(folder / "exercise.py", "the exercise's file")
    source = contents(folder / "exercise.py")
    found = loaded(name, path.word_folders(name), source, path)
    keep_lines(found.file, source.decode("utf-8-sig"))  # it may be as it was before the last change, and is not run
    return found


def keep_lines(file: Path, text: str) -> None:
    """Errors quote the lines that were run, whatever is in the file by then."""
    linecache.cache[str(file)] = (len(text), None, text.splitlines(keepends=True), str(file))


@lru_cache(maxsize=LOADED)
def loaded(name: str, folders: tuple[Path, ...], source: bytes, path: SearchPath) -> Exercise:
    """The exercise of a folder, the last of these, whose file holds `source`, run once."""
    *nearer, folder = folders
    module = run_file(name, folder / "exercise.py", source, path)
    words = {word: getattr(module, word) for word in WORDS if hasattr(module, word)}
    if "problems" in words:
        words = {"computation": nothing, **words}
    for required in ("computation", "answers"):
        if required not in words:
            raise KeygenError(
                f"the exercise does not define {required!r}", exercise=name, file=folder / "exercise.py",
                expected=f"`{required}` at the top level",
            )  # fmt: skip
    strangers = [word for word in vars(module) if defined_here(module, word) and word.islower() and word not in WORDS]
    for word in strangers:
        if not callable(getattr(module, word)):
            raise KeygenError(
                f"unknown word {word!r} in the exercise",
                exercise=name,
                **line_where(folder / "exercise.py", rf"^{word}\b"),
                expected=one_of(WORDS, "`keygen help exercise` has them"),
                repair=nearest(word, WORDS),
            )
    check_words(name, folder / "exercise.py", words)
    return Exercise(name, folder, **{"axes": {}, "given": {}, "unknown": {}, **words}, nearer=tuple(nearer))


def nothing(t: Recorder) -> None:
    """The computation of an exercise about formulas alone."""


def defined_here(module: ModuleType, word: str) -> bool:
    """Whether a module-level name is the author's own: not private and not imported."""
    value = getattr(module, word)
    imported = isinstance(value, ModuleType) or getattr(value, "__module__", module.__name__) != module.__name__
    return not word.startswith("_") and not (imported and callable(value)) and not isinstance(value, ModuleType)


def run_file(name: str, file: Path, source: bytes, path: SearchPath) -> ModuleType:
    """The author's file, which holds `source`, as a module; errors name its line. No bytecode is read or written."""
    module = ModuleType(f"exercise:{name}")
    own = {**vars(builtins), "__import__": partial(imported, path)}
    module.__dict__.update(__file__=str(file), __builtins__=own)
    try:
        keep_lines(file, decoded(file, source, "the exercise's file"))
        exec(compile(source, str(file), "exec", dont_inherit=True), vars(module))
    except KeygenError as error:
        raise error.within(exercise=name, **author_line(error, file)) from error
    except KeyboardInterrupt:
        raise
    except BaseException as error:  # sys.exit() among them
        raise KeygenError(
            f"the exercise's file does not run: {in_short(error)}",
            exercise=name,
            repair=remedy(error),
            **author_line(error, file),
        ) from error
    return module


def imported(
    path: SearchPath,
    name: str,
    globals: Any = None,
    locals: Any = None,
    fromlist: Sequence[str] | None = (),
    level: int = 0,
) -> Any:
    """Python's own import. Raises KeygenError for a module of the course: no digest speaks of it, and Python might
    take it from old bytecode."""
    found = __import__(name, globals, locals, fromlist or (), level)
    for module in (name, *(f"{name}.{item}" for item in fromlist or ())):
        file = getattr(sys.modules.get(module), "__file__", None)
        if file is not None and path.is_of_course(Path(file)):
            raise KeygenError(
                f"an exercise may not import {module!r}, a module of the course", found=file,
                expected="all that an exercise needs in its own exercise.py, or in a package that is installed",
                repair="copy into exercise.py what it uses",
            )  # fmt: skip
    return found
