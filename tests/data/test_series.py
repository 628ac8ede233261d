"""Sines against their recurrence and the closed form of their autocorrelation; a series is split in time."""

import math

import pytest
import torch

from sparring.data.opening import open_data
from sparring.data.series import named, parse, read, sines, windows
from sparring.kinds.columns import Number
from sparring.kinds.series import autocorrelation

TABLE = "day,rain,wind\n" + "".join(f"2012-{i},{i / 10:.1f},{(i * 7) % 11}\n" for i in range(100))


def test_a_sine_follows_from_the_two_steps_before():
    """x(t + 1) + x(t - 1) = 2 cos(w) x(t), with one w for each channel of a window."""
    x = sines(50, 30, 3).double()
    middle, sums = x[:, 1:-1], x[:, 2:] + x[:, :-2]
    twice = (middle * sums).sum(1) / middle.square().sum(1)
    torch.testing.assert_close(sums, twice[:, None] * middle, rtol=0, atol=1e-5)
    frequency = (twice / 2).clamp(-1, 1).acos() * 30 / (2 * math.pi)
    assert 1 < frequency.min() < 1.3
    assert 4.7 < frequency.max() < 5
    assert 0.1 < x.abs().amax(1).min() < x.abs().amax(1).max() < 0.9


def test_the_autocorrelation_of_sines():
    """The mean of cos(2 pi f k / T) for f uniform in 1 to 5."""
    turn = 2 * math.pi * torch.arange(1, 13, dtype=torch.float64) / 24
    expected = ((5 * turn).sin() - turn.sin()) / (4 * turn)
    found = autocorrelation(sines(20_000), 12)
    torch.testing.assert_close(found, expected[:, None].expand(12, 2), rtol=0, atol=0.03)


def test_named_sines():
    data = open_data("sines")
    assert data.x.shape == (10_000, 24, 2)
    assert torch.equal(data.x, sines())
    fresh = data.fresh()
    assert fresh.kind == data.kind
    assert not torch.equal(fresh.x, data.x)
    assert named("sines", 12).x.shape == (10_000, 12, 2)
    assert data.digest() != named("sines", 12).digest()


def test_windows_are_slices():
    steps = torch.arange(14.0).view(7, 2)
    found = windows(steps, 3)
    assert len(found) == 5
    for i, window in enumerate(found):
        assert torch.equal(window, steps[i : i + 3])


def test_the_end_is_held_out_and_the_scale_is_of_the_rest():
    data = parse("a.csv", TABLE.encode(), 8)
    assert data.kind.columns == (Number("rain", 0.0, 7.9, 1), Number("wind", 0.0, 10.0, 0))
    assert data.report.notes == ("columns without numbers are left out: day",)
    training, later = (data.kind.array(x) for x in (data.x, data.fresh().x))
    assert training.shape == (73, 8, 2)
    assert later.shape == (13, 8, 2)
    days = [{round(10 * value) for value in part[..., 0].flatten()} for part in (training, later)]
    assert days == [set(range(80)), set(range(80, 100))], "no day is in both"
    assert data.x.min() == -1
    assert data.x.max() == 1
    assert data.fresh().x.max() > 1


def test_the_digest_is_of_content_and_length(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text(TABLE)
    digests = {read(path, 8).digest(), read(path, 9).digest(), parse("a", TABLE[:-2].encode() + b"7\n", 8).digest()}
    assert len(digests) == 3
    assert read(path, 8).digest() == parse("a", TABLE.encode(), 8).digest()


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (TABLE[:300], "has 21 rows; expected 45 or more for windows of 8 steps"),
        (TABLE.replace("2012-50,5.0", "2012-50,"), "row 52 of the column 'rain' .* holds ''; expected a number"),
        (TABLE.replace("2012-50,5.0", "2012-50,x"), "row 52 of the column 'rain' .* holds 'x'; expected a number"),
        (TABLE.replace("rain", "wind"), "of different names"),
        ("a\n" + "x\n" * 99, "expected numbers in one or more"),
        ("a\n" + "1\n" * 99, "Leave out a column that never changes"),
    ],
)
def test_what_is_no_series_is_said_in_a_line(text, message):
    with pytest.raises(ValueError, match=message) as error:
        parse("a.csv", text.encode(), 8)
    assert "\n" not in str(error.value)


@pytest.mark.parametrize(("place", "error"), [("", ValueError), ("nothing.csv", FileNotFoundError)])
def test_where_there_is_no_file(tmp_path, place, error):
    with pytest.raises(error, match=r"folder|no file"):
        read(tmp_path / place)


def test_a_set_that_was_fetched(tmp_path, monkeypatch):
    monkeypatch.setenv("SPARRING_CACHE", str(tmp_path))
    folder = tmp_path / "sets" / "seattle-weather"
    folder.mkdir(parents=True)
    folder.joinpath("seattle-weather.csv").write_text("date,rain\n" + "".join(f"d{i},{i % 9}.5\n" for i in range(150)))
    data = open_data("seattle-weather")
    assert data.x.shape == (120 - 23, 24, 1)
    assert len(data.fresh()) == 30 - 23
