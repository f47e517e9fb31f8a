"""A run at work: batches handed out, files written as they come back, and in the end what belongs to all."""

from __future__ import annotations

from collections.abc import Generator, Iterable, Iterator, Sequence
from concurrent.futures import Executor
from contextlib import AbstractContextManager, closing
from functools import cached_property
from hashlib import file_digest, sha256
from itertools import groupby
from pathlib import Path

import msgspec

from keygen.builds import executors
from keygen.builds.alike import alike
from keygen.builds.batch import Batch, BatchResult, Person, batch_of
from keygen.builds.batch_worker import perform
from keygen.builds.class_work import ClassTable, StudentWork, outsiders
from keygen.builds.cluster import cluster
from keygen.builds.fingerprints import Fingerprint
from keygen.builds.former import swept
from keygen.builds.key_csv import Row, key_csv
from keygen.builds.key_page import key_page
from keygen.builds.manifest import SCHEMA, Manifest, ManifestEntry, ManifestFile, Streams
from keygen.builds.print_files import PrintFiles
from keygen.builds.run import Renewed, Run, RunReport, Who, WorkerOptions, label, name_of, order_for
from keygen.builds.sheet import policy_of
from keygen.course.bundle import Bundle, packed
from keygen.course.filenames import KEY, key_page_file, manifest_file
from keygen.course.handout import size_of
from keygen.course.roster import Student
from keygen.course.secret import fingerprint
from keygen.document.kinds import PageKind
from keygen.mathematics.answers import of_json
from keygen.system.files import copy_whole, sweep, write_whole
from keygen.system.limits import NO_ROOM, refusal
from keygen.system.store import Store

BATCH = 25  # students at most: a longer file of TeX wins little over it
LEAST = 8  # students for whom it pays to start more than one TeX
SHARES = 4  # a run is cut into this many batches, or twice, three times as many, whatever the number of cores
NAMED = 10  # students who are named with a failure that they share


