"""The page: pieces of HTML, each under an id of its own, by which a page in a browser is renewed piece by piece."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256
from html import escape
from typing import NamedTuple

from keygen.builds.handout import handout_style
from keygen.builds.sheet import SheetItem, policy_of
from keygen.course.sheet_keys import said
from keygen.document.covers import conventions_box
from keygen.document.template import words
from keygen.document.titles import plain_title
from keygen.errors import KeygenError
from keygen.preview.variants import PreviewPlan, PreviewVariant
from keygen.preview.work import WorkRow, WorkTable, compared, row_of, together
from keygen.writers.html import HtmlWriter
from keygen.writers.html_page import framed

WORDS = "preview"
WORK = ' class="work"'


class Piece(NamedTuple):
    """An element that may be put in the place of its former self; equal digests are equal pieces."""

    html: str
    digest: str


Pieces = Mapping[str, Piece]
"""Elements by their ids."""


def piece(tag: str, id: str, inner: str, attributes: str = "") -> Piece:
    """An element with its digest, which a page in a browser is asked for."""
    digest = short_digest(attributes, inner)
    return Piece(f'<{tag} id="{id}" data-digest="{digest}"{attributes}>{inner}</{tag}>', digest)


def short_digest(*parts: str) -> str:
    """A digest that stands on the page."""
    return sha256("\0".join(parts).encode()).hexdigest()[:16]


def error_html(error: KeygenError, language: str = "") -> str:
    """What is wrong, where, and how to mend it: the message of the terminal, whose language is another than the page's
    if it is named."""
    rows = "".join(f"<dt>{escape(key)}</dt><dd><code>{escape(text)}</code></dd>" for key, text in error.rows)
    other = f' lang="{language}"' if language else ""
    return f'<div class="error"{other}><p><strong>{escape(error.what)}</strong></p><dl>{rows}</dl></div>'


@dataclass(frozen=True)
class PreviewWriter:
    """Writes what is planned, in the words of its language."""

    plan: PreviewPlan

    @cached_property
    def say(self) -> Mapping[str, str]:
        """The words of the page; where its language has none, those of the first that has."""
        own, course = self.plan.language, self.plan.course
        has = next((one for one in (own, *map(course.language, course.languages)) if one.has(f"{WORDS}.tex")), own)
        return {name: escape(text) for name, text in words(WORDS, has).items()}

    def name(self, seed: int | None) -> str:
        """A variant in words: "Seed 7"."""
        return self.say["published"] if seed is None else f"{self.say['seed']} {seed}"

    def short(self, seed: int | None) -> str:
        """A variant in a table."""
        return self.say["published_short"] if seed is None else str(seed)

    def error(self, error: KeygenError) -> str:
        """An error in the place of what there would be."""
        return error_html(error, self.say["messages"])

    # --- pieces

    def places(self) -> dict[str, Piece]:
        """Every piece in its order, as long as nothing is made."""
        found = {"whole": piece("div", "whole", "", WORK)} if len(self.plan.items) > 1 else {}
        for item in self.plan.items:
            id = f"e{item.number}"
            found |= {f"{id}-head": piece("div", f"{id}-head", ""), f"{id}-work": piece("div", f"{id}-work", "", WORK)}
            found |= dict(self.empty(item, order.seed) for order in self.plan.asked(item))
        return found

    def exercise(self, item: SheetItem, variants: Sequence[PreviewVariant]) -> dict[str, Piece]:
        """The pieces of an exercise. Where all variants have one error, it is told once."""
        place, failure = f"e{item.number}", common_failure(variants)
        work = self.work(compared(list(map(row_of, variants))), place) if failure is None else self.error(failure)
        return {
            f"{place}-head": self.head(item, variants),
            f"{place}-work": piece("div", f"{place}-work", work, WORK),
            **dict(self.card(item, one) if failure is None else self.empty(item, one.seed) for one in variants),
        }

    def head(self, item: SheetItem, variants: Sequence[PreviewVariant]) -> Piece:
        """The title of an exercise, and what is agreed on in it."""
        id, order = f"e{item.number}-head", self.plan.orders[0]
        plain = f"<h2>{item.number}. {escape(item.entry.id)}</h2>"
        title = next((one.heading for one in variants if one.heading), plain)
        names = (name for one in variants for name in one.conventions)
        box = conventions_box(names, order.language, policy_of(order.sheet, order.language))
        agreed = ""
        if box is not None:
            inner = HtmlWriter(box[1]).write(box[0])
            agreed = f'<details class="told"><summary>{self.say["conventions"]}</summary>{inner}</details>'
        whence = "" if self.plan.sheet.file is None else f"<p><code>{escape(item.entry.id)}</code></p>"
        return piece("div", id, f"{title}\n{whence}{agreed}")

    def empty(self, item: SheetItem, seed: int | None) -> tuple[str, Piece]:
        """The place of a variant that is not there, under its id."""
        id = card_id(item.number, seed)
        return id, piece("article", id, "", f' class="variant" data-seed="{seed_key(seed)}" hidden')

    def card(self, item: SheetItem, one: PreviewVariant) -> tuple[str, Piece]:
        """One variant, under its id: problem and folded solution."""
        id = card_id(item.number, one.seed)
        code = f" <small>{escape(one.code)}</small>" if one.code else ""
        body = f"<h3>{self.name(one.seed)}{code}</h3>\n{one.body if one.error is None else self.error(one.error)}"
        if one.after:
            body += folded(self.say["after"], one.after)
        if one.rejected:
            reasons = "".join(f"<li>{count} × {escape(why)}</li>" for why, count in one.rejected.items())
            body += folded(f"{self.say['reasons']} ({sum(one.rejected.values())})", f"<ul>{reasons}</ul>")
        return id, piece("article", id, body, f' class="variant" data-seed="{seed_key(one.seed)}"')

    def whole(self, made: Mapping[int, Sequence[PreviewVariant]]) -> dict[str, Piece]:
        """The table of the whole sheet, whose variants are made by the number of their exercise; none where there is
        one exercise."""
        if len(self.plan.items) < 2:
            return {}
        rows = {item.number: {one.seed: row_of(one) for one in made[item.number]} for item in self.plan.items}
        seeds = [order.seed for order in self.plan.orders]
        sums = [together(seed, {n: by_seed[seed] for n, by_seed in rows.items() if seed in by_seed}) for seed in seeds]
        inner = f"<h2>{self.say['whole']}</h2>{self.work(compared(sums), 'all')}"
        return {"whole": piece("div", "whole", inner, WORK)}

    # --- the table

    def work(self, table: WorkTable, place: str) -> str:
        """The table of work with what its columns mean; every head is a button that sorts."""
        heads = ["variant", *table.measures, "rejected", "distance"]
        names = [self.variant_word, *(self.say[name] for name in heads[1:])]
        cells = "".join(
            f'<th scope="col" aria-sort="{"none" if column else "ascending"}">'
            f'<button type="button" data-by="{column}">{name}</button></th>'
            for column, name in enumerate(names)
        )
        rows = "".join(self.row(row, place, number, table.measures) for number, row in enumerate(table.rows))
        told = "".join(f"<dt>{self.say[name]}</dt><dd>{self.say[f'told_{name}']}</dd>" for name in heads[1:])
        return (
            f'<p class="orders"><button type="button" data-by="{len(heads) - 1}" data-turn="descending">'
            f'{self.say["ugliest"]}</button> <button type="button" data-by="0" data-turn="ascending">'
            f"{self.say['by_seed']}</button></p>"
            f'<div class="table" tabindex="0"><table><thead><tr>{cells}</tr></thead><tbody>{rows}</tbody></table></div>'
            f'<details class="told"><summary>{self.say["columns"]}</summary><dl>{told}</dl></details>'
        )

    @cached_property
    def variant_word(self) -> str:
        """The head of the first column."""
        return escape(words("words", self.plan.language)["variant"])

    def row(self, row: WorkRow, place: str, number: int, measures: Sequence[str]) -> str:
        """One variant in a table."""
        target = "" if place == "all" else f' href="#{place}-{seed_key(row.seed)}"'
        name = f'<a{target} data-seed="{seed_key(row.seed)}">{self.short(row.seed)}</a>'
        if place == "all":
            name = f'<button type="button" class="to" data-seed="{seed_key(row.seed)}">{self.short(row.seed)}</button>'
        if row.twin is not None:
            name += f' <small class="twin">{self.say["same"]} {self.short(row.twin.seed)}</small>'
        mark = ' class="alike"' if row.twin is not None else ' class="failed"' if row.failed else ""
        head = f'<tr{mark} data-seed="{seed_key(row.seed)}"><th scope="row" data-value="{number}">{name}</th>'
        if row.work is None or row.distance is None:
            said = self.say["failed" if row.failed else "asked"]
            return f'{head}<td colspan="{len(measures) + 2}">{said}</td></tr>'
        values = row.work.by_name()
        cells = "".join(f'<td data-value="{values[name]}">{values[name]}</td>' for name in measures)
        again = "–" if row.rejected is None else str(row.rejected)
        return (
            f'{head}{cells}<td data-value="{row.rejected or 0}">{again}</td>'
            f'<td data-value="{row.distance:.6f}">{percent(row.distance)}</td></tr>'
        )

    # --- the page

    def digest(self, pieces: Pieces) -> str:
        """Equal for pages that differ in the inside of their pieces alone."""
        return short_digest(*pieces, self.title, *self.looks)

    @cached_property
    def title(self) -> str:
        """The sheet's title."""
        return plain_title(said(self.plan.sheet.title, self.plan.language), "title", self.plan.sheet.file)

    def layout(self, pieces: Pieces) -> str:
        """The pieces in their places."""
        sections = "\n".join(map("".join, self.sections(pieces)))
        seeds = listed([order.seed for order in self.plan.orders if order.seed is not None])
        top = f"<h1>{escape(self.title)}</h1>\n<p>{self.say['preview']} · {self.say['seeds']} {seeds}</p>"
        return f"<header>{top}</header>\n{pieces['whole'].html if 'whole' in pieces else ''}\n{sections}\n"

    def sections(self, pieces: Pieces) -> Iterator[tuple[str, ...]]:
        """Each exercise as a section: head, table, and the variants side by side."""
        strip = f'<div class="strip" role="group" aria-label="{self.say["variants"]}" tabindex="0">'
        for item in self.plan.items:
            id = f"e{item.number}"
            cards = "\n".join(pieces[card_id(item.number, order.seed)].html for order in self.plan.asked(item))
            around = f'<section class="exercise" id="{id}">', f"{strip}\n{cards}\n</div></section>"
            yield around[0], pieces[f"{id}-head"].html, pieces[f"{id}-work"].html, around[1]

    @cached_property
    def looks(self) -> tuple[str, str, str]:
        """What the page looks like, the script that sorts and the one that renews, as they are when first asked for."""
        asset = self.plan.course.asset
        style = asset("style.css").decode() + handout_style(self.plan.orders[0]) + asset("preview.css").decode()
        return style, asset("preview.js").decode(), asset("live.js").decode()

    def page(self, pieces: Pieces, live: str = "") -> str:
        """The whole file; a page that is renewed has an element `live`, and a script more."""
        style, sorting, renewing = self.looks
        main = f"{self.layout(pieces)}{live}<script>\n{sorting}{renewing if live else ''}</script>\n"
        return framed(f"{self.title}: {self.say['preview']}", self.plan.language.code, style, main)


