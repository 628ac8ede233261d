"""Each reader against pictures that the test wrote, and the cache behind them."""

import gzip
import json
import os
import shutil
import struct
import tracemalloc

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from made import encoded, folder, idx, noise, packed
from sparring.data import cache, drawings, opening, seals
from sparring.data.opening import open_data
from sparring.data.preparation import Preparation

COLOUR, GREY = noise(5, 9, 8, 3), noise(5, 9, 8)
Y = np.array([3, 0, 3, 1, 9])


def channels_first(arrays):
    return torch.from_numpy(np.stack([a[..., None] if a.ndim == 2 else a for a in arrays])).permute(0, 3, 1, 2)


@pytest.mark.parametrize("arrays", [COLOUR, GREY], ids=["colour", "grey"])
def test_one_set_in_every_container(arrays, tmp_path):
    (tmp_path / "folder").mkdir()
    members = [(f"{i}.png", encoded(array)) for i, array in enumerate(arrays)]
    for name, content in members:
        (tmp_path / "folder" / name).write_bytes(content)
    packed(tmp_path / "a.zip", members)
    np.save(tmp_path / "a.npy", arrays)
    np.savez(tmp_path / "a.npz", images=arrays, labels=Y)
    np.savez_compressed(tmp_path / "b.npz", x_train=arrays, y_train=Y, x_test=arrays[:2], y_test=Y[:2])
    for name in ("folder", "a.zip", "a.npy", "a.npz", "b.npz"):
        data = open_data(tmp_path / name)
        assert data.x.dtype == torch.uint8
        assert torch.equal(data.x, channels_first(arrays)), name
        assert (data.y is not None) == name.endswith("npz")
    assert [data.classes[i] for i in data.y] == ["3", "0", "3", "1", "9"]
    assert data.classes == ["0", "1", "3", "9"]


@given(
    size=st.tuples(st.integers(2, 40), st.integers(2, 40)),
    mode=st.sampled_from(["L", "RGB", "1", "P"]),
    format=st.sampled_from(["PNG", "BMP", "TIFF", "GIF", "PPM", "WEBP"]),
    seed=st.integers(0, 9),
)
def test_lossless_formats_are_exact(size, mode, format, seed, tmp_path_factory):
    height, width = size
    image = Image.fromarray(np.random.default_rng(seed).integers(0, 256, (height, width, 3), np.uint8)).convert(mode)
    if format == "GIF" and mode == "RGB":
        image = image.quantize(64)
    if format in {"PPM", "WEBP"} and mode in {"P", "1"}:
        image = image.convert("RGB")
    path = tmp_path_factory.mktemp("pictures")
    for i in range(2):
        (path / f"{i}.{format.lower()}").write_bytes(
            encoded(image, format, **({"lossless": True} if format == "WEBP" else {}))
        )
    data = open_data(path)
    expected = image.convert("L" if data.x.shape[1] == 1 else "RGB")
    assert torch.equal(data.x[0], channels_first([np.asarray(expected)])[0])
    grey_kept = format not in {"WEBP", "GIF"}  # these store it as colour
    assert data.x.shape[1] == (1 if image.mode in {"L", "1"} and grey_kept else data.x.shape[1])


@pytest.mark.parametrize("suffix", ["", ".gz"])
def test_idx(suffix, tmp_path):
    pack = gzip.compress if suffix else bytes
    for part, n in (("t10k", 2), ("train", 5)):
        (tmp_path / f"{part}-images-idx3-ubyte{suffix}").write_bytes(pack(idx(GREY[:n])))
        (tmp_path / f"{part}-labels-idx1-ubyte{suffix}").write_bytes(pack(idx(Y[:n].astype(np.uint8))))
    for path, n in ((tmp_path, 5), (tmp_path / f"t10k-images-idx3-ubyte{suffix}", 2)):
        data = open_data(path)
        assert torch.equal(data.x, channels_first(GREY[:n]))
        assert [data.classes[i] for i in data.y] == [str(v) for v in Y[:n]]


def test_cifar10(tmp_path):
    pixels = noise(6, 32, 32, 3)
    labels = np.array([0, 9, 3, 3, 1, 7], np.uint8)
    records = np.concatenate([labels[:, None], pixels.transpose(0, 3, 1, 2).reshape(6, -1)], axis=1)
    records[:4].tofile(tmp_path / "data_batch_1.bin")
    records[4:].tofile(tmp_path / "data_batch_2.bin")
    records[:2].tofile(tmp_path / "test_batch.bin")
    data = open_data(tmp_path)
    assert torch.equal(data.x, channels_first(pixels))
    assert data.y.tolist() == labels.tolist()
    assert data.classes[3] == "cat"
    assert len(open_data(tmp_path / "test_batch.bin").x) == 2


