"""A run: batches handed out, files written as they come back, and in the end what belongs to all."""

from __future__ import annotations

import signal
from collections.abc import Callable, Generator, Iterator, Sequence
from concurrent.futures import BrokenExecutor, Executor, as_completed
from contextlib import AbstractContextManager, closing, contextmanager
from dataclasses import dataclass, field, replace
from functools import cached_property
from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryDirectory
from types import FrameType

import msgspec

from keygen import inputs
from keygen.course.filenames import student_files
from keygen.course.keyfile import key_csv
from keygen.course.parcel import packed
from keygen.course.roster import Student
from keygen.course.secret import fingerprint
from keygen.course.sheet import Sheet, load_sheet
from keygen.course.source import Source
from keygen.errors import KeygenError
from keygen.files import write_whole
from keygen.page.split import joined, split
from keygen.runs import executors
from keygen.runs.batch import Batch, Made, Person, perform
from keygen.runs.manifest import SCHEMA, Entry, File, Manifest, Streams
from keygen.store import FOLDER, Store, digest

BATCH = 25  # students at most: a longer file of TeX wins little over it
LEAST = 8  # students for whom it pays to start more than one TeX
SHARES = 4  # a run is cut into this many batches, or twice, three times as many, whatever the number of cores
LIVES = 3  # how often a pool of workers may die


@dataclass(frozen=True, slots=True)
class Run:
    """What is to be made: whose sheets (students, or seeds), in which language, with solutions or not.

    Only a `whole` run writes what belongs to all: files for the printer, the key, the manifest.
    """

    sheet: str
    language: str
    solutions: bool
    key: str
    people: tuple[Student | int, ...]
    whole: bool = True

    @property
    def kinds(self) -> int:
        """How many files each has."""
        return 2 if self.solutions else 1


@dataclass(slots=True)
class Report:
    """What was written; who failed, and why; what else there is to say of whom; the manifest, if one was written."""

    paths: list[Path] = field(default_factory=list)
    failures: list[tuple[str, str]] = field(default_factory=list)
    notes: list[tuple[str, str]] = field(default_factory=list)
    manifest: Manifest | None = None


@dataclass(frozen=True)
class Hands:
    """Who does the work: processes here, or a cluster; and who is told: a line of progress, a number of people done."""

    jobs: int = 0  # 0: as many as there are cores
    cluster: str = ""
    note: Callable[[str], None] = lambda text: None
    advance: Callable[[int], None] = lambda count: None

    def open(self, batches: int) -> AbstractContextManager[Executor]:
        """The executor for so many batches."""
        if self.cluster:
            return executors.cluster(self.cluster)
        return executors.local(min(self.jobs or executors.cores(), max(batches, 1)))


def stem(person: Student | int) -> str:
    """What the names of a person's files begin with."""
    return f"seed{person}" if isinstance(person, int) else person.stem


def label(person: Student | int) -> str:
    """A person in words."""
    return f"seed {person}" if isinstance(person, int) else f"student {person.id}"


