"""Values of pixels: which are black and white, and what is said where pictures would be nearly black."""

import numpy as np
import pytest
import torch
from PIL import Image

from made import encoded, noise
from sparring import cli
from sparring.data import pixels
from sparring.data.opening import open_data
from sparring.data.picture import decode, header
from sparring.data.preparation import Preparation
from sparring.runs.run import Run

RAMP = np.stack([np.tile(np.arange(0, 256, 8), (32, 1)), np.tile(np.arange(0, 256, 8), (32, 1)).T])
BYTES = np.rint(RAMP / 248 * 255).astype(np.uint8)


@pytest.fixture(autouse=True)
def cache(tmp_path, monkeypatch):
    monkeypatch.setenv("SPARRING_CACHE", str(tmp_path / "cache"))


def files(path, arrays, ending):
    path.mkdir()
    for i, array in enumerate(arrays):
        Image.fromarray(array).save(path / f"{i}.{ending}")
    return path


def saved(path, array):
    np.save(path, array)
    return path


DARK = {
    "12 bits in a PNG": (lambda p: files(p / "d", (RAMP * 16).astype(np.uint16), "png"), "0 4095", (0, 248 * 16)),
    "12 bits in a TIFF": (lambda p: files(p / "d", (RAMP * 16).astype(np.uint16), "tif"), "0 4095", (0, 248 * 16)),
    "a mask in 16 bits": (lambda p: files(p / "d", (RAMP > 99).astype(np.uint16), "png"), "0 1", (0, 1)),
    "a mask in bytes": (lambda p: files(p / "d", (RAMP > 99).astype(np.uint8), "png"), "0 1", (0, 1)),
    "a mask in colour": (lambda p: files(p / "d", np.stack([(RAMP > 99) * np.uint8(1)] * 3, -1), "png"), "0 1", (0, 1)),
    "bytes in 32 bits": (lambda p: files(p / "d", RAMP.astype(np.int32), "tif"), "0 255", (0, 248)),
    "a mask in an array": (lambda p: saved(p / "a.npy", (RAMP > 99).astype(np.uint8)), "0 1", (0, 1)),
    "12 bits in an array": (lambda p: saved(p / "a.npy", (RAMP * 16).astype(np.uint16)), "0 4095", (0, 248 * 16)),
    "floats up to 0.05": (lambda p: saved(p / "a.npy", RAMP / 4960), "0 0.05", (0, 0.05)),
}  # fmt: skip


@pytest.mark.parametrize("case", DARK)
def test_nearly_black_pictures_are_noted_and_a_range_mends_them(case, tmp_path):
    make, hint, limits = DARK[case]
    path = make(tmp_path)
    (note,) = [note for note in open_data(path, Preparation(colour="grey")).report.notes if "nearly black" in note]
    assert f"--range {hint}" in note
    report = (data := open_data(path, Preparation(range=limits, colour="grey"))).report
    assert not [note for note in report.notes if "nearly" in note]
    assert f"0 is taken as black, {limits[1]:g} as white (--range)" in report.notes
    mask = limits == (0, 1)
    assert np.array_equal(data.x[:, 0].numpy(), np.where(RAMP > 99, 255, 0) if mask else BYTES)


@pytest.mark.parametrize(
    ("array", "limits", "white"),
    [
        (RAMP * 40.0 - 7, (-7, 248 * 40 - 7), "float64 from -7 to 9913"),
        (RAMP / 200, (0, 1.24), "float64 from 0 to 1.24"),
        ((RAMP * 9).astype(np.int16), (0, 248 * 9), "int16 from 0 to 2232"),
    ],
)
def test_values_of_arrays_that_nobody_knows_are_told(array, limits, white, tmp_path):
    path = saved(tmp_path / "a.npy", array)
    with pytest.raises(ValueError, match=white.replace(".", r"\.") + ".*Say which are black and white: --range"):
        open_data(path)
    assert np.array_equal(open_data(path, Preparation(range=limits)).x[:, 0].numpy(), BYTES)


