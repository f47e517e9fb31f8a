"""A pool of variants: which processes make them, and that they are told of in the order of their seeds."""

from __future__ import annotations

import os

from keygen.builds.request import SheetRequest
from keygen.export.pool import PoolRequest, made
from tests.courses import SHIPPED


def maker(order: SheetRequest) -> tuple[int | None, int]:
    return order.seed, os.getpid()


def test_variants_are_made_by_other_processes_and_come_in_the_order_of_their_seeds() -> None:
    done: list[int] = []
    found = made(PoolRequest(SHIPPED, "sheet4", "moodle", (3, 1, 2)), maker, done.append, print)
    seeds, makers = zip(*found, strict=True)
    assert seeds == (3, 1, 2)
    assert os.getpid() not in makers
    assert sum(done) == 3


def test_a_pool_of_one_variant_needs_no_other_process() -> None:
    assert made(PoolRequest(SHIPPED, "sheet4", "moodle", (5,)), maker, print, print) == [(5, os.getpid())]
