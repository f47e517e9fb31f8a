"""Numbers of a column stand under each other by their decimal mark."""

from keygen.checking.finished import cells
from keygen.document.decimals import FREE, aligned


def test_numbers_are_as_wide_before_and_behind_their_mark_as_the_widest() -> None:
    column = ["0.8", "1.28", "-10", "0.3162"]
    assert [row[0] for row in aligned([[cell] for cell in column])] == [
        r"\hphantom{-0}0.8\hphantom{000}", r"\hphantom{-0}1.28\hphantom{00}",
        r"-10\hphantom{.0000}", r"\hphantom{-0}0.3162",
    ]  # fmt: skip


def test_a_minus_behind_free_room_is_the_sign_of_its_number() -> None:
    assert aligned([["-4"], ["10"]]) == [[r"\hphantom{0}{-4}"], [r"\hphantom{-}10"]]
    assert cells(r"\hphantom{0}{-4}\hphantom{.0} & \frac{1}{2} & {x}") == [["-4", r"\frac{1}{2}", "{x}"]]


def test_a_comma_is_a_mark_and_a_power_of_ten_stands_behind_the_digits() -> None:
    one, two, three = (row[0] for row in aligned([[r"8{,}88 \cdot 10^{-16}"], ["0{,}5"], [r"1{,}2 \cdot 10^{4}"]]))
    assert one == r"8{,}88 \cdot 10^{-16}"
    assert two == r"0{,}5\hphantom{0{}\cdot 10^{-00}}"
    assert three == r"1{,}2 \cdot 10^{4}\hphantom{0{}^{-0}}"


def test_what_is_no_number_and_what_is_alike_stays_as_it_is() -> None:
    for column in (["x", "2x"], ["0.5", "0.7"], ["1", ""], [r"\frac{1}{2}", "3"]):
        assert [row[0] for row in aligned([[cell] for cell in column])] == column


def test_the_reader_of_finished_pages_sees_the_numbers_alone() -> None:
    rows = aligned([["a", "0.5", "-1"], ["b", "12", "2.25"]])
    body = r" \\ ".join(" & ".join(row) for row in rows)
    assert FREE.search(body)
    assert cells(body) == [["a", "0.5", "-1"], ["b", "12", "2.25"]]
