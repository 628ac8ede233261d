from itertools import combinations

import numpy as np
import pytest
from skimage.color import deltaE_ciede2000, rgb2lab

from sparring.looks.colours import COLOURS, NIGHT, SERIES, contrast

# Machado et al. (2009), table 1, severity 1.0: https://www.inf.ufrgs.br/~oliveira/pubs_files/CVD_Simulation/CVD_Simulation.html
SIGHT = {
    "all": np.eye(3),
    "no red": [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]],
    "no green": [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]],
    "no blue": [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.303900]],
}

TEXTS = ("ink", "quiet", "real", "generated", "discriminator", "generator")


def seen(colour, sight):
    """In CIE Lab, by eyes of that sight."""
    rgb = np.array([int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)])
    linear = np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)
    linear = np.clip(np.array(SIGHT[sight]) @ linear, 0, 1)
    return rgb2lab(np.where(linear <= 0.0031308, 12.92 * linear, 1.055 * linear ** (1 / 2.4) - 0.055))


def distance(one, other, sight):
    return float(deltaE_ciede2000(seen(one, sight), seen(other, sight)))


def test_known_contrasts():
    assert contrast("#777777", "#ffffff") == pytest.approx(4.478, abs=1e-3), "the grey that just fails"
    assert contrast("#ffffff", "#777777") == contrast("#777777", "#ffffff")


@pytest.mark.parametrize("mode", ["light", "dark"])
@pytest.mark.parametrize("text", TEXTS)
def test_text_can_be_read(text, mode):
    for background in ("paper", "shade"):
        assert contrast(getattr(COLOURS[text], mode), getattr(COLOURS[background], mode)) >= 4.5


def test_lines_can_be_seen():
    """WCAG 2.2, 1.4.11: graphics have a contrast of 3 or more."""
    assert min(contrast(colour, "#ffffff") for colour in SERIES) >= 3
    assert min(contrast(NIGHT[colour], NIGHT["#ffffff"]) for colour in SERIES) >= 4.5, "they may be those of words"


@pytest.mark.parametrize("sight", SIGHT)
@pytest.mark.parametrize("mode", ["light", "dark"])
@pytest.mark.parametrize("pair", [("real", "generated"), ("discriminator", "generator")])
def test_what_is_compared_is_told_apart(pair, mode, sight):
    one, other = (getattr(COLOURS[name], mode) for name in pair)
    assert distance(one, other, sight) >= 20


@pytest.mark.parametrize("night", [False, True])
@pytest.mark.parametrize("sight", SIGHT)
def test_series_are_told_apart(sight, night):
    series = [NIGHT[colour] if night else colour for colour in SERIES]
    near = {pair: distance(*pair, sight) for pair in combinations(series, 2)}
    assert min(near.values()) >= 9, near