def test_floats_and_32_bits_in_files_are_told(tmp_path):
    path = files(tmp_path / "d", (RAMP * 1000).astype(np.int32), "tif")
    for i, array in enumerate(RAMP * 1000.0):
        Image.fromarray(array.astype(np.float32)).save(path / f"float{i}.tif")
    with pytest.raises(ValueError, match=r"32-bit pixels.*--range 0 4095.*floating-point pixels.*as in --range 0 1"):
        open_data(path)
    data = open_data(path, Preparation(range=(0, 248_000)))
    assert np.array_equal(data.x[:, 0].numpy(), np.concatenate([BYTES, BYTES]))


@pytest.mark.parametrize(
    ("array", "said"),
    [
        (np.clip(RAMP, 240, 250), "pictures are nearly white. Say which are black and white, as in --range 240 248"),
        (np.clip(RAMP, 100, 110), "pictures are nearly of one grey. Say which are black and white, as in --range 100"),
        (RAMP * 0 + 7, "values go from 7 to 7, of 0 to 255: pictures are nearly black"),
    ],
)
def test_other_plain_pictures_are_noted(array, said, tmp_path):
    (note,) = open_data(files(tmp_path / "d", array.astype(np.uint8), "png")).report.notes
    assert said in note


def test_what_a_range_cuts_is_noted(tmp_path):
    data = open_data(files(tmp_path / "d", RAMP.astype(np.uint8), "png"), Preparation(range=(8, 128)))
    assert data.report.notes[1] == "values go from 0 to 248: those beyond 8 to 128 are cut"
    assert data.x[0, 0, 0, :3].tolist() == [0, 0, 17]


def test_pictures_of_8_and_16_bits_together_are_not_taken_for_dark(tmp_path):
    path = files(tmp_path / "d", RAMP.astype(np.uint8), "png")
    for i, array in enumerate(RAMP * 257):
        Image.fromarray(array.astype(np.uint16)).save(path / f"0deep{i}.png")
    assert not open_data(path).report.notes


