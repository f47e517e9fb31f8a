"""A pool of variants: which processes make them, and that they are told of in the order of their seeds."""

from __future__ import annotations

import os

from keygen.builds.request import SheetRequest
from keygen.export.pool import PoolRequest, made
from tests.courses import SHIPPED


def maker(order: SheetRequest) -> tuple[int | None, int]:
    return order.seed, os.getpid()


def test_the_first_variant_is_made_by_the_process_that_the_others_workers_are_forked_from() -> None:
    done: list[int] = []
    found = made(PoolRequest(SHIPPED, "sheet4", "moodle", (3, 1, 2)), maker, done.append, print)
    seeds, (first, *others) = zip(*found, strict=True)
    assert seeds == (3, 1, 2)
    assert first == os.getpid()
    assert os.getpid() not in others
    assert sum(done) == 3


def test_a_pool_of_one_variant_needs_no_other_process() -> None:
    assert made(PoolRequest(SHIPPED, "sheet4", "moodle", (5,)), maker, print, print) == [(5, os.getpid())]
