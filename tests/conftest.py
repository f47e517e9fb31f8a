"""Options of the whole suite."""

from __future__ import annotations

import pytest
from hypothesis import settings

settings.register_profile("keygen", deadline=None)  # a slow machine is not a wrong answer
settings.load_profile("keygen")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--accept", action="store_true", help="write the golden files instead of comparing with them")
    seeds = "seeds of each exercise that are solved and read back (three times as many in sheet4)"
    parser.addoption("--seeds", type=int, default=12, help=seeds)


@pytest.fixture
def accept(request: pytest.FixtureRequest) -> bool:
    return bool(request.config.getoption("--accept"))


@pytest.fixture
def seeds(request: pytest.FixtureRequest) -> range:
    return range(int(request.config.getoption("--seeds")))
