"""The comparison of costs: parts that are kept, and not played again."""

import json

import pytest

import discover

costs = discover.script(discover.RECORDS.parent / "costs.py")


@pytest.fixture
def bench(tmp_path, monkeypatch):
    """Two rounds of small networks, one seed, two pairs of rates."""
    monkeypatch.setattr(costs, "HERE", tmp_path / "kept")
    monkeypatch.setattr(costs, "RUNS", tmp_path / "runs")
    monkeypatch.setattr(costs, "rounds", lambda name, minutes: 2)
    monkeypatch.setattr(costs, "score", lambda path: [])
    monkeypatch.setattr(costs, "SEEDS", (1,))
    monkeypatch.setattr(costs, "PAIRS", costs.PAIRS[:2])
    whole = costs.config
    monkeypatch.setattr(costs, "config", lambda name, **v: whole(name, **{"threads": 1, "width": 2, "batch": 4} | v))
    return costs


def test_every_cost_names_a_recipe_that_can_be_told_rates():
    for name in costs.NAMES:
        assert costs.config(name, **costs.rated(name, (1e-3, 2e-3))).discriminator_rate == 2e-3


def test_what_is_finished_is_kept(bench, monkeypatch):
    bench.search("lsgan")
    found = json.loads((bench.HERE / "lsgan.rates.json").read_text())
    assert list(found) == ["0.0001 0.0001", "0.0001 0.0004"]
    assert all(value > 0 for value in found.values())
    bench.play("lsgan")
    kept = sorted(bench.HERE.glob("lsgan.*.1.json"))
    assert [file.name for file in kept] == ["lsgan.best.1.json", "lsgan.published.1.json"]
    configs = [json.loads(file.read_text())["config"] for file in kept]
    assert (configs[1]["generator_rate"], configs[1]["falling"]) == (1e-3, False)
    assert (configs[0]["generator_rate"], configs[0]["falling"]) == (1e-4, True)
    monkeypatch.setattr(bench, "played", lambda *_, **__: pytest.fail("played again"))
    bench.search("lsgan")
    bench.play("lsgan")


def test_the_best_pair_has_the_smallest_distance_of_those_that_ended(bench):
    bench.keep("wgan.rates.json", {"0.001 0.001": None, "0.002 0.001": 0.3, "0.0005 0.0005": 0.2})
    assert bench.best("wgan") == (5e-4, 5e-4)