def test_svhn(tmp_path):
    from scipy.io import savemat

    pixels = noise(4, 32, 32, 3)
    savemat(tmp_path / "train_32x32.mat", {"X": pixels.transpose(1, 2, 3, 0), "y": np.array([[10], [1], [9], [10]])})
    data = open_data(tmp_path / "train_32x32.mat")
    assert torch.equal(data.x, channels_first(pixels))
    assert [data.classes[i] for i in data.y] == ["0", "1", "9", "0"]


@pytest.mark.parametrize(
    ("array", "white"),
    [(GREY / 255, "1"), (GREY / 127.5 - 1, "1"), (GREY.astype(np.float32), "255"),
     (GREY.astype(np.uint16) * 257, "65535"),
     (GREY.astype(np.int64), "255")],
)  # fmt: skip
def test_values_are_scaled_and_it_is_said_how(array, white, tmp_path):
    np.save(tmp_path / "a.npy", array)
    data = open_data(tmp_path / "a.npy")
    assert torch.equal(data.x, channels_first(GREY))
    assert f"{white} as white" in data.report.notes[0]


def test_channels_first_arrays(tmp_path):
    np.save(tmp_path / "a.npy", COLOUR.transpose(0, 3, 1, 2))
    assert torch.equal(open_data(tmp_path / "a.npy").x, channels_first(COLOUR))


def test_class_folders_tables_and_none(tmp_path):
    names = list(folder(tmp_path / "wrapped" / "classes", 6, classes=3))
    data = open_data(tmp_path / "wrapped")
    assert data.classes == ["class 0", "class 1", "class 2"]
    assert data.y.tolist() == [0, 0, 1, 1, 2, 2]
    rows = "".join(f'classes/{name},{i % 2},"a, {i}"\n' for i, name in enumerate(names))
    (tmp_path / "wrapped" / "labels.csv").write_text("\ufefffile,label,caption\n" + rows, encoding="utf-8")
    data = open_data(tmp_path / "wrapped")
    by_name = {name: i for i, name in enumerate(sorted(names))}
    for i, name in enumerate(names):
        assert data.y[by_name[name]] == i % 2
        assert data.captions[by_name[name]] == f"a, {i}"
    for path in (tmp_path / "wrapped", tmp_path / "wrapped" / "labels.csv"):
        bare = open_data(path, Preparation(labels="none"))
        assert bare.y is None
        assert not bare.captions
    assert open_data(tmp_path / "wrapped" / "labels.csv").captions == data.captions
    assert data.digest() != bare.digest()


def test_parquet(tmp_path):
    import pyarrow as pa
    from pyarrow import parquet

    names = list(folder(tmp_path, 3))
    parquet.write_table(pa.table({"file_name": names, "text": ["x", "y", "z"]}), tmp_path / "metadata.parquet")
    data = open_data(tmp_path)
    assert data.captions == ["x", "y", "z"]
    assert data.y is None


def test_tables_in_an_archive(tmp_path):
    members = [(f"p/{i}.png", encoded(noise(8, 8))) for i in range(3)]
    packed(tmp_path / "a.zip", [*members, ("labels.csv", b"file;class\np/0.png;b\np/1.png;a\np/2.png;b\n")])
    data = open_data(tmp_path / "a.zip")
    assert [data.classes[i] for i in data.y] == ["b", "a", "b"]


def test_sizes(tmp_path):
    folder(tmp_path, 2, (20, 30, 3))
    (tmp_path / "other.png").write_bytes(encoded(noise(40, 10)))
    assert open_data(tmp_path).x.shape == (3, 3, 64, 64)
    assert open_data(tmp_path, Preparation(size=(12, 20), colour="grey")).x.shape == (3, 1, 12, 20)
    large = tmp_path / "large"
    folder(large, 2, (200, 300))
    assert open_data(large).x.shape == (2, 1, 64, 64)
    assert open_data(large, Preparation(size=(200, 300))).x.shape == (2, 1, 200, 300)


def test_crop_and_pad(tmp_path):
    picture = np.zeros((16, 32, 3), np.uint8)
    picture[:, 8:24] = 200
    for i in range(2):
        (tmp_path / f"{i}.png").write_bytes(encoded(picture))
    cropped = open_data(tmp_path, Preparation(size=(16, 16))).x
    assert (cropped == 200).all()
    padded = open_data(tmp_path, Preparation(size=(32, 32), fit="pad", alpha="#ff0000")).x
    assert padded[0, :, 0, 0].tolist() == [255, 0, 0]
    assert torch.equal(padded[0, :, 8:24], channels_first([picture])[0])


