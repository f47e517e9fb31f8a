"""What a student can read out of a file: its own pages, and of others, of the answers, nothing."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import pikepdf
import pytest
from scratch_course import Course, built

from keygen.tex.eexec import EEXEC, SPACES, decrypted, encrypted, homeward
from keygen.tex.pdf import compile_tex
from keygen.tex.pdf_pages import PdfPages, file_of, plain
from keygen.tex.subsets import Documents
from tests.courses import SHIPPED

NAMES = (
    "Анна Иванова",
    "Żółć Łódź",
    "Ann Lee",
    "Әсем Құнанбайұлы",
    "Jürgen Weiß",
    "Quincy ½ № 7",
    "Ŧħĸ Ðøðæ",
    "Ёжиков Щ.",
)
OF_FIRST = ("s0.pdf", "s0-solutions.pdf")


def enrolled(course: Course, count: int) -> list[str]:
    """A roster of so many, whose names have other letters than the sheet; their ids."""
    ids = [f"s{number}" for number in range(count)]
    rows = "".join(f"{id},{NAMES[number % len(NAMES)]}\n" for number, id in enumerate(ids))
    course.file("students.csv").write_text(f"id,name\n{rows}", encoding="utf-8")
    return ids


def made(out: str, *words: str) -> dict[str, bytes]:
    """The PDFs of a roster build by their names."""
    built("mine", "--roster", "students.csv", "--jobs", "1", "--out", out, *words)
    return {path.name: path.read_bytes() for path in sorted(Path(out, "mine").glob("*.pdf"))}


# --- a file, read with pikepdf and, where that ends, as the definition of Type 1 has it


def deciphered(cipher: bytes) -> bytes:
    """The encrypted part of a font, a byte at a time."""
    key, plain = 55665, bytearray()
    for byte in cipher:
        plain.append(byte ^ key >> 8)
        key = ((byte + key) * 52845 + 22719) % 65536
    return bytes(plain)


def shown(pdf: pikepdf.Pdf) -> dict[Any, tuple[Any, set[int]]]:
    """The fonts of a file's pages by their object numbers, each with the codes that are shown in it."""
    codes: dict[Any, tuple[Any, set[int]]] = {}
    for page in pdf.pages:
        font = None
        for operands, operator in pikepdf.parse_content_stream(page):
            if str(operator) == "Tf":
                font = page.Resources.Font[operands[0]]
                codes.setdefault(font.objgen, (font, set()))
            elif str(operator) in ("Tj", "TJ"):
                assert font is not None
                parts = operands[0] if str(operator) == "TJ" else operands
                strings = [bytes(part) for part in parts if isinstance(part, pikepdf.String)]
                codes[font.objgen][1].update(b"".join(strings))
        assert {font.objgen for font in page.Resources.Font.values()} <= codes.keys()
    return codes


def slots(font: Any) -> Iterator[tuple[int, str]]:
    """The encoding that stands in a font or in its program."""
    code = 0
    for one in font.Encoding.Differences if "/Encoding" in font else ():
        if isinstance(one, pikepdf.Name):
            yield code, str(one)
            code += 1
        else:
            code = int(one)
    if "/Encoding" not in font:
        clear = font.FontDescriptor.FontFile.read_bytes()[: int(font.FontDescriptor.FontFile.Length1)]
        for found in re.finditer(rb"^dup (\d+) */(\S+) put", clear, re.M):
            yield int(found[1]), "/" + found[2].decode()


def reached(pdf: pikepdf.Pdf) -> set[Any]:
    """The objects that one comes to from the root of a file, and from what it says about itself."""
    seen: set[Any] = set()
    left: list[Any] = [pdf.Root, *([pdf.trailer.Info] if "/Info" in pdf.trailer else [])]
    while left:
        one = left.pop()
        if getattr(one, "is_indirect", False):
            if one.objgen in seen:
                continue
            seen.add(one.objgen)
        if isinstance(one, pikepdf.Dictionary | pikepdf.Stream):
            left += [one[key] for key in one.keys()]  # noqa: SIM118
        elif isinstance(one, pikepdf.Array):
            left += list(one)
    return seen


def tells_nothing(path: Path) -> None:
    """A file holds its pages, what draws them, its title and contents, and nothing beside: no glyph, no object."""
    with pikepdf.open(path) as pdf:
        glyphs: dict[Any, set[str]] = defaultdict(set)
        for font, codes in shown(pdf).values():
            encoding = dict(slots(font))
            if "/Encoding" in font:
                assert encoding.keys() == codes
            assert (int(font.FirstChar), int(font.LastChar)) == (min(codes), max(codes))
            widths = dict(enumerate(font.Widths, start=min(codes)))
            assert widths.keys() == set(range(min(codes), max(codes) + 1))
            assert {code for code, width in widths.items() if width} <= codes
            glyphs[font.FontDescriptor.objgen].update(encoding[code] for code in codes)
        for number, names in glyphs.items():
            descriptor: Any = pdf.get_object(number)
            program = descriptor.FontFile.read_bytes()
            private = deciphered(program[int(descriptor.FontFile.Length1) :])
            table = private[private.index(b"/CharStrings") :]
            strings = {name.decode() for name in re.findall(rb"(?:^|\s)(/[\w.]+) \d+ (?:-\||RD) ", table)}
            assert strings == names | {"/.notdef"}
            assert int(re.search(rb"/CharStrings\s+(\d+)", private)[1]) == len(strings)  # type: ignore[index]
            assert str(descriptor.CharSet) == "".join(sorted(names))
        assert {number for number, _ in reached(pdf)} == set(range(1, len(pdf.objects) + 1))
        assert set(pdf.Root.keys()) <= {"/Type", "/Pages", "/Lang", "/Outlines"}
        assert set(pdf.trailer.keys()) == {"/Root", "/Size", "/ID", "/Info"}
        assert set(pdf.trailer.Info.keys()) == {"/Title"}