def shares(people: Sequence[Student | int]) -> Iterator[tuple[Student | int, ...]]:
    """The people in batches of nearly equal size, the same for the same roster on every machine."""
    count = len(people)
    wanted = 1 if count < LEAST else SHARES * -(-count // (SHARES * BATCH))
    for share in range(wanted):
        yield tuple(people[share * count // wanted : (share + 1) * count // wanted])


def perform_run(run: Run, out: Path, hands: Hands) -> Report:
    """Make everything that the run asks for, in `out`/<sheet>; what is there as it was made is not made again.

    A person's failure is told in the report and stops nobody else. Raises KeygenError for what fails everybody, and
    when the run is interrupted; finished work is kept in the store and not lost.
    """
    distinct_codes(run)
    return Work(run, out, hands).done()


class Work:
    """A run at work."""

    def __init__(self, run: Run, out: Path, hands: Hands) -> None:
        self.run, self.out, self.hands = run, out, hands
        self.folder = out / run.sheet
        self.store = Store(FOLDER)
        self.sheet: Sheet = load_sheet(run.sheet)
        self.batches = [
            Batch(run.sheet, run.language, run.solutions, run.key, share, inputs.code(), self.store.folder.absolute())
            for share in shares(run.people)
        ]
        self.entries: dict[int, list[Entry]] = {}
        self.report = Report()

    @cached_property
    def inputs(self) -> str:
        """The digest of all that the run depends on, besides the people."""
        return inputs.sheet_inputs(self.run.sheet, self.sheet)

    def done(self) -> Report:
        """All stages: nothing if nothing has changed; else the batches, and what belongs to all."""
        stamp = digest("run", self.inputs, repr(self.run), str(self.folder.absolute()))
        if (paths := self.untouched(stamp)) is not None:
            return Report(paths)
        with interruptible(self.progress), TemporaryDirectory(prefix="keygen-") as spool:
            with closing(self.batches_made()) as batches:
                for number, made in batches:
                    self.receive(number, made, Path(spool))
            self.finish(Path(spool))
        if not self.report.failures:
            self.store.put(stamp, msgspec.json.encode([(p.name, *shape_of(p)) for p in self.report.paths]))
        self.store.tidy()
        return self.report

    def untouched(self, stamp: str) -> list[Path] | None:
        """The files of the same run before, if nobody has touched them since."""
        known = self.store.get(stamp)
        if known is None:
            return None
        files = msgspec.json.decode(known, type=list[tuple[str, int, int]])
        paths = [self.folder / name for name, *_ in files]
        same = all(shape_of(path) == (size, time) for path, (_, size, time) in zip(paths, files, strict=True))
        return paths if same else None

    def batches_made(self) -> Generator[tuple[int, Made], None, None]:
        """Each batch with its number, as it comes: those from the store first."""
        wanted: dict[int, Batch] = {}
        keys = [digest("batch", self.inputs, repr(replace(batch, store=None))) for batch in self.batches]
        for number, key in enumerate(keys):
            kept = self.store.get(key)
            if kept is None:
                wanted[number] = self.batches[number]
            else:
                yield number, msgspec.msgpack.decode(kept, type=Made)
        for number, made in self.worked(wanted):
            if not any(person.failure for person in made.people):
                self.store.put(keys[number], msgspec.msgpack.encode(made))
            yield number, made

    def worked(self, wanted: dict[int, Batch]) -> Iterator[tuple[int, Made]]:
        """The batches worked out by the executor. A pool that dies (out of memory, say) is opened anew for the rest."""
        if self.hands.cluster:
            course = packed()
            wanted = {number: replace(batch, course=course, store=None) for number, batch in wanted.items()}
        for _ in range(LIVES):
            if not wanted:
                return
            try:
                with self.hands.open(len(wanted)) as executor:
                    futures = {executor.submit(perform, batch): number for number, batch in wanted.items()}
                    for future in as_completed(list(futures)):
                        number = futures.pop(future)
                        made = future.result()
                        del wanted[number]
                        yield number, made
            except BrokenExecutor:
                self.hands.note("a worker has died; its batch is done again")
        if wanted:
            raise KeygenError(
                "workers keep dying", found=self.progress(), expected="memory for each of them",
                repair="ask for fewer with --jobs; the same command goes on from here",
            )  # fmt: skip

    def progress(self) -> str:
        """How far the run has come."""
        return f"{sum(map(len, self.entries.values()))} of {len(self.run.people)} are done"

    def receive(self, number: int, made: Made, spool: Path) -> None:
        """Write the files of a batch's people."""
        people = self.batches[number].people
        found: list[dict[str, File]] = [{} for _ in people]
        done = [place for place, person in enumerate(made.people) if not person.failure]
        for kind, (data, starts) in enumerate(zip(made.files, made.starts, strict=True)):
            (spool / f"{kind}-{number}.pdf").write_bytes(data)
            for place, part in zip(done, split(data, starts), strict=True):
                name = student_files(stem(people[place]))[kind]
                write_whole(self.folder / name, part)
                found[place][name] = File(made.people[place].pages[kind], sha256(part).hexdigest())
        self.entries[number] = [
            entry_of(person, came, files) for person, came, files in zip(people, made.people, found, strict=True)
        ]
        self.hands.advance(len(people))
        for person, came in zip(people, made.people, strict=True):
            self.report.notes += [(label(person), note) for note in came.notes]

    def finish(self, spool: Path) -> None:
        """What belongs to all: the files for the printer, the key, the manifest."""
        entries = [entry for number in sorted(self.entries) for entry in self.entries[number]]
        good = [entry for entry in entries if not entry.failure]
        self.report.failures = [(entry.label, entry.failure) for entry in entries if entry.failure]
        self.report.paths = [self.folder / name for entry in good for name in entry.files]
        if self.run.whole:
            shared = {**self.printed(spool), **self.write("key.csv", key_csv(entry.key for entry in good))}
            self.report.manifest = self.manifest(entries, shared)
            shared |= self.write("manifest.json", self.report.manifest.encoded())
            self.report.paths += [self.folder / name for name in shared]

    def printed(self, spool: Path) -> dict[str, str]:
        """One file a kind with everybody's pages."""
        shared: dict[str, str] = {}
        for kind, name in enumerate(student_files("all")[: self.run.kinds]):
            parts = [part for number in sorted(self.entries) if (part := spool / f"{kind}-{number}.pdf").exists()]
            if parts:
                joined(parts, spool / name)
                shared |= self.write(name, (spool / name).read_bytes())
        return shared

    def manifest(self, entries: list[Entry], shared: dict[str, str]) -> Manifest:
        """The manifest of the run."""
        return Manifest(
            SCHEMA,
            self.run.sheet,
            self.run.language,
            self.run.solutions,
            dict(inputs.versions(self.sheet.engine)),
            inputs.course_files(self.run.sheet, (entry.id for entry in self.sheet.exercise)),
            Streams(self.run.key, fingerprint(self.run.key)),
            dict(shared),
            entries,
        )

    def write(self, name: str, data: bytes) -> dict[str, str]:
        """Write a file of the whole run; its name and SHA-256."""
        write_whole(self.folder / name, data)
        return {name: sha256(data).hexdigest()}


def entry_of(person: Student | int, came: Person, files: dict[str, File]) -> Entry:
    """A person's place in the manifest."""
    whole = Entry(came.code, files=files, exercises=came.exercises, failure=came.failure)
    if isinstance(person, int):
        return msgspec.structs.replace(whole, seed=person)
    return msgspec.structs.replace(whole, id=person.id, name=person.name, columns=dict(person.columns))


def distinct_codes(run: Run) -> None:
    """Raise where two people have one code: a page could not be told from another's."""
    seen: dict[str, Student | int] = {}
    for person in run.people:
        code = Source(run.sheet, person if isinstance(person, int) else person.id, run.key).code
        if code in seen:
            raise KeygenError(
                f"{label(seen[code])} and {label(person)} have the same code {code}",
                expected="a code of its own on every sheet", repair="change the id of one of them",
            )  # fmt: skip
        seen[code] = person


def shape_of(path: Path) -> tuple[int, int]:
    """Size and time of a file, by which it is known to be as it was; (-1, -1) where there is none."""
    try:
        stat = path.stat()
    except OSError:
        return -1, -1
    return stat.st_size, stat.st_mtime_ns


@contextmanager
def interruptible(progress: Callable[[], str]) -> Iterator[None]:
    """Ctrl-C, and a polite kill, end the workers and their TeX, and are told as what they are."""
    before = signal.signal(signal.SIGTERM, stop)
    try:
        yield
    except KeyboardInterrupt:
        raise KeygenError(
            "the build was stopped", found=progress(),
            repair="give the same command again: what is finished is not made again",
        ) from None  # fmt: skip
    finally:
        signal.signal(signal.SIGTERM, before)


def stop(number: int, frame: FrameType | None) -> None:
    """SIGTERM as a KeyboardInterrupt, so that folders are tidied on the way out."""
    raise KeyboardInterrupt