class Scheduler:
    """A run at work. `inputs` is the digest of all that it depends on besides the people: the basis, and TeX here.

    `before` is the manifest that its own replaces; `like` the one that a whole run is to come out like, or else nothing
    is written. Where something may keep a run from writing, its files wait elsewhere until all are there.
    """

    def __init__(
        self, run: Run, folder: Path, workers: WorkerOptions, store: Store, basis: Fingerprint, inputs: str,
        before: Manifest | None = None, like: Manifest | None = None,
    ) -> None:  # fmt: skip
        self.run, self.folder, self.workers, self.store = run, folder, workers, store
        self.basis, self.inputs, self.mark = basis, inputs, run.mark
        self.before, self.like = before, like if run.whole else None
        self.waiting = self.like is not None or run.replaced is not None
        self.batches = [self.batch(share) for share in alike_batches(run, shares(run.in_groups))]
        self.entries: dict[int, list[ManifestEntry]] = {}
        self.notes: dict[int, list[tuple[str, str]]] = {}
        self.remarks: dict[str, None] = {}
        self.works: dict[str, StudentWork] = {}
        self.report = RunReport()

    def batch(self, share: tuple[Who, ...]) -> Batch:
        """A share of the people as work, for a process here or for another machine."""
        if self.workers.cluster:
            return batch_of(self.run, share, self.basis, self.inputs, bundle=self.bundle)
        return batch_of(self.run, share, self.basis, self.inputs, self.store.folder.absolute())

    @cached_property
    def bundle(self) -> Bundle:
        """The course's own files, for machines that do not have them."""
        return packed(self.run.course)

    def done(self) -> RunReport:
        """All stages: the batches as they come, then what belongs to all."""
        for group in {"", *self.run.groups.values()}:
            sweep(self.folder / group)
        groups = [self.run.group(batch.people[0]) for batch in self.batches]
        try:
            with (
                executors.interruptible("build", self.progress),
                executors.scratch() as spool,
                PrintFiles(spool, len(self.run.kinds), self.mark, groups) as printing,
                closing(self.batches_made(spool)) as batches,
            ):
                place = spool / "made" if self.waiting else self.folder
                for number, made in batches:
                    self.receive(number, made, printing, place)
                self.finish(printing, spool)
        except OSError as error:
            raise refusal(error, "the run has no place to work in", f"{NO_ROOM}; then give the same command") from error
        return self.report

    def batches_made(self, spool: Path) -> Generator[tuple[int, BatchResult], None, None]:
        """Each batch with its number, as it comes: those from the store first. Through a pipe workers only say that
        their batch is in the store: so short a word comes whole, whenever its speaker dies."""

        def workers(pieces: int) -> AbstractContextManager[Executor]:
            if self.workers.cluster:
                return cluster(self.workers.cluster)
            return executors.local(self.workers.jobs, pieces, spool)

        found = executors.worked(
            perform, self.batches, workers,
            known=self.kept, note=self.workers.note, tick=lambda: self.workers.advance(0), progress=self.progress,
        )  # fmt: skip
        with closing(found):
            for number, made in found:
                if self.workers.cluster and not any(person.failure for person in made.people):
                    self.store.write(self.batches[number].place, made)
                yield number, made

    def kept(self, number: int) -> BatchResult | None:
        """What came of a batch, where the store has it."""
        return self.store.read(self.batches[number].place, BatchResult)

    def progress(self) -> str:
        """How far the run has come."""
        return f"{sum(map(len, self.entries.values()))} of {len(self.run.people)} are done"

    def receive(self, number: int, made: BatchResult, printing: PrintFiles, folder: Path) -> None:
        """Write the files of a batch's people into a folder."""
        people = self.batches[number].people
        found: list[dict[str, ManifestFile]] = [{} for _ in people]
        done = [place for place, person in enumerate(made.people) if not person.failure]
        whose = [(kind, place) for kind in range(len(self.run.kinds)) for place in done]
        for (kind, place), part in zip(whose, made.files, strict=True):
            name = f"{self.run.stems(people[place])[kind]}.pdf"
            write_whole(folder / name, part)
            found[place][name] = ManifestFile(made.people[place].pages[kind], sha256(part).hexdigest())
        printing.put(number, made.printed)
        self.entries[number] = [
            entry_of(person, came, files) for person, came, files in zip(people, made.people, found, strict=True)
        ]
        self.workers.advance(len(people))
        for person, came in zip(people, made.people, strict=True):
            if isinstance(person, Student):
                asked = order_for(self.run.course, self.run.sheet, self.run.language, self.run.key, person).asked
                works = dict(zip(asked, came.works, strict=False))  # none of whoever has no sheet
                self.works[person.id] = StudentWork(person.id, person.name, came.code, person.draw, works)
        self.remarks |= dict.fromkeys(made.remarks)
        self.notes[number] = [
            (label(person), note) for person, came in zip(people, made.people, strict=True) for note in came.notes
        ]

    def finish(self, printing: PrintFiles, spool: Path) -> None:
        """What belongs to all: the files for the printer, the keys, the manifest."""
        found = {entry.name_of_person: entry for each in self.entries.values() for entry in each}
        entries = [found[name_of(person)] for person in self.run.people]
        good = [entry for entry in entries if not entry.failure]
        self.report.failures = gathered(entries)
        self.report.sums = {name: file.sha256 for entry in good for name, file in entry.files.items()}
        self.report.notes = [(self.run.sheet.name, text) for text in sorted(self.remarks)]
        self.report.notes += [note for number in sorted(self.notes) for note in self.notes[number]]
        if self.run.whole:
            self.report.notes += alike(self.run.course, self.run.sheet, good)
            whose = (self.works[entry.id] for entry in good if entry.id in self.works)
            self.report.notes += outsiders(ClassTable(self.run.sheet.name, self.run.key, tuple(whose)))
        if self.lost(entries):
            self.report.sums = {}
            self.report.notes.append(
                (self.run.sheet.name, "nothing is written, and the student has the sheet as before")
            )
        elif self.run.whole and good:  # what is there of another run is better than nothing
            self.together(entries, good, printing, spool)
        self.report.paths = [self.folder / name for name in self.report.sums]

    def lost(self, entries: Sequence[ManifestEntry]) -> bool:
        """Whether a run that draws somebody anew costs a student the sheet."""
        had = {entry.name_of_person for entry in (self.before.students if self.before else ()) if not entry.failure}
        without = {entry.name_of_person for entry in entries if entry.failure}
        return self.run.replaced is not None and not without.isdisjoint({*had, self.run.replaced})

    def together(
        self, entries: list[ManifestEntry], good: list[ManifestEntry], printing: PrintFiles, spool: Path
    ) -> None:
        """The files of the whole run, each made where it may be begun and not ended; then to their places, the manifest
        last: as long as the one before is there, what it lists can be removed."""
        page, name = key_page_file(self.mark), manifest_file(self.mark)
        made = {**printing.done(), KEY: spool / KEY, page: spool / page}
        language = self.run.course.language(self.run.language)
        written(spool / KEY, [key_csv(map(row_of, good))])
        written(spool / page, [key_page(map(row_of, good), language, policy_of(self.run.sheet, language))])
        whole = self.manifest(entries, {file: sha256_of(path) for file, path in made.items()})
        made[name] = manifest = spool / name
        written(manifest, whole.encoded())
        if self.like is not None:
            self.report.different = self.like.unlike(whole)
            if self.report.different:
                self.report.sums = {}
                return
        if self.waiting:
            made = {file: spool / "made" / file for entry in good for file in entry.files} | made
        if self.run.replaced is not None and self.before is not None:
            new = [file for file in self.before.unlike(whole) if file in whole.files]
            pages = tuple(file for file in new if file not in whole.shared)
            self.report.renewed = Renewed(pages, tuple(file for file in new if file in whole.shared))
        for file, path in made.items():
            if path == manifest and self.before is not None:
                self.report.swept = swept(self.before, whole.files, self.folder)
            copy_whole(path, self.folder / file, private=file in (KEY, page, name))
        self.report.sums |= {**whole.shared, name: sha256_of(manifest)}

    def manifest(self, entries: list[ManifestEntry], shared: dict[str, str]) -> Manifest:
        """The manifest of the run."""
        return Manifest(
            SCHEMA,
            self.run.sheet.name,
            self.run.language,
            PageKind.SOLUTIONS in self.run.kinds,
            dict(self.basis.versions),
            dict(self.basis.course),
            Streams(self.run.key, fingerprint(self.run.key)),
            dict(shared),
            entries,
            dict(self.run.draws),
        )


