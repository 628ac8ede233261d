"""Formats: those that have to be converted are named, of several pages the largest is read, and what is too large."""

import io
import struct
import time
import zlib

import numpy as np
import pytest
import torch
from PIL import Image

from made import encoded, noise, packed
from sparring import cli
from sparring.data import picture
from sparring.data.arrays import of_array
from sparring.data.formats import foreign
from sparring.data.opening import open_data
from sparring.data.picture import BadPictureError, decode, header


def box(kind, *brands):
    content = kind + b"".join(brands)
    return struct.pack(">I", len(content) + 4) + content + bytes(40)


FOREIGN = {
    "HEIC of a phone": ("heic", box(b"ftyp", b"heic", bytes(4), b"mif1heic"), "HEIC", "libheif-examples"),
    "HEIF": ("heif", box(b"ftyp", b"mif1", bytes(4)), "HEIC", "heif-convert FILE.heic FILE.png"),
    "JPEG XL": ("jxl", b"\xff\x0a" + bytes(40), "JPEG XL", "libjxl-tools"),
    "JPEG XL in a box": ("jxl", box(b"JXL ", b"\r\n\x87\n"), "JPEG XL", "djxl FILE.jxl FILE.png"),
    "JPEG 2000": ("jp2", encoded(noise(9, 8, 3), "JPEG2000"), "JPEG 2000", "libopenjp2-tools"),
    "JPEG 2000 alone": ("j2k", encoded(noise(9, 8, 3), "JPEG2000", no_jp2=True), "JPEG 2000", "opj_decompress"),
}


@pytest.mark.parametrize("case", FOREIGN)
@pytest.mark.parametrize("named", ["own", "jpg"])
def test_what_is_not_read_is_named_with_what_converts_it(case, named, tmp_path, capsys):
    ending, content, format, tool = FOREIGN[case]
    for i in range(3):
        (tmp_path / f"{i}.{ending if named == 'own' else named}").write_bytes(content)
    assert cli.run("data", ["report", str(tmp_path)]) == 2
    error = capsys.readouterr().err
    assert f"3 ({format}, which is not read. Convert it: install " in error
    assert tool in error


def test_a_few_of_them_are_skipped_with_the_same_words(tmp_path):
    for i in range(3):
        (tmp_path / f"{i}.png").write_bytes(encoded(noise(9, 8, 3)))
    (tmp_path / "IMG_1.HEIC").write_bytes(FOREIGN["HEIC of a phone"][1])
    ((reason, names),) = open_data(tmp_path).report.skipped.items()
    assert reason.startswith("HEIC, which is not read")
    assert names == ["IMG_1.HEIC"]


def test_avif_is_no_heic():
    assert not foreign(encoded(noise(32, 32, 3), "AVIF"))
    assert header(encoded(noise(32, 32, 3), "AVIF")).size == (32, 32)


def pages(*arrays, format="TIFF", **options):
    first, *others = map(Image.fromarray, arrays)
    buffer = io.BytesIO()
    first.save(buffer, format, save_all=True, append_images=others, **options)
    return buffer.getvalue()


LARGE, LATER = noise(40, 30, 3), noise(40, 30, 3)


@pytest.mark.parametrize("compression", ["raw", "tiff_lzw", "jpeg"])
def test_of_several_pages_the_largest_is_read(compression):
    content = pages(noise(8, 9, 3), LARGE, noise(20, 15), LATER, noise(4, 4), compression=compression)
    found = header(content)
    assert (found.size, found.mode, found.note) == ((40, 30), "RGB", "of several pages: the largest is used")
    made = np.asarray(decode(content), int)
    assert abs(made - LARGE).mean() < (60 if compression == "jpeg" else 1e-9)


def directories(count, side=16):
    """A TIFF of pages of one grey each."""
    parts, end = [b"II*\0\x08\0\0\0"], 8
    for i in range(count):
        values = end + 2 + 9 * 12 + 4
        tags = {256: side, 257: side, 258: 8, 259: 1, 262: 1, 273: values, 277: 1, 278: side, 279: side * side}
        end = values + side * side
        entries = b"".join(struct.pack("<HHII", tag, 4, 1, value) for tag, value in tags.items())
        parts.append(struct.pack("<H", 9) + entries + struct.pack("<I", end if i < count - 1 else 0))
        parts.append(bytes([i % 256]) * side**2)
    return b"".join(parts)


@pytest.mark.parametrize("offset", [2**31, 10**5, 9])
@pytest.mark.filterwarnings("ignore::UserWarning")  # as where pictures are read
def test_a_broken_page_does_not_refuse_the_others(offset):
    whole = bytearray(directories(2))
    place = len(whole) - 16 * 16 - 4
    whole[place : place + 4] = struct.pack("<I", offset)
    assert header(bytes(whole)).size == (16, 16)
    assert decode(bytes(whole)).getextrema() == (0, 0)
    assert header(encoded(LARGE, "TIFF")).note == ""


def test_twenty_thousand_pages_take_no_time():
    content = directories(20_000)
    start = time.process_time()
    assert header(content).note == "of several pages: the largest is used, of the first 100"
    decode(content)
    assert time.process_time() - start < 2  # 12 s if all were looked at


