"""Threads that wait for each other leave the cores to others: what GNU OpenMP says of itself as torch loads it."""

import pytest

from blocked import sparring


@pytest.fixture
def spins(monkeypatch):
    """How often a waiting thread of `sparring` looks before it sleeps, as OpenMP says it, by what the user has set."""

    def said(**variables):
        for name in ("GOMP_SPINCOUNT", "OMP_WAIT_POLICY"):
            monkeypatch.delenv(name, raising=False)
        for name, value in {"OMP_DISPLAY_ENV": "verbose", **variables}.items():
            monkeypatch.setenv(name, value)
        lines = [line for line in sparring("doctor").stderr.splitlines() if "GOMP_SPINCOUNT" in line]
        if not lines:
            pytest.skip("torch has another OpenMP here")
        return int(lines[0].split("'")[1])

    return said


def test_waiting_threads_sleep_soon_but_not_at_once(spins):
    assert spins() == 10_000


@pytest.mark.parametrize(("variables", "count"), [({"GOMP_SPINCOUNT": "77"}, 77), ({"OMP_WAIT_POLICY": "PASSIVE"}, 0)])
def test_or_as_the_user_says(spins, variables, count):
    assert spins(**variables) == count
