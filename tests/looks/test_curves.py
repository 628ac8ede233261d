import math
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sparring.looks.band import Band
from sparring.looks.curves import apart, curves, smooth

LOG = [{"round": n, "images": 64 * n, "seconds": n / 7, "a/loss": float(n % 5)} for n in range(1, 40)]


def pixels(image):
    return np.asarray(image).reshape(-1, 3)


def shown(image, colour):
    return bool((np.abs(pixels(image).astype(int) - colour).sum(axis=1) < 6).any())


def grey(image):
    """The share of the picture that is as grey as bands are."""
    return (np.abs(pixels(image).astype(int) - 222).max(axis=1) < 2).mean()


def test_an_empty_log_is_explained():
    for empty in ([], [{"round": 1, "seconds": 0.1}], {"a run": []}):
        with pytest.raises(ValueError, match="log is empty"):
            curves(empty)


def test_two_panels_are_side_by_side_and_three_in_two_rows():
    one, two, three = (curves([{**line, **{f"a/term {i}": 1.0 for i in range(n)}} for line in LOG]) for n in range(3))
    assert two.width == 2 * one.width
    assert two.height == one.height < three.height
    assert three.width == two.width
    assert curves([{**line, "a/more": 1.0} for line in LOG], columns=1).size == (
        one.width,
        curves(LOG, columns=1).height * 2 - 45,
    )


def test_players_have_their_colours():
    log = [{**line, "discriminator/loss": 1.0, "generator/loss": 2.0} for line in LOG]
    image = curves(log)
    assert shown(image, (0, 117, 90))
    assert shown(image, (138, 58, 134))


def test_real_and_generated_logits_share_a_plot():
    log = [{"round": n, "discriminator/real_logit": 1.0 * n, "discriminator/fake_logit": -1.0 * n} for n in range(40)]
    image = curves(log)
    assert image.width == curves(LOG).width, "one panel"
    assert shown(image, (179, 71, 0))
    assert shown(image, (0, 103, 165))


def test_several_runs_share_panels():
    other = [{"round": n, "seconds": n / 3, "b/value": 1.0} for n in range(1, 40)]
    both = curves({"$x$": LOG, "_y": other}, "seconds")
    assert both.width == 2 * curves(LOG).width
    assert both.tobytes() != curves({"$x$": LOG, "_y": other}, "round").tobytes()
    assert curves({"one": LOG}).tobytes() == curves(LOG).tobytes()
    image = curves({"p": LOG, "q": LOG[:20]})
    assert shown(image, (0, 114, 178))
    assert shown(image, (213, 94, 0))
    assert curves({str(i): LOG for i in range(12)}).width == curves(LOG).width


@pytest.mark.parametrize(
    "values", [[1.0], [1.0, math.nan, 2.0], [math.nan] * 3, [0.0] * 50, [1e-9, 1e9], [-1e30, 1e30], list(range(3000))]
)
def test_any_values_are_drawn(values):
    assert curves([{"round": i + 1, "images": i, "a/loss": float(v)} for i, v in enumerate(values)]).width > 300


def test_what_a_user_has_set_changes_nothing():
    from matplotlib import rc_context

    before = curves(LOG).tobytes()
    with rc_context({"font.size": 30, "axes.facecolor": "black", "lines.linewidth": 9}):
        assert curves(LOG).tobytes() == before


def test_intervals_belong_to_their_score():
    log = [{"round": n, "held out/x": 1.0, "held out/x/low": 0.5, "held out/x/high": 2.0} for n in range(9)]
    image = curves(log)
    assert image.width == curves(LOG).width, "no panels of their own"
    assert image.tobytes() != curves([{k: line[k] for k in ("round", "held out/x")} for line in log]).tobytes()


def test_a_band_is_grey_and_only_over_rounds():
    band = Band.of([[{"round": n, "a/loss": n % 5 + i / 3} for n in range(1, 41)] for i in range(3)], 40)
    with_it = curves(LOG, band=band)
    assert grey(with_it) > 0.05
    assert grey(curves(LOG)) < 0.01
    assert curves(LOG, "seconds", band=band).tobytes() == curves(LOG, "seconds").tobytes()
    other = [{"round": n, "b/value": 1.0} for n in range(9)]
    assert curves(other, band=band).tobytes() == curves(other).tobytes(), "and no words about one that is not there"


def test_a_mean_stops_at_gaps():
    values = np.array([1.0, 1.0, math.nan, 3.0, 3.0])
    assert np.array_equal(smooth(values, 1), [1.0, 1.0, math.nan, 3.0, 3.0], equal_nan=True)
    assert smooth(np.arange(9.0), 2)[4] == 4
    assert smooth(np.arange(9.0), 0).tolist() == list(range(9))


@given(st.lists(st.floats(0, 1), min_size=1, max_size=12), st.floats(0.01, 0.3))
def test_labels_are_apart(places, gap):
    found = sorted(apart(places, gap))
    assert found[0] >= -1e-6
    assert found[-1] <= 1 + 1e-6
    least = min(gap, 1 / max(1, len(places) - 1))
    assert all(b - a >= least - 1e-5 for a, b in pairwise(found))
    again = apart(found, gap)
    assert again == pytest.approx(found, abs=1e-4), "what is apart stays"


def test_hyphens_of_words_stay_hyphens(monkeypatch):
    from matplotlib.axes import Axes

    said, text = [], Axes.text
    monkeypatch.setattr(Axes, "text", lambda self, x, y, s, **look: said.append(s) or text(self, x, y, s, **look))
    curves([{"round": n, "one-sided/value": -1.0, "other/value": 1.0} for n in range(40)])
    assert said == ["one-sided\n\N{MINUS SIGN}1", "other\n1"]