# --- rosters


@pytest.mark.parametrize("count", [1, 3, 30])
def test_a_file_has_the_glyphs_of_its_own_pages_and_nothing_else(course: Course, count: int) -> None:
    enrolled(course, count)
    files = made("with", "--solutions")
    assert len(files) == 2 * (count + 1)
    for name in files:
        tells_nothing(Path("with", "mine", name))


@pytest.mark.parametrize("count", [1, 3, 30])
def test_problems_are_the_same_bytes_with_solutions_and_without(course: Course, count: int) -> None:
    enrolled(course, count)
    both, alone = made("with", "--solutions"), made("without")
    assert {name: data for name, data in both.items() if "solutions" not in name} == alone


def test_the_size_that_a_font_came_up_in_does_not_show(course: Course) -> None:
    """pdfTeX rounds a font's widths at the size in which it is used first."""
    head = "\\documentclass[11pt]{article}\\usepackage[en]{style}\n\\begin{document}\\pagestyle{empty}"
    pages = r"$\Gamma x$\clearpage{\tiny$\Gamma x$\par}\clearpage"
    others = (
        "",
        r"{\tiny$\Gamma x\leq\Omega$ \kglatin{Žß}\par}\clearpage ",
        r"{\Huge$\Gamma_{\Gamma_\Gamma}$\par}\clearpage ",
    )
    files = []
    for other in others:
        whole = compile_tex(f"{head}{other}{pages}\\end{{document}}", style=SHIPPED.style_files())
        documents = Documents(PdfPages(plain(whole.data)))
        files.append(file_of([documents.part(whole.pages - 2, whole.pages)]))
    assert files[0] == files[1] == files[2]


def test_a_students_files_are_the_same_bytes_whoever_else_is_on_the_roster(course: Course) -> None:
    runs = []
    for count in (1, 3, 30):
        ids = enrolled(course, count)
        runs.append(made(f"{count}", "--solutions"))
    for fewer, more in pairwise(runs):
        assert {name: more[name] for name in fewer if "all" not in name} == {
            name: data for name, data in fewer.items() if "all" not in name
        }
    for id in (ids[1], ids[-1]):
        built("mine", "--roster", "students.csv", "--student", id, "--solutions", "--out", "one")
        for name in (f"{id}.pdf", f"{id}-solutions.pdf"):
            assert Path("one", "mine", name).read_bytes() == runs[-1][name]


def test_seeds_tell_nothing_of_each_other(course: Course) -> None:
    built("mine", "--variants", "3", "--solutions", "--out", "out")
    for path in Path("out").rglob("*.pdf"):
        tells_nothing(path)


def test_where_fonts_cannot_be_cut_down_each_file_has_a_run_of_its_own(course: Course) -> None:
    template = course.file("exercises", "my", "one", "en.tex")
    drawn = r"\setbox0\hbox{Xyz}\immediate\pdfxform0 \pdfrefxform\pdflastxform "
    template.write_text(template.read_text().replace("Find", rf"\begin{{kgtex}}{{words}}{drawn}\end{{kgtex}}Find"))
    enrolled(course, 1)
    alone = made("1", "--solutions")
    course.tex_runs()
    enrolled(course, 3)
    together = made("3", "--solutions")
    assert course.tex_runs() == 1 + 3 * 2
    assert [together[name] for name in OF_FIRST] == [alone[name] for name in OF_FIRST]
    with pikepdf.open(Path("3", "mine", "all.pdf")) as everybody, pikepdf.open(Path("3", "mine", "s0.pdf")) as first:
        assert len(everybody.pages) == 3 * len(first.pages)


def test_one_sheets_problems_know_nothing_of_its_solutions(course: Course) -> None:
    built("mine", "--out", "without")
    built("mine", "--solutions", "--out", "with")
    assert Path("with", "mine.pdf").read_bytes() == Path("without", "mine.pdf").read_bytes()


# --- the cipher


def test_what_was_encrypted_is_deciphered() -> None:
    text = bytes(range(256)) * 20
    assert decrypted(encrypted(text, EEXEC), EEXEC) == text == deciphered(encrypted(text, EEXEC))
    assert decrypted(b"", EEXEC) == b""


def test_texts_that_lead_home_can_be_put_together_in_any_order() -> None:
    texts = [b"<one>", b"</two 3 RD \x00\xff ND>", b"<>", bytes(range(33, 256))]
    start = homeward(b"<start>", EEXEC)
    for order in (texts, texts[::-1]):
        plain = decrypted(b"".join([start, *map(homeward, order)]), EEXEC)
        spaces = b"[" + SPACES + b"]*"
        assert re.fullmatch(b"<start>" + spaces + b"".join(re.escape(text) + spaces for text in order), plain, re.S)
