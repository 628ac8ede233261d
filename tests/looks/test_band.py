import json

import numpy as np
import pytest

from sparring.looks.band import SHARES, Band


def runs(count=5, rounds=1000, every=10):
    draw = np.random.default_rng(0)
    return [
        [{"round": n, "seconds": 1.0, "a/loss": n / rounds + draw.normal()} for n in range(every, rounds + 1, every)]
        for _ in range(count)
    ]


def test_nine_in_ten_values_are_inside():
    logs = runs(40)
    band = Band.of(logs, 1000)
    assert band.low.keys() == band.high.keys() == {"a/loss"}
    assert len(band.low["a/loss"]) == len(band.places()) == SHARES
    inside = [
        np.interp(line["round"], band.places(), band.low["a/loss"])
        <= line["a/loss"]
        <= np.interp(line["round"], band.places(), band.high["a/loss"])
        for log in logs
        for line in log
    ]
    assert np.mean(inside) == pytest.approx(0.9, abs=0.02)


def test_it_follows_the_values():
    low = Band.of(runs(), 1000).low["a/loss"]
    assert np.polyfit(range(SHARES), low, 1)[0] * SHARES == pytest.approx(1.0, abs=0.3)


def test_what_is_seldom_logged_has_a_band_everywhere():
    logs = [[{"round": n, "held out/x": n + i} for n in (300, 600, 900)] for i in range(3)]
    band = Band.of(logs, 1000)
    assert np.isfinite(band.low["held out/x"]).all()
    assert band.low["held out/x"][29] == pytest.approx(600.1)


def test_it_comes_back_from_json():
    band = Band.of(runs(2), 1000)
    again = Band.from_json(json.loads(json.dumps(band.json())))
    assert (again.rounds, again.runs) == (1000, 2)
    np.testing.assert_allclose(again.low["a/loss"], band.low["a/loss"], rtol=1e-3)


def test_one_run_has_no_spread():
    with pytest.raises(ValueError, match="got 1 runs; expected 2 or more"):
        Band.of(runs(1), 1000)
