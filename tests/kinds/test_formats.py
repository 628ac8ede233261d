"""Files of pictures, still and moving."""

import io

import numpy as np
import pytest
import torch
from PIL import ExifTags, Image, ImageSequence

from sparring.kinds.drawing import MARK
from sparring.kinds.formats import FORMATS, encode
from sparring.kinds.moving import MOVING, enlarged, moving, times
from sparring.kinds.pictures import Pictures


def picture(mode="RGB", side=8):
    bands = len(Image.new(mode, (1, 1)).getbands())
    pixels = np.random.default_rng(0).integers(0, 256, (side, side, bands), np.uint8)
    return Image.fromarray(pixels.squeeze(2) if bands == 1 else pixels)


def words(content):
    image = Image.open(io.BytesIO(content))
    exif = image.getexif()
    tags = {"Software": exif.get(ExifTags.Base.Software), "Description": exif.get(ExifTags.Base.ImageDescription)}
    return {name: image.info.get(name, tag) for name, tag in tags.items()}


@pytest.mark.parametrize("mode", ["L", "RGB", "RGBA"])
@pytest.mark.parametrize("ending", [".png", ".webp"])
def test_every_pixel_is_kept(ending, mode):
    image = picture(mode)
    again = Image.open(io.BytesIO(encode(image, ending, sheet=False))).convert(mode)
    assert (np.asarray(again) == np.asarray(image)).all()


def test_what_is_transparent_is_white_in_a_jpeg():
    clear = Image.new("RGBA", (16, 16), (200, 0, 0, 0))
    again = Image.open(io.BytesIO(encode(clear, ".jpg", sheet=False)))
    assert (again.mode, again.getpixel((8, 8))) == ("RGB", (255, 255, 255))


def test_a_jpeg_is_near():
    """Smooth pictures, which it is for."""
    smooth = picture(side=4).resize((64, 64), Image.Resampling.BICUBIC)
    again = Image.open(io.BytesIO(encode(smooth, ".jpg", sheet=False)))
    assert np.abs(np.asarray(again).astype(int) - np.asarray(smooth)).mean() < 2


@pytest.mark.parametrize("ending", FORMATS)
def test_where_it_comes_from_is_written_into_it(ending):
    one = words(encode(picture(), ending, "sample 3 of run", sheet=False))
    assert one == {"Software": "sparring", "Description": "sample 3 of run"}
    assert words(encode(picture(), ending, sheet=True))["Software"] == MARK


def test_numbers_have_as_many_digits_as_the_last_one():
    x = torch.zeros(11, 1, 4, 4)
    parts = [x[:3], x[3:]]
    assert [name for name, _ in Pictures().files(parts, 11, ".webp")][::10] == ["00.webp", "10.webp"]
    assert [name for name, _ in Pictures().files([x[:1]], 1)] == ["0.png"]


@pytest.mark.parametrize("ending", MOVING)
def test_frames_play_one_after_the_other(ending):
    frames = [Image.new("RGB", (8 + i, 8), (80 * i, 0, 0)) for i in range(3)]
    content = moving(frames, [100, 50, 200], ending)
    assert MARK.encode() in content
    video = Image.open(io.BytesIO(content))
    assert (video.size, video.n_frames, video.info["loop"]) == ((10, 8), 3, 0)
    shown = [frame.convert("RGB").getpixel((2, 4))[0] for frame in ImageSequence.Iterator(video)]
    assert shown == pytest.approx([0, 80, 160], abs=6)


def test_times_add_up():
    assert times(3, 1.0) == [330, 340, 330]
    assert sum(times(7, 2.5)) == 2500


def test_small_pictures_grow_by_whole_numbers():
    image = picture(side=9)
    assert enlarged(image, 32).size == (27, 27)
    assert (np.asarray(enlarged(image, 32))[1::3, 1::3] == np.asarray(image)).all()
    assert enlarged(image, 4).size == (9, 9)