def test_alpha(tmp_path):
    picture = np.zeros((8, 8, 4), np.uint8)
    picture[:4] = [10, 20, 30, 255]
    for i in range(2):
        (tmp_path / f"{i}.png").write_bytes(encoded(picture))
    white = open_data(tmp_path)
    assert white.x[0, :, 0, 0].tolist() == [10, 20, 30]
    assert white.x[0, :, 7, 7].tolist() == [255] * 3
    assert "transparent" in white.report.notes[0]
    assert open_data(tmp_path, Preparation(alpha="#010203")).x[0, :, 7, 7].tolist() == [1, 2, 3]
    assert torch.equal(open_data(tmp_path, Preparation(alpha="keep")).x, channels_first([picture, picture]))


def test_sixteen_bits_cmyk_palettes_turned_and_animated(tmp_path):
    grey = (np.arange(64).reshape(8, 8) * 1000).astype(np.uint16)
    (tmp_path / "a.png").write_bytes(encoded(Image.fromarray(grey)))
    (tmp_path / "b.jpg").write_bytes(encoded(Image.new("CMYK", (8, 8), (0, 255, 255, 0)), "JPEG", quality=100))
    palette = Image.fromarray(noise(8, 8, 3)).quantize(16)
    (tmp_path / "c.png").write_bytes(encoded(palette))
    turned = Image.fromarray(COLOUR[0][:8])
    exif = turned.getexif()
    exif[0x0112] = 6  # the camera was held on its side
    (tmp_path / "d.png").write_bytes(encoded(turned, exif=exif))
    frames = [Image.fromarray(noise(8, 8)) for _ in range(3)]
    (tmp_path / "e.gif").write_bytes(encoded(frames[0], "GIF", save_all=True, append_images=frames[1:]))
    (tmp_path / "f.png").write_bytes(encoded(noise(8, 8, 3), "JPEG"))
    data = open_data(tmp_path)
    assert torch.equal(data.x[0], torch.from_numpy((grey >> 8).astype(np.uint8)).expand(3, 8, 8))
    assert (data.x[1].float().mean(dim=(1, 2)) - torch.tensor([255.0, 0, 0])).abs().max() < 8
    assert torch.equal(data.x[2], channels_first([np.asarray(palette.convert("RGB"))])[0])
    assert torch.equal(data.x[3], channels_first([np.rot90(COLOUR[0][:8], -1).copy()])[0])
    assert torch.equal(data.x[4], channels_first([np.asarray(frames[0].convert("RGB"))])[0])
    assert "1 pictures animated: the first frame is used" in data.report.notes
    assert "1 pictures named .png but holds JPEG: used" in data.report.notes


def test_odd_names_and_links(tmp_path):
    folder(tmp_path / "üñí ☃ [red]", 3)
    (tmp_path / ".hidden").mkdir()
    folder(tmp_path / ".hidden", 2)
    (tmp_path / os.fsdecode(b"latin-\xe9.png")).write_bytes(encoded(noise(9, 8, 3)))
    (tmp_path / "loop").symlink_to(tmp_path)
    data = open_data(tmp_path)
    assert len(data.x) == 4
    assert data.report.ignored == {"hidden": [".hidden"], "a link to a folder already seen": ["loop"]}


def decoded(monkeypatch):
    """Counts pictures that are decoded."""
    count = [0]
    real = opening.prepared.rows.row

    def row(*arguments):
        count[0] += 1
        return real(*arguments)

    monkeypatch.setattr(opening.prepared.rows, "row", row)
    return count


def test_a_second_start_decodes_nothing_and_reads_nothing(tmp_path, monkeypatch):
    count = decoded(monkeypatch)
    folder(tmp_path / "a", 5)
    first = open_data(tmp_path / "a")
    assert count == [5]
    with monkeypatch.context() as patch:
        patch.setattr(opening.prepared, "make", None)
        second = open_data(tmp_path / "a")
    assert torch.equal(first.x, second.x)
    assert first.digest() == second.digest()
    shutil.copytree(tmp_path / "a", tmp_path / "b")
    moved = open_data(tmp_path / "b")
    assert moved.digest() == first.digest()
    assert moved.report.path == str(tmp_path / "b")
    assert count == [5]
    (tmp_path / "a" / "02.png").write_bytes(encoded(noise(9, 8, 3)))
    changed = open_data(tmp_path / "a")
    assert changed.digest() != first.digest()
    assert count == [10]
    assert torch.equal(changed.x[3], first.x[3])