def written(path: Path, pieces: Iterable[bytes]) -> None:
    """Write a file piece by piece."""
    with path.open("wb") as file:
        file.writelines(pieces)


def sha256_of(path: Path) -> str:
    """The SHA-256 of a file, in hex."""
    with path.open("rb") as file:
        return file_digest(file, "sha256").hexdigest()


def entry_of(person: Who, came: Person, files: dict[str, ManifestFile]) -> ManifestEntry:
    """A person's place in the manifest."""
    whole = ManifestEntry(
        came.code,
        files=files,
        exercises=msgspec.Raw(came.exercises) if came.exercises else msgspec.UNSET,
        certificates=came.certificates,
        failure=came.failure,
    )
    if isinstance(person, Student):
        return msgspec.structs.replace(whole, id=person.id, name=person.name, columns=dict(person.columns))
    return msgspec.structs.replace(whole, seed=person)


def gathered(entries: Sequence[ManifestEntry]) -> list[tuple[str, str]]:
    """Who failed and why; what many failed for is told once, of the first of them."""
    whose: dict[str, list[ManifestEntry]] = {}
    for entry in entries:
        if entry.failure:
            whose.setdefault(entry.failure, []).append(entry)
    return [(f"{first.label}{others(rest)}", failure) for failure, (first, *rest) in whose.items()]


def others(entries: Sequence[ManifestEntry]) -> str:
    """The ids or seeds of the others in brackets, not too many of them."""
    names = [str(entry.person) if isinstance(entry.person, int) else entry.id for entry in entries]
    more = f" and {len(names) - NAMED} more" if len(names) > NAMED else ""
    return f" (and {', '.join(names[:NAMED])}{more})" if names else ""


def row_of(entry: ManifestEntry) -> Row:
    """A row of the key: whose, the code, the answers."""
    parts = {
        str(worked.number): {
            part: {name: of_json(answer) for name, answer in answers.items()} for part, answers in worked.parts.items()
        }
        for worked in entry.worked
    }
    who = entry.person
    return who if isinstance(who, Student) else Student(f"seed{who}", "", {}, 0), entry.code, parts


def shares(people: Sequence[Who]) -> Iterator[tuple[Who, ...]]:
    """The people in batches of nearly equal size, the same for the same roster on every machine."""
    count = len(people)
    wanted = 1 if count < LEAST else SHARES * -(-count // (SHARES * BATCH))
    for share in range(wanted):
        yield tuple(people[share * count // wanted : (share + 1) * count // wanted])


def alike_batches(run: Run, batches: Iterable[tuple[Who, ...]]) -> Iterator[tuple[Who, ...]]:
    """The batches cut where the size of letters changes, for a run of TeX has one, and where the group does, for a
    group has a printer's file of its own."""

    def common(person: Who) -> tuple[int, str]:
        size = size_of(run.sheet.size, person.columns if isinstance(person, Student) else None)
        return size, run.group(person)

    for batch in batches:
        yield from (tuple(people) for _, people in groupby(batch, common))