def test_padding_and_transparent_parts_do_not_hide_dark_pictures(tmp_path):
    (tmp_path / "d").mkdir()
    for i in range(2):
        dark = np.concatenate([noise(8, 12, 3) // 20, noise(8, 12, 1)], axis=2)
        Image.fromarray(dark).save(tmp_path / "d" / f"{i}.png")
    notes = open_data(tmp_path / "d", Preparation(size=16, fit="pad")).report.notes
    assert any("nearly black" in note and "--range 0 15" in note for note in notes)


def test_ranges_leave_transparency_alone():
    array = np.stack([RAMP[0] // 2, RAMP[0]], axis=2).astype(np.uint8)
    made = np.asarray(decode(encoded(Image.fromarray(array, "LA")), (0, 124)))
    assert np.array_equal(made[..., 0], BYTES[0])
    assert np.array_equal(made[..., 1], array[..., 1])


def test_transparent_16_bits_are_put_on_the_colour(tmp_path):
    (tmp_path / "d").mkdir()
    for i in range(2):
        array = (RAMP[i] * 257).astype(np.uint16)
        Image.fromarray(array).save(tmp_path / "d" / f"{i}.png", transparency=int(array[0, 0]))
    data = open_data(tmp_path / "d", Preparation(alpha="#808080", colour="grey"))
    assert "2 pictures have transparent parts, put on #808080 (--alpha COLOUR, or keep)" in data.report.notes
    clear = RAMP[0, 0, 0] == RAMP
    assert np.array_equal(data.x[:, 0].numpy(), np.where(clear, 128, RAMP))
    assert open_data(tmp_path / "d", Preparation(alpha="keep")).x[0, 1].unique().tolist() == [0, 255]


def test_the_range_is_kept_in_the_run(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    files(tmp_path / "d", (RAMP * 16).astype(np.uint16), "png")
    options = ["--rounds", "2", "--batch", "2", "--width", "2", "--latent", "3", "--device", "cpu", "--threads", "1"]
    assert cli.run("train", ["dcgan", "--data", "d", "--out", "run", *options, "--range", "0", "3968"]) == 0
    assert "note: 0 is taken as black, 3968 as white (--range)" in capsys.readouterr().out
    assert Run.open(tmp_path / "run").config.pictures.range == (0, 3968)
    assert cli.run("resume", ["run", "--rounds", "3"]) == 0
    assert cli.run("data", ["report", "d", "--range", "0", "3968"]) == 0
    assert "values: 0 to 255" in capsys.readouterr().out


def test_what_has_no_range_says_so():
    with pytest.raises(ValueError, match=r"'ring' cannot be changed: leave out --size.*--range"):
        open_data("ring", Preparation(range=(0, 1)))
    with pytest.raises(ValueError, match="'Tensor' cannot be changed"):
        open_data(torch.zeros(2, 1, 4, 4), Preparation(range=(0, 1)))


def test_tensors_that_are_nearly_black_are_noted():
    for x in (torch.eye(8, dtype=torch.uint8).expand(3, 8, 8), torch.eye(8).expand(3, 8, 8) / 20):
        assert "nearly black. Scale them" in open_data(x).report.notes[0]
    assert not open_data(torch.eye(8, dtype=torch.uint8).expand(3, 8, 8) * 255).report.notes


def test_pil_pictures_keep_nothing_of_ours_and_have_ranges():
    own = [Image.fromarray((array * 16).astype(np.uint16)) for array in RAMP]
    assert "--range 0 4095" in open_data(own).report.notes[0]
    assert np.array_equal(open_data(own, Preparation(range=(0, 248 * 16))).x[:, 0].numpy(), BYTES)
    plain = [Image.fromarray(array) for array in BYTES]
    assert torch.equal(open_data(plain).x[:, 0], torch.from_numpy(BYTES))
    assert not own[0].info | plain[0].info


MODES = ["1", "L", "LA", "P", "RGB", "RGBA", "CMYK", "I", "I;16", "F"]


def picture(mode, side=97):
    smooth = np.asarray(Image.fromarray(noise(4, 4, 4)).resize((side, side), Image.Resampling.BICUBIC))
    grey = Image.fromarray(smooth[..., 0])
    deep = {"I": np.int32, "I;16": np.uint16, "F": np.float32}
    if mode in deep:
        return Image.fromarray(smooth[..., 0].astype(deep[mode]) * deep[mode](200))
    return Image.fromarray(smooth).convert(mode) if mode != "1" else grey.convert("1")


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("limits", [None, (0, 51_000)])
def test_band_by_band_is_the_same_as_at_once(mode, limits, monkeypatch):
    if mode == "F" and limits is None:
        return
    image = picture(mode)
    whole = pixels.upright(image.copy(), limits)
    monkeypatch.setattr(pixels, "_BAND", 97 * 5)
    bands = pixels.upright(image.copy(), limits)
    assert bands.mode == whole.mode
    assert bands.tobytes() == whole.tobytes()
    assert pixels.Values.of(bands) == pixels.Values.of(whole)


@pytest.mark.parametrize("mode", MODES[1:-1])
def test_very_large_pictures_made_smaller_first_look_the_same(mode, monkeypatch):
    image = picture(mode, 130)
    whole = pixels.upright(image.copy(), None, 16)
    monkeypatch.setattr(pixels, "_BAND", 130 * 8)
    monkeypatch.setattr(pixels, "EXACT", 1000)
    assert pixels.upright(image.copy(), None, 30).size == (65, 65)
    small = pixels.upright(image.copy(), None, 16)
    assert small.size == (65, 65)
    assert small.mode == whole.mode
    close = np.asarray(small.resize((16, 16)), float) - np.asarray(whole.resize((16, 16)), float)
    assert abs(close).mean() < 4


@pytest.mark.parametrize("exif", [b"Exif\0\0junk", b"Exif\0\0II*\0\xff\xff\xff\xff", b"Exif\0\0"])
@pytest.mark.parametrize("format", ["PNG", "JPEG", "WEBP"])
@pytest.mark.filterwarnings("ignore:Corrupt EXIF")
def test_exif_that_cannot_be_read_is_none(exif, format):
    content = encoded(noise(8, 9, 3), format, exif=exif)
    assert header(content).size == (8, 9)
    assert decode(content).size == (9, 8)
