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
    monkeypatch.setattr(costs, "rounds", lambda name, minutes, paces="": 2)
    monkeypatch.setattr(costs, "score", lambda path: [])
    monkeypatch.setattr(costs, "SEEDS", (1,))
    monkeypatch.setattr(costs, "PAIRS", costs.PAIRS[:2])
    small = {"threads": 1, "width": 2, "batch": 4}
    monkeypatch.setattr(costs, "NAMES", {name: (recipe, small | told) for name, (recipe, told) in costs.NAMES.items()})
    monkeypatch.setattr(costs.devices, "autocast", costs.devices.autocast)  # it is put back after the test
    monkeypatch.setattr(costs.torch.backends.cudnn, "allow_tf32", costs.torch.backends.cudnn.allow_tf32)
    return costs


def test_every_cost_names_a_recipe_that_can_be_told_rates():
    for name in costs.NAMES:
        assert costs.config(name, **costs.rated(name, (1e-3, 2e-3))).discriminator_rate == 2e-3 * costs.SCALE.get(
            name, 1
        )


def test_what_is_finished_is_kept(bench):
    bench.run(bench.missing("search", ["lsgan"]), bench.found, "cpu", 1)
    found = json.loads((bench.HERE / "lsgan.rates.json").read_text())
    assert list(found) == ["0.0001 0.0001", "0.0001 0.0004"]
    assert all(value > 0 for value in found.values())
    assert len(bench.missing("play", ["lsgan"], ".1")) == 2
    bench.run(bench.missing("play", ["lsgan"]), bench.kept, "cpu", 1)
    kept = sorted(bench.HERE.glob("lsgan.*.1.json"))
    assert [file.name for file in kept] == ["lsgan.best.1.json", "lsgan.published.1.json"]
    best, published = (json.loads(file.read_text()) for file in kept)
    assert (published["config"]["generator_rate"], published["config"]["falling"]) == (1e-3, False)
    assert (best["config"]["generator_rate"], best["config"]["falling"]) == (1e-4, True)
    assert best["course"]["round"] == [1, 2]
    assert len(best["course"]["held out/kernel distance"]) == len(best["course"]["generator/loss"]) == 2
    assert not bench.missing("search", ["lsgan"])
    assert not bench.missing("play", ["lsgan"])


def test_a_run_that_goes_wrong_is_kept_as_such(bench):
    assert bench.rated("gan2014", bench.PAIRS[0]) == {"generator_rate": 5e-3, "discriminator_rate": 5e-3}
    part = bench.part("lsgan", "search.1e+30.1e+30", {"generator_rate": 1e30, "discriminator_rate": 1e30, "rounds": 9})
    content = part.play("cpu")
    assert "lsgan" in part.name
    assert "loss" in content["error"]
    bench.found(part, content)
    assert json.loads((bench.HERE / "lsgan.rates.json").read_text()) == {"1e+30 1e+30": None}


def test_the_share_of_weights_at_the_edge_is_that_of_clipping(bench):
    clipped = bench.part("wgan", "published.1", {"rounds": 4, "discriminator_rate": 1.0}, measured=False)
    assert clipped.play("cpu")["edge"] > 0.5
    free = bench.part("wgan-gp", "published.1", {"rounds": 2}, measured=False)
    assert free.play("cpu")["edge"] < 0.1


def test_the_best_pair_has_the_smallest_distance_of_those_that_ended(bench):
    bench.keep("wgan.rates.json", {"0.001 0.001": None, "0.002 0.001": 0.3, "0.0005 0.0005": 0.2})
    assert bench.best("wgan") == (5e-4, 5e-4)
