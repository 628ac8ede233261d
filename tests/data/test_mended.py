"""Files that other programs open: ends that are missing, and metadata that cannot be read."""

import struct
import zlib

import numpy as np
import pytest
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from made import encoded, noise
from sparring.data.mended import END, METADATA, mended, without_end
from sparring.data.opening import open_data
from sparring.data.picture import BadPictureError, decode, header

KINDS = [
    {},
    {"progressive": True},
    {"quality": 100, "subsampling": 0},
    {"restart_marker_blocks": 2},
    {"optimize": True},
]


@pytest.mark.parametrize("options", KINDS)
@pytest.mark.parametrize("shape", [(40, 41, 3), (16, 16), (40, 41, 4)])
@pytest.mark.parametrize("cut", [1, 2])
def test_a_jpeg_without_its_end_is_whole(options, shape, cut):
    picture = Image.fromarray(noise(*shape))
    whole = encoded(picture.convert("CMYK") if shape[2:] == (4,) else picture, "JPEG", **options)
    content = whole[:-cut]
    assert END in header(content).note
    assert END not in header(whole).note
    assert decode(content).tobytes() == decode(whole).tobytes()


@pytest.mark.parametrize("options", KINDS)
def test_a_jpeg_that_lacks_pixels_is_not(options):
    whole = encoded(noise(64, 65, 3), "JPEG", **options)
    for left in (*range(5, 300, 16), len(whole) // 2, len(whole) - 200):
        with pytest.raises(BadPictureError, match="corrupt or truncated"):
            decode(whole[:-left])


@pytest.mark.parametrize("options", KINDS)
def test_a_jpeg_that_is_cut_at_a_mark_is_not_whole(options):
    whole = encoded(noise(64, 65, 3), "JPEG", **options)
    first = whole.index(b"\xff\xda") + 14
    marks = [i for i in range(first, len(whole) - 2) if whole[i] == 255 and whole[i + 1] not in {0, 255}]
    assert len(marks) == {"progressive": 17, "restart_marker_blocks": 9}.get(next(iter(options), ""), 0)
    for place in marks:
        for cut in (place - 1, place, place + 1, place + 2):
            with pytest.raises(BadPictureError, match="corrupt or truncated"):
                decode(whole[:cut])


def test_what_follows_the_end_is_none_of_the_picture():
    whole = encoded(noise(16, 16, 3), "JPEG")
    assert not without_end(whole + bytes(300))
    assert not header(whole + b"x" * 300).note


def test_a_png_without_its_end_is_whole_and_noted():
    whole = encoded(noise(40, 41, 3))
    assert header(whole[:-12]).note == END
    assert decode(whole[:-12]).tobytes() == decode(whole).tobytes()
    with pytest.raises(BadPictureError, match="corrupt or truncated"):
        decode(whole[:-200])


def chunk(kind, content, wrong=0):
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content) ^ wrong)


def words(kind, zip=True):
    info = PngInfo()
    getattr(info, kind)("x", "y" * 3_000_000, zip=zip)
    return {"pnginfo": info}


ODD = {
    "long words": words("add_text"),
    "long international words": words("add_itxt"),
    "a large profile": {"icc_profile": bytes(3_000_000)},
}


@pytest.mark.parametrize("case", ODD)
@pytest.mark.parametrize("mode", ["RGB", "P", "LA", "I;16"])
def test_more_than_a_megabyte_of_metadata(case, mode):
    grey = noise(40, 41)
    array = grey.astype(np.uint16) * 200 if mode == "I;16" else grey
    picture = Image.fromarray(array) if mode == "I;16" else Image.fromarray(grey).convert(mode)
    picture.info["transparency"] = 3 if mode in {"P", "I;16"} else None
    kept = {name: value for name, value in picture.info.items() if value is not None}
    content = encoded(picture, **kept, **ODD[case])
    assert header(content).note == METADATA
    assert decode(content).tobytes() == decode(encoded(picture, **kept)).tobytes()
    assert header(content).alpha == (mode != "RGB")


@pytest.mark.parametrize("before", [b"IDAT", b"IEND"])
def test_a_damaged_chunk_that_no_pixel_needs(before):
    whole = encoded(noise(40, 41, 3))
    place = whole.index(before) - 4
    content = whole[:place] + chunk(b"tEXt", b"a\0b", wrong=1) + whole[place:]
    assert header(content).size == (40, 41)
    assert decode(content).tobytes() == decode(whole).tobytes()


def test_other_formats_have_nothing_to_mend():
    assert mended(encoded(noise(8, 8), "GIF"), bytes) is None
    assert mended(encoded(noise(8, 8), "JPEG"), bytes) is None


def test_cut_jpegs_are_counted(tmp_path):
    for i in range(6):
        (tmp_path / f"{i}.jpg").write_bytes(encoded(noise(16, 16, 3), "JPEG")[: -200 if i == 5 else -2])
    report = open_data(tmp_path).report
    assert f"5 pictures {END}" in report.notes
    assert report.skipped == {"corrupt or truncated": ["5.jpg"]}