def test_a_damaged_cache_is_made_anew(tmp_path, monkeypatch):
    monkeypatch.setenv("SPARRING_CACHE", str(tmp_path / "cache"))
    folder(tmp_path / "a", 5)
    first = open_data(tmp_path / "a").x.clone()
    for file in (tmp_path / "cache" / "prepared").rglob("pictures.bin"):
        file.write_bytes(file.read_bytes()[:-7])
    with pytest.warns(UserWarning, match=r"damaged or changed .*: made again"):
        assert torch.equal(open_data(tmp_path / "a").x, first)
    for file in (tmp_path / "cache" / "prepared").rglob("about.json"):
        file.write_text("{")
    with pytest.warns(UserWarning, match="made again"):
        assert torch.equal(open_data(tmp_path / "a").x, first)


@pytest.mark.parametrize(
    "change",
    [
        {"captions": 3},
        {"classes": "ab"},
        {"report": {"count": "5"}},
        {"report": {"shape": [3, "9", 8]}},
        {"report": {"notes": [[1]]}},
        {"report": {"sizes": {"9 x 8": "5"}}},
        "labels",
        "more labels than memory",
    ],
)
def test_an_entry_of_the_cache_that_is_sealed_and_yet_none_is_made_anew(tmp_path, monkeypatch, change):
    monkeypatch.setenv("SPARRING_CACHE", str(tmp_path / "cache"))
    folder(tmp_path / "a", 4, classes=2)
    first = open_data(tmp_path / "a")
    (entry,) = (tmp_path / "cache" / "prepared").iterdir()
    about = json.loads(entry.joinpath("about.json").read_bytes())
    if change == "more labels than memory":
        header = f"{{'descr': '<i8', 'fortran_order': False, 'shape': ({2**31},)}}".ljust(117) + "\n"
        entry.joinpath("labels.npy").write_bytes(b"\x93NUMPY\1\0" + struct.pack("<H", len(header)) + header.encode())
    elif change == "labels":
        entry.joinpath("labels.npy").write_bytes(b"\x93NUMPY\1\0\x20\0{'descr': '|u1', 'shape': (3,}  ")
    else:
        about["report"].update(change.pop("report", {}))
        entry.joinpath("about.json").write_text(json.dumps(about | change))
    entry.joinpath("seal.json").unlink()
    seals.seal(entry, entry.name)
    tracemalloc.start()
    with pytest.warns(UserWarning, match="made again"):
        again = open_data(tmp_path / "a")
    assert tracemalloc.get_traced_memory()[1] < 2**26
    tracemalloc.stop()
    assert (again.report, again.classes) == (first.report, first.classes)


def test_an_interruption_leaves_nothing(tmp_path, monkeypatch):
    def interrupt(*_):
        raise KeyboardInterrupt

    folder(tmp_path / "a", 5)
    monkeypatch.setattr(opening.prepared.rows, "row", interrupt)
    before = sorted(cache.home().rglob("*"))
    with pytest.raises(KeyboardInterrupt):
        open_data(tmp_path / "a")
    assert sorted(cache.home().rglob("*")) == before


def test_training_does_not_write_to_the_cache(tmp_path):
    folder(tmp_path / "a", 3)
    data = open_data(tmp_path / "a")
    before = data.x.clone()
    data.x.zero_()
    assert torch.equal(open_data(tmp_path / "a").x, before)


def test_arrays_of_the_same_bytes_but_another_shape_or_type_are_other_pictures(tmp_path):
    array = np.arange(5 * 8 * 16, dtype=np.uint8).reshape(5, 8, 16)
    views = {"wide": array, "high": array.reshape(5, 16, 8), "deep": array.view(np.uint16)}
    data = {}
    for name, view in views.items():
        np.save(tmp_path / f"{name}.npy", view)
        data[name] = open_data(tmp_path / f"{name}.npy", Preparation(size=(8, 8))).x
    assert not torch.equal(data["wide"], data["high"])
    assert not torch.equal(data["wide"], data["deep"])


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("bits", [8, 16])
def test_tiffs_held_in_any_way_keep_every_pixel(orientation, bits, tmp_path):
    array = noise(6, 10, 3) if bits == 8 else noise(6, 10).astype(np.uint16) * 256
    stored = Image.fromarray(array)
    for i in range(2):
        stored.save(tmp_path / f"{i}.tif", tiffinfo={0x0112: orientation})
    plain = array if bits == 8 else (array >> 8).astype(np.uint8)[..., None]
    flipped = {2: plain[:, ::-1], 3: plain[::-1, ::-1], 4: plain[::-1]}
    turned = {5: plain, 6: plain[::-1], 7: plain[::-1, ::-1], 8: plain[:, ::-1]}
    upright = turned[orientation].swapaxes(0, 1) if orientation > 4 else flipped.get(orientation, plain)
    assert torch.equal(open_data(tmp_path).x[0], torch.from_numpy(upright.transpose(2, 0, 1).copy()))