def listed(seeds: Sequence[int]) -> str:
    """Seeds in few characters: 1–12, or one by one."""
    if len(seeds) > 2 and list(seeds) == list(range(seeds[0], seeds[-1] + 1)):
        return f"{seeds[0]}–{seeds[-1]}"
    return ", ".join(map(str, seeds))


def folded(summary: str, inner: str) -> str:
    """What opens on a click."""
    return f'\n<details class="solution"><summary>{summary}</summary>{inner}\n</details>'


def seed_key(seed: int | None) -> str:
    """A variant in an id."""
    return "published" if seed is None else str(seed)


def card_id(number: int, seed: int | None) -> str:
    """The id of a variant of the exercise of this number."""
    return f"e{number}-{seed_key(seed)}"


def percent(part: float) -> str:
    """By how many percent more: "+12 %"."""
    whole = round(100 * part)
    return f"{'+' if whole > 0 else '−' if whole < 0 else ''}{abs(whole)}\u00a0%"


def common_failure(variants: Sequence[PreviewVariant]) -> KeygenError | None:
    """The one error that all variants have, as it is without any of them; None where some have none, or others."""
    errors = [one.error for one in variants if one.error is not None]
    if not errors or len(errors) < len(variants):
        return None
    return errors[0] if len({(one.what, one.file, one.line) for one in errors}) == 1 else None
