"""Files cut apart and put together: every page as it was, with what it needs and nothing else."""

from __future__ import annotations

from io import BytesIO
from itertools import pairwise, permutations
from pathlib import Path
from typing import Any

import pikepdf
import pytest
from pikepdf import Array, Dictionary, Name, Pdf, String

from keygen.builds.print_files import PrintFiles
from keygen.tex.pdf_pages import PdfPages, PdfWriter, file_of, plain

NASTY = "(9 0 R) \\ %b 100% )( 7 0 R \n 8 0 R"
SIZE = [0, 0, 100, 200]


def sample(count: int = 6, mark: str = "page") -> bytes:
    """A file of so many pages in a tree of two floors, with the size of a page said at its root. Page 0 has a link to
    the last page and a note of nasty words; two fonts, each on every other page."""
    pdf = Pdf.new()
    fonts = [pdf.make_indirect(Dictionary(Type=Name.Font, Subtype=Name.Type3, Mark=f"font {n}")) for n in range(2)]
    root = pdf.Root.Pages
    floors = [pdf.make_indirect(Dictionary(Type=Name.Pages, Parent=root, Kids=Array())) for _ in range(2)]
    pages = [
        pdf.make_indirect(
            Dictionary(
                Type=Name.Page,
                Parent=floors[2 * number // count],
                Contents=pdf.make_stream(f"{mark} {number}\nendobj\nstream\n3 0 R".encode()),
                Resources=Dictionary(Font=Dictionary(F=fonts[number % 2])),
            )
        )
        for number in range(count)
    ]
    for page in pages:
        page.Parent.Kids.append(page)
    for floor in floors:
        floor.Count = len(floor.Kids)
    root.Kids, root.Count, root.MediaBox = Array(floors), count, Array(SIZE)
    link = Dictionary(Type=Name.Annot, Subtype=Name.Link, Dest=Array([pages[-1], Name.Fit]), Contents=String(NASTY))
    pages[0].Annots = Array([pdf.make_indirect(link)])
    data = BytesIO()
    pdf.save(data, static_id=True)
    return data.getvalue()


def texts(data: bytes) -> list[bytes]:
    """What stands on each page of a file that is sound."""
    with pikepdf.open(BytesIO(data)) as pdf:
        assert pdf.check_pdf_syntax() == []
        assert [[float(side) for side in page.mediabox] for page in pdf.pages] == [SIZE] * len(pdf.pages)
        return [page.Contents.read_bytes().split(b"\n")[0] for page in pdf.pages]


def fonts(data: bytes) -> set[str]:
    """The fonts that a file holds, whether a page names them or not."""
    with pikepdf.open(BytesIO(data)) as pdf:
        return {
            str(pdf_object.Mark)
            for pdf_object in pdf.objects
            if isinstance(pdf_object, Dictionary) and "/Mark" in pdf_object
        }


def named(*numbers: int, mark: str = "page") -> list[bytes]:
    return [f"{mark} {number}".encode() for number in numbers]


@pytest.fixture
def pages() -> PdfPages:
    return PdfPages(plain(sample()))


def split(pages: PdfPages, starts: list[int]) -> list[bytes]:
    """The documents of a file, each begins after `starts` pages."""
    return [file_of([pages.part(*ends)]) for ends in pairwise([*starts, len(pages)])]


def test_documents_are_cut_where_they_begin(pages: PdfPages) -> None:
    assert [texts(part) for part in split(pages, [0, 1, 4])] == [named(0), named(1, 2, 3), named(4, 5)]


def test_a_document_has_the_fonts_of_its_own_pages(pages: PdfPages) -> None:
    assert [fonts(part) for part in split(pages, [0, 1, 2])] == [{"font 0"}, {"font 1"}, {"font 0", "font 1"}]


def test_a_link_to_anothers_page_brings_nothing_of_it_along(pages: PdfPages) -> None:
    first, _ = split(pages, [0, 1])
    with pikepdf.open(BytesIO(first)) as pdf:
        link: Any = pdf.pages[0].Annots[0]
        assert list(link.Dest) == [None, Name.Fit]
        streams = [pdf_object for pdf_object in pdf.objects if isinstance(pdf_object, pikepdf.Stream)]
    assert len(streams) == 1


def test_the_contents_are_cut_with_their_pages_and_name_the_file() -> None:
    with Pdf.open(BytesIO(sample())) as pdf:
        with pdf.open_outline() as outline:
            outline.root += [pikepdf.OutlineItem(title, page) for title, page in (("Лист", 0), ("(1)", 2), ("two", 3))]
        pdf.Root.Lang, pdf.docinfo["/Title"] = String("ru"), String("all")
        data = BytesIO()
        pdf.save(data, static_id=True)
    pages = PdfPages(plain(data.getvalue()))
    first, rest, bare = file_of([pages.part(0, 3)]), file_of([pages.part(2)]), file_of([pages.part(4)])
    assert [contents(file) for file in (first, rest, bare)] == [
        ("Лист", "ru", [("Лист", 0), ("(1)", 2)]), ("(1)", "ru", [("(1)", 0), ("two", 1)]), ("all", "ru", []),
    ]  # fmt: skip
    assert contents(file_of([pages.part(0, 3)], contents=False)) == ("Лист", "ru", [])
    again = file_of([PdfPages(file).part() for file in (first, rest)])
    assert contents(again) == ("Лист", "ru", [("Лист", 0), ("(1)", 2), ("(1)", 3), ("two", 4)])
    assert texts(again) == named(0, 1, 2, 2, 3, 4, 5)


def contents(data: bytes) -> tuple[str, str, list[tuple[str, int]]]:
    """A file's title, its language, and its table of contents with pages from 0."""
    with Pdf.open(BytesIO(data)) as pdf:
        pages = [page.objgen for page in pdf.pages]
        with pdf.open_outline() as outline:
            lines = [(line.title, pages.index(line.destination[0].objgen)) for line in outline.root]
        return str(pdf.docinfo["/Title"]), str(pdf.Root.Lang), lines


def test_words_that_look_like_references_stay_as_they_are(pages: PdfPages) -> None:
    first, _ = split(pages, [0, 3])
    with pikepdf.open(BytesIO(first)) as pdf:
        assert str(pdf.pages[0].Annots[0].Contents) == NASTY


def test_the_same_pages_give_the_same_bytes_and_others_another_identity() -> None:
    once, again = (split(PdfPages(plain(sample())), [0, 2, 4]) for _ in range(2))
    assert once == again
    assert len({part[part.index(b"/ID") :].split(b"]")[0] for part in once}) == 3


def test_a_document_is_the_same_whatever_else_was_in_the_file() -> None:
    few, many = PdfPages(plain(sample(4))), PdfPages(plain(sample(8)))
    assert file_of([few.part(1, 3)]) == file_of([many.part(1, 3)])


@pytest.mark.parametrize("order", list(permutations(range(3))))
def test_what_is_printed_stands_in_order_whatever_comes_first(order: tuple[int, ...], tmp_path: Path) -> None:
    batches = [PdfPages(plain(sample(2 + number, f"batch {number} page"))) for number in range(3)]
    with PrintFiles(tmp_path, 2) as printing:
        for number in order:
            printing.put(number, split(batches[number], [0, 1]))
        made = printing.done()
    assert list(made) == ["all.pdf", "all-solutions.pdf"]
    assert set(tmp_path.iterdir()) == set(made.values())
    problems, solutions = (path.read_bytes() for path in made.values())
    assert texts(problems) == [text for number in range(3) for text in named(0, mark=f"batch {number} page")]
    assert texts(solutions) == [
        text for number in range(3) for text in named(*range(1, 2 + number), mark=f"batch {number} page")
    ]


def test_a_batch_of_which_nobody_has_pages_holds_nobody_up(tmp_path: Path) -> None:
    whole = split(PdfPages(plain(sample())), [0])
    with PrintFiles(tmp_path, 1) as printing:
        for number in (2, 1, 0):
            printing.put(number, [] if number == 1 else whole)
        (printed,) = printing.done().values()
    assert texts(printed.read_bytes()) == named(*range(6), *range(6))


@pytest.mark.parametrize("order", [(0, 1, 2, 3), (3, 2, 1, 0), (2, 0, 3, 1)])
def test_what_is_printed_of_a_group_stands_in_a_file_of_its_own(order: tuple[int, ...], tmp_path: Path) -> None:
    whole = split(PdfPages(plain(sample())), [0])
    with PrintFiles(tmp_path, 1, ".en", ["B", "B", "none has pages", "A"]) as printing:
        for number in order:
            printing.put(number, [] if number == 2 else whole)
        made = printing.done()
    assert {name: texts(path.read_bytes()) for name, path in made.items()} == {
        "B/all.en.pdf": named(*range(6), *range(6)), "A/all.en.pdf": named(*range(6)),
    }  # fmt: skip


def test_a_file_of_many_parts_is_sound(pages: PdfPages) -> None:
    data = BytesIO()
    writer = PdfWriter(data.write)
    for _ in range(50):
        writer.add(pages.part(0, 6))
    writer.close()
    assert texts(data.getvalue()) == named(*range(6)) * 50
