import numpy as np
from PIL import Image

from sparring.looks.colours import SERIES
from sparring.looks.plots import INK, captioned, colours


def test_names_that_mean_something_have_their_colour():
    assert colours(["generated", "real"]) == list(reversed(colours(["real", "generated"])))
    assert colours(["x"]) == [INK]
    assert colours(["x", "real", "y"])[::2] == list(SERIES[:2])
    assert len(set(colours(["discriminator 1", "discriminator 2"]))) == 2, "a word of both tells neither"
    assert len(set(colours([str(i) for i in range(12)]))) == 12
    assert colours([]) == []


def test_a_caption_leaves_the_picture_as_it_is():
    image = Image.fromarray(np.random.default_rng(0).integers(0, 256, (9, 300, 3), np.uint8))
    made = np.asarray(captioned(image, "Round 7"))
    assert np.array_equal(made[-9:], np.asarray(image))
    assert captioned(image.resize((5, 5)), "A long line of words").width > 50
    clear = Image.new("RGBA", (400, 5))
    assert np.asarray(captioned(clear, ""))[-1].min() == 255, "white where it is transparent"
