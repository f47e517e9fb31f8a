"""Names of people, whatever they hold: set by a real TeX run, read back from the page."""

from __future__ import annotations

import random
import re
import unicodedata
from functools import cache
from pathlib import Path

import pytest
from jinja2 import Environment, StrictUndefined
from jinja2.sandbox import SandboxedEnvironment
from tex_runs import read, shared_cache

from keygen.course.roster import Student
from keygen.document.lookups import Lookup
from keygen.document.tex_text import printed, told
from keygen.tex.pdf import Pdf, compile_tex

STYLE = {"style.sty": (Path(__file__).parents[1] / "templates" / "style.sty").read_bytes()}
NASTY = (
    r"O'Neil & Söhne_50% #1 \input{x}",
    r"}\end{document} \csname ^^41 %",
    "Ἀθήνα 😀 张伟 👩‍💻",
    "Анна \"Ann\" Léa-Marie <a@b.org> ~/x|y [z] {w} --- `q` '' ,, !` ?`",
    "Лук’янов Ўладзімір Әсем Ђорђе Nguyễn Thị Ánh",
    "$\\write18{ls}$",
)


@pytest.fixture(scope="session")
def tex_cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return shared_cache(tmp_path_factory)


def page(rows: list[str], cache: Path, language: str = "ru") -> Pdf:
    """Each name as a line of its own, between marks by which it is found again."""
    body = "\n".join(rf"\par <{place}> {printed(row).tex} </{place}>" for place, row in enumerate(rows))
    head = f"\\documentclass[11pt]{{article}}\n\\usepackage[{language}]{{style}}\n\\begin{{document}}\n\\raggedright\n"
    return compile_tex(f"{head}{body}\n\\end{{document}}\n", style=STYLE, cache=cache)


def rows_of(pdf: Pdf, tmp_path: Path) -> list[str]:
    text = " ".join(read("pdftotext", pdf.data, tmp_path, "-raw", "-").split())
    return [row for _, row in re.findall(r"<(\d+)> (.*?) ?</\1>", text)]


@cache
def block(first: int, last: int) -> tuple[str, ...]:
    return tuple(chr(code) for code in range(first, last + 1) if unicodedata.category(chr(code))[0] in "LNPS")


# --- what TeX makes of it


@pytest.mark.parametrize("language", ["ru", "en"])
def test_the_letters_of_europe_are_set_without_a_flaw(tex_cache: Path, tmp_path: Path, language: str) -> None:
    rows = ["".join(block(*ends)) for ends in ((0x21, 0x7E), (0xA1, 0xFF), (0x100, 0x17F), (0x400, 0x4FF))]
    pdf = page([" ".join(row) for row in rows], tex_cache, language)
    assert pdf.warnings == ()
    assert all(" Type 1 " in row for row in read("pdffonts", pdf.data, tmp_path).splitlines()[2:])


def test_names_are_read_back_from_the_page_as_they_were_written(tex_cache: Path, tmp_path: Path) -> None:
    names = [
        r"O'Neil & Söhne_50% #1 \input{x}",
        'Анна "Ann" Lee-Ray <a@b.org> ~/x|y [z] {w}^$',
        "Żółć Łódź Őrség Çelik Ağaoğlu Þór Ångström Škoda Ñandú",
        "Юлія Ґалаґан, Лук’янчук; Ўладзіслаў; Әсем Құнанбайұлы; Ђорђе Љубишић",
        "Nguyễn «Ánh» „Lee“ – § 5 № 7, 10 €",
    ]
    pdf = page(names, tex_cache)
    assert pdf.warnings == ()
    back = [unicodedata.normalize("NFKC", row) for row in rows_of(pdf, tmp_path)]
    same_glyph = str.maketrans({"'": "’", "і": "i"})
    assert back == [unicodedata.normalize("NFKC", name).translate(same_glyph) for name in names]


def test_three_hundred_names_of_any_characters_compile_in_one_run(tex_cache: Path, tmp_path: Path) -> None:
    rng = random.Random(5)
    any_character = [chr(code) for code in range(0x30000) if unicodedata.category(chr(code)) not in ("Cn", "Co")]
    usual = "".join(map(chr, range(0x20, 0x250))) + "".join(map(chr, range(0x300, 0x530))) + "\\{}%#&$^_~-'`\"\n\r\t\0"
    names = ["".join(rng.choices(usual if place % 2 else any_character, k=rng.randint(1, 25))) for place in range(300)]
    pdf = page([*NASTY, *names], tex_cache)
    assert {warning.kind for warning in pdf.warnings} <= {"overfull"}  # a word of 25 strange letters cannot be broken
    assert len(rows_of(pdf, tmp_path)) >= 290  # a name may hold a mark itself, or boxes at its ends


