"""The whole way from a sheet's name to files, a line a stage."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from threading import Event

from keygen.course.certify import certify_gradients
from keygen.course.languages import Language
from keygen.course.sheet import Entry, Sheet, place_of_pin, said
from keygen.course.solve import solve
from keygen.course.solved import Solved
from keygen.errors import KeygenError
from keygen.notation.numbers import Policy
from keygen.order import Order, file_stem
from keygen.page.differentials import rules_of
from keygen.page.document import Document, Problem
from keygen.page.pdf import Pdf, compile_tex
from keygen.page.people import told
from keygen.page.template import composed, sheet_page, words
from keygen.page.titles import plain_title
from keygen.writers.latex import problem


@dataclass(frozen=True, slots=True)
class Spot:
    """One exercise on one person's sheet: its number, and the how-manieth of its kind it is."""

    entry: Entry
    number: int
    nth: int


def policy_of(sheet: Sheet, language: Language) -> Policy:
    """How the sheet writes numbers in a language."""
    return Policy(sheet.separator(language), decimals=sheet.decimals, significant=sheet.significant)


def spots(sheet: Sheet) -> Iterator[Spot]:
    """The exercises of a sheet in their order."""
    seen: Counter[str] = Counter()
    for number, entry in enumerate(sheet.exercise, start=1):
        seen[entry.id] += 1
        yield Spot(entry, number, seen[entry.id])


def solved(order: Order, spot: Spot) -> Solved:
    """One exercise with this person's numbers."""
    exercise, pin = order.course.exercise(spot.entry.id), spot.entry.pin
    try:
        return solve(exercise, order.sheet.name, order.who, key=order.key, pin=pin, nth=spot.nth)
    except KeygenError as error:
        raise error.within(**place_of_pin(order.sheet, exercise.id) if pin and error.file is None else {}) from error


def page_of(found: Solved, order: Order, spot: Spot) -> Problem:
    """One exercise on the page, its gradients checked before and each of its lines read back on the way."""
    certify_gradients(found)
    language = order.language
    policy = policy_of(order.sheet, language)
    return problem(found, spot.number, spot.entry.points, language, policy, told(order.student))


def document(order: Order) -> Document:
    """The sheet in one language, ready to be laid out with or without solutions."""
    return bound(order, [page_of(solved(order, spot), order, spot) for spot in spots(order.sheet)])


def bound(order: Order, problems: Sequence[Problem]) -> Document:
    """The problems of a sheet between its covers."""
    sheet, language = order.sheet, order.language
    title, course, date = (
        plain_title(said(getattr(sheet, key), language.code), key, sheet.file) for key in ("title", "course", "date")
    )
    return Document(
        title,
        course,
        date,
        language,
        order.code,
        tuple(problems),
        tuple(sheet.appendix),
        told(order.student),
    )


def sources(order: Order, *, solutions: bool) -> dict[str, str]:
    """The TeX of each file of the order, by its stem."""
    made = document(order)
    policy = policy_of(order.sheet, made.language)
    kinds = (False, True) if solutions else (False,)
    return {file_stem(order, solutions=kind): sheet_page((made,), policy, solutions=kind) for kind in kinds}


def html_pages(order: Order, *, solutions: bool) -> dict[str, str]:
    """The HTML of each file of the order, by its stem."""
    from keygen.writers import html  # needed for no other medium

    sheet, language = order.sheet, order.language
    problems = []
    for spot in spots(sheet):
        found = solved(order, spot)
        certify_gradients(found)
        problems.append(composed(found, spot.number, spot.entry.points, language, policy_of(sheet, language)))
    covers = bound(order, ())
    say = words("words", language)
    rules = rules_of(words("law_names", language)) if "differentials" in sheet.appendix else ()
    made = html.Sheet(covers, tuple(problems), tuple((rule.formula, rule.name) for rule in rules), say)
    style = order.course.asset("style.css").decode()
    kinds = (False, True) if solutions else (False,)
    return {file_stem(order, solutions=kind): html.page(made, style, solutions=kind) for kind in kinds}


def set_in_tex(texts: Mapping[str, str], engine: str, style: Mapping[str, bytes]) -> dict[str, Pdf]:
    """The PDF of each source, side by side: TeX is a process of its own. Whatever goes wrong here ends all of them."""
    halt = Event()
    with ThreadPoolExecutor() as pool:
        try:
            pages = pool.map(lambda text: compile_tex(text, style=style, engine=engine, halt=halt), texts.values())
            return dict(zip(texts, pages, strict=True))
        except BaseException:
            halt.set()
            raise