@pytest.mark.parametrize(
    ("array", "format"), [(noise(16, 16, 3), "WEBP"), (noise(16, 16, 3), "BMP"), (noise(16, 16, 4), "TIFF")]
)
def test_what_takes_too_much_memory_is_refused_before_it_is_decoded(array, format, monkeypatch):
    content = encoded(array, format, **({"lossless": True} if format == "WEBP" else {}))
    need = header(content).memory - 16 * 16 * (12 if header(content).alpha else 4)
    monkeypatch.setattr(picture, "CAP", need)
    assert header(content).memory >= need
    monkeypatch.setattr(picture, "CAP", need - 1)
    with pytest.raises(BadPictureError, match="MB of memory to decode: make it smaller"):
        header(content)


def test_a_page_may_be_as_large_as_a_picture(monkeypatch):
    monkeypatch.setattr(picture, "MAX_PIXELS", 1000)
    with pytest.raises(BadPictureError, match="million pixels"):
        header(pages(noise(8, 9, 3), LARGE))


@pytest.mark.parametrize("shape", [(40, 30, 3), (30, 40, 4)])
@pytest.mark.parametrize("make", [np.zeros, torch.zeros, lambda shape: np.zeros(shape, np.uint8)])
def test_one_colour_picture_is_not_taken_for_many_grey_ones(shape, make, tmp_path):
    said = rf"has the shape \[{shape[0]}, {shape[1]}, {shape[2]}\], like one picture in colour; expected many"
    with pytest.raises(ValueError, match=said):
        open_data(make(shape))
    np.save(tmp_path / "a.npy", np.asarray(make(shape)))
    with pytest.raises(ValueError, match=said):
        open_data(tmp_path / "a.npy")


@pytest.mark.parametrize("shape", [(5, 40, 30, 3), (5, 3, 40, 30), (5, 40, 30), (3, 40, 30, 3)])
def test_arrays_are_what_they_look_like(shape, tmp_path):
    x = noise(*shape)
    np.save(tmp_path / "a.npy", x)
    channels = 1 if len(shape) == 3 else 3
    for data in (x, torch.from_numpy(x), tmp_path / "a.npy"):
        assert open_data(data).x.shape == (shape[0], channels, 40, 30)
    assert len(of_array(tmp_path, "x", x).names) == shape[0]


def test_members_of_an_archive_too(tmp_path):
    packed(tmp_path / "a.zip", [(f"{i}.tif", pages(noise(8, 9, 3), LARGE)) for i in range(2)])
    data = open_data(tmp_path / "a.zip")
    assert "2 pictures of several pages: the largest is used" in data.report.notes
    assert np.array_equal(data.x[0].permute(1, 2, 0).numpy(), LARGE)


@pytest.mark.parametrize("head", ["P3 1700 1700 255", "P6 1700 1700 7", "P2 2900 2900 255"])
def test_what_takes_minutes_to_decode_is_refused(head):
    with pytest.raises(BadPictureError, match="a large PPM of text, or whose white is not 255: save it as PNG"):
        header(f"{head}\n".encode() + bytes(100))
    assert header(b"P3 2 2 255\n" + b"0 " * 12).size == (2, 2)
    assert header(b"P6 1700 1700 255\n" + bytes(1700 * 1700 * 3)).size == (1700, 1700)


def _chunk(kind, content):
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))


def test_colour_of_16_bits_keeps_the_upper_8():
    values = np.random.default_rng(0).integers(0, 65536, (5, 4, 3), np.uint16)
    rows = b"".join(b"\0" + row.astype(">u2").tobytes() for row in values)
    head = struct.pack(">IIBBBBB", 4, 5, 16, 2, 0, 0, 0)
    parts = [_chunk(b"IHDR", head), _chunk(b"IDAT", zlib.compress(rows)), _chunk(b"IEND", b"")]
    found = picture.decode(b"\x89PNG\r\n\x1a\n" + b"".join(parts))
    assert found.mode == "RGB"
    np.testing.assert_array_equal(np.asarray(found), values >> 8)


SMALL_PARTS = {
    "PNG": lambda: encoded(noise(9, 8))[:33] + _chunk(b"abCd", b"") * 2_000_000 + encoded(noise(9, 8))[33:],
    "JPEG": lambda: b"\xff\xd8" + b"\xff\xef\0\2" * 2_000_000 + encoded(noise(9, 8), "JPEG")[2:],
    "GIF": lambda: b"GIF89a" + struct.pack("<HHBBB", 8, 9, 0, 0, 0) + b"\x21\xfe\0" * 2_000_000,
    "PPM": lambda: b"P5 #" + b" " * 4_000_000 + b"\n8 9 255\n" + bytes(72),
}


@pytest.mark.parametrize("format", SMALL_PARTS)
def test_millions_of_small_parts_take_little_time(format):
    content, begun = SMALL_PARTS[format](), time.process_time()
    with pytest.raises(picture.BadPictureError, match="in too many small parts: save it again"):
        picture.header(content)
    assert time.process_time() - begun < 5