# --- what it is made of


def test_no_command_or_special_character_of_a_name_reaches_tex() -> None:
    for name in NASTY:
        tex = re.sub(
            r"\\(kglatin|kgmissing|text[a-z]+)(?![a-z])|\\['`^~=.\"Hrvudckb](?=\{)|\\[{}$&#%_]", "", printed(name).tex
        )
        assert not re.search(r"[\\$&#%_^\"]", tex)


@pytest.mark.parametrize(
    ("name", "tex"),
    [
        ("Анна Мария", "Анна Мария"),
        ("Ann Lee", "Ann Lee"),
        ("Zoë Müller-Lee", r"\kglatin{Zoë} \kglatin{Müller}-Lee"),
        ("Zoe\u0308", r"\kglatin{Zoë}"),
        ("Бори\u0301с Чуйков", r"Бор\'{и}с Чуйков"),
        ("и\u0306", "й"),
        ("Thị Nguyễn", r"\kglatin{Th\d{i}} \kglatin{Nguy\~{ê}n}"),
        ("ӓ\u0304", r"\kgmissing{}"),
        ("100% {sure} #1", r"100\% \{sure\} \#1"),
        ("a--b ''c''", "a-{}-b '{}'c'{}'"),
        ("Oʻzbek Lukʼan", "O‘zbek Luk’an"),
        ("Ann\u00a0Lee", "Ann~Lee"),
        (" Ann\r\n \t Lee\u2028", "Ann Lee"),
        ("A\u200bn\u202en\u0007\ufeff", "Ann"),
        ("Ａｎｎ ﬁnn Ⅳ", "Ann finn IV"),
        ("", ""),
    ],
)
def test_a_name_becomes_this_tex(name: str, tex: str) -> None:
    assert printed(name).tex == tex


@pytest.mark.parametrize("column", ["items", "keys", "get", "pop", "update", "year of birth", "имя"])
@pytest.mark.parametrize("environment", [Environment, SandboxedEnvironment])
def test_a_column_of_any_name_is_a_students(column: str, environment: type[Environment]) -> None:
    student = told(Student("1", "Ann", {column: "a_b"}, 2))
    templates = [f"{{{{ student[{column!r}] }}}}", f"{{{{ student.{column} }}}}"][: 1 + column.isidentifier()]
    for template in templates:
        found = environment(undefined=StrictUndefined).from_string(template)
        assert found.render(student=student) == "a_b"
    assert set(student or ()) == {column, "id", "name"}


def test_a_variable_of_any_name_is_looked_up() -> None:
    assert [getattr(Lookup("line", str.upper), name) for name in ("find", "items")] == ["FIND", "ITEMS"]


@pytest.mark.parametrize(
    ("name", "lacking"),
    [
        ("Anna", ""),
        ("Ann 😀", "😀"),
        ("😀 张伟 😀", "😀张伟"),
        ("❤️", "❤"),
        ("שרה", "שרה"),
        ("q\u0302\u0302\u0302", "q\u0302\u0302\u0302"),
        ("ҔҔ Ơ", "ҔƠ"),
    ],
)
def test_what_the_fonts_lack_is_told_and_stands_as_a_box(name: str, lacking: str) -> None:
    found = printed(name)
    assert found.lacking == lacking
    assert (r"\kgmissing" in found.tex) == bool(lacking)


def test_of_the_blocks_of_europe_only_old_and_rare_letters_are_lacking() -> None:
    assert "".join(c for c in block(0xA1, 0x17F) if printed(c).lacking) == ""
    alphabets = (
        "АБВГҐДЂЃЕЁЄЖЗЅИІЇЙЈКЛЉМНЊОПРСТЋЌУЎФХЦЧЏШЩЪЫЬЭЮЯ"  # Slavic
        "ӘҒҚҢӨҰҮҺҖҘҠҪҲҶҸҜҮӀ"  # Kazakh, Tatar, Bashkir, Tajik, Azerbaijani, Chechen
        "ӐӖӲӴӸӒӦӜӞӤӰӢӮ"  # Chuvash, Mari, Udmurt
    )
    assert "".join(c for c in alphabets + alphabets.lower() if printed(c).lacking) == ""