def test_big_endian_arrays(tmp_path):
    np.save(tmp_path / "a.npy", (GREY.astype(np.uint16) * 257).astype(">u2"))
    assert torch.equal(open_data(tmp_path / "a.npy").x, channels_first(GREY))


def test_large_pictures_are_decoded_few_at_a_time(tmp_path, monkeypatch):
    blocks, real = [], opening.prepared.parallel

    def spied(work, indices, title, expected, block=64, **more):
        blocks.append(block)
        return real(work, indices, title, expected, block, **more)

    monkeypatch.setattr(opening.prepared, "parallel", spied)
    folder(tmp_path, 2)
    for side in (8, 1024):
        open_data(tmp_path, Preparation(size=(side, side)))
    assert blocks == [64, 64, 64, 1]


def test_two_that_prepare_the_same_both_get_it(tmp_path, monkeypatch):
    monkeypatch.setenv("SPARRING_CACHE", str(tmp_path))
    target = cache.home() / "prepared" / "x"
    with cache.staged(target) as mine:
        (mine / "file").write_text("mine")
        monkeypatch.setattr("pathlib.Path.exists", lambda path: False)  # as it was a moment ago
        target.mkdir(parents=True)
        (target / "file").write_text("theirs")
    monkeypatch.undo()
    assert (target / "file").read_text() == "theirs"
    assert list(target.parent.iterdir()) == [target]


def test_drawings_of_another_shape_are_as_sharp_as_can_be():
    svg = b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 8 8"><rect width="4" height="8"/></svg>'
    assert drawings._drawn(svg, (64, 32)).size == (64, 64)


def test_pictures_beside_class_folders_are_noted(tmp_path):
    folder(tmp_path, 4, classes=2)
    (tmp_path / "stray.png").write_bytes(encoded(noise(9, 8, 3)))
    data = open_data(tmp_path)
    assert data.y is None
    assert data.report.notes == ["no labels: 1 of 5 pictures are not in a class folder, stray.png first"]
    packed(tmp_path / "a.zip", [(f"{n}.png", encoded(noise(8, 8))) for n in ("a/0", "a/1", "b/0", "c")])
    assert "1 of 4 pictures are not in a class folder, c.png first" in open_data(tmp_path / "a.zip").report.notes[0]


def test_rounding_beyond_one_is_white(tmp_path):
    array = GREY / 255
    array[0, 0, 0] = 1.0004
    np.save(tmp_path / "a.npy", array)
    expected = GREY.copy()
    expected[0, 0, 0] = 255
    assert torch.equal(open_data(tmp_path / "a.npy").x, channels_first(expected))


def test_a_lost_file_of_partners_is_made_anew(tmp_path, monkeypatch):
    monkeypatch.setenv("SPARRING_CACHE", str(tmp_path / "cache"))
    folder(tmp_path / "a", 3)
    monkeypatch.setattr("sparring.data.folder.Folder.partner", lambda self, i, size: self.image(i, size))
    paired = open_data(tmp_path / "a")
    assert torch.equal(paired.y, paired.x)
    for file in (tmp_path / "cache" / "prepared").rglob("partners.bin"):
        file.unlink()
    with pytest.warns(UserWarning, match="made again"):
        assert torch.equal(open_data(tmp_path / "a").y, paired.y)


def test_what_killed_processes_left_in_the_cache_goes(tmp_path):
    target = tmp_path / "cache" / "entry"
    old, new = target.parent / ".gone.x.tmp", target.parent / ".busy.x.tmp"
    for leftover in (old, new):
        leftover.mkdir(parents=True)
    os.utime(old, (0, 0))
    with cache.staged(target) as made:
        (made / "file").write_text("x")
    assert not old.exists()
    assert new.exists()
    assert (target / "file").exists()


def test_a_full_disk_is_explained(tmp_path, monkeypatch):
    import errno

    def full(*_):
        raise OSError(errno.ENOSPC, "No space left on device")

    folder(tmp_path / "a", 3)
    monkeypatch.setattr(opening.prepared.rows.Writer, "add", full)
    with pytest.raises(
        OSError, match=r"the cache .* cannot be written: the disk is full: make space, or set SPARRING_CACHE to another"
    ):
        open_data(tmp_path / "a")
