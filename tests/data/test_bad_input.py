"""What people get wrong: a message that names it and says what to do, exit code 2, nothing left behind."""

import contextlib
import gzip
import hashlib
import io
import os
import struct
import tempfile
import time
import tracemalloc
import zipfile
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from scipy.io import savemat

from made import encoded, folder, huge_png, idx, noise, packed
from sparring import cli, recipes
from sparring.data.arrays import read_npz
from sparring.data.members import open_sound, refuse_bomb
from sparring.data.opening import open_data
from sparring.data.preparation import Preparation

OPTIONS = ["--rounds", "2", "--batch", "4", "--width", "2", "--latent", "3", "--device", "cpu", "--threads", "1"]
GREY = noise(5, 9, 8)
PICTURES = [(f"{i}.png", encoded(array)) for i, array in enumerate(GREY)]


def snapshot(path):
    """Every file below `path` with its content."""
    return {file: hashlib.sha256(file.read_bytes()).hexdigest() for file in path.rglob("*") if file.is_file()}


@pytest.fixture
def here(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("SPARRING_CACHE", str(tmp_path / "cache"))
    return tmp_path


def check_refused(capsys, words, *parts):
    """Runs a command that must fail; its one line must have these parts."""
    before = snapshot(Path())
    verb, *rest = words
    assert cli.run(verb, rest) == 2
    error = capsys.readouterr().err
    assert error.startswith("sparring: ")
    assert error.count("\n") == 1
    for part in parts:
        assert part in error
    assert snapshot(Path()) == before


def train(path, *options):
    return ["train", "dcgan", "--data", str(path), "--out", "run", *OPTIONS, *options]


def saved(array, path="a.npy", **options):
    np.save(path, array, **options)
    return path


def zipped(*members):
    return packed("a.zip", [*PICTURES, *members])


def written(name, content):
    Path(name).write_bytes(content)
    return name


def with_table(text, name="labels.csv"):
    folder(Path("d"), 3)
    Path("d", name).write_text(text)
    return "d"


def mostly_bad():
    folder(Path("d"), 2)
    for i in range(3):
        Path("d", f"bad{i}.png").write_bytes(b"")
    return "d"


def only_one():
    folder(Path("d"), 1)
    return "d"


def only_text():
    Path("d").mkdir()
    Path("d", "notes.txt").write_text("x")
    return "d"


def empty():
    Path("d").mkdir()
    return "d"


def splits():
    for part in ("train", "test"):
        folder(Path("d", part), 2)
    return "d"


def damaged(path, near):
    """The content of a file with one bit changed in what stands at `near`."""
    content = bytearray(Path(path).read_bytes())
    content[content.find(near) + 5] ^= 1
    return bytes(content)


def saved_npz():
    np.savez("a.npz", x=GREY)
    return "a.npz"


def npy_header(shape):
    """The beginning of an .npy file of this shape, and a few bytes."""
    text = f"{{'descr': '|u1', 'fortran_order': False, 'shape': {shape}}}".encode().ljust(117) + b"\n"
    return b"\x93NUMPY\1\0" + struct.pack("<H", len(text)) + text + bytes(500)


def twin_columns():
    import pyarrow as pa
    from pyarrow import parquet

    folder(Path("d"), 2)
    columns = [["00.png", "01.png"], ["a", "b"], ["a", "b"]]
    parquet.write_table(pa.table(columns, names=["file", "label", "label"]), "d/labels.parquet")
    return "d"


def idx_labels(count, y=None, kind=8):
    Path("train-images-idx3-ubyte").write_bytes(idx(GREY))
    Path("train-labels-idx1-ubyte").write_bytes(idx(np.zeros(count, np.uint8) if y is None else y, kind))
    return "train-images-idx3-ubyte"


def two_tables():
    with_table("file,label\n")
    Path("d", "more.csv").write_text("file,label\n")
    return "d"


def with_nan(value):
    array = GREY / 255
    array[3, 2, 1] = value
    return array


FILE_LABEL = "file,label\n"
ROWS = "00.png,a\n01.png,b\n"
CASES = {
    "missing path": (lambda: "nowhere", "'nowhere'", "check the path"),
    "empty folder": (empty, "'d' (it is empty)", "expected files ending in"),
    "no pictures": (only_text, "'notes.txt'", "expected files ending in"),
    "more than half bad": (mostly_bad, "3 (empty file, 'bad0.png' first)", "repair or remove them"),
    "one picture only": (only_one, "'d' holds only one picture", "add more"),
    "a single file": (lambda: written("a.png", PICTURES[0][1]), "'a.png' is a single picture", "give its folder"),
    "parts, not classes": (splits, "['test', 'train']", "such as d/train"),
    "an unknown kind of file": (lambda: written("a.doc", b"x"), "'a.doc'", "Expected a folder"),
    "an array with NaN": (
        lambda: saved(with_nan(np.nan)),
        "'a.npy' holds NaN or infinity, first in picture #3",
        "leave out",
    ),
    "an array with infinity": (lambda: saved(with_nan(np.inf)), "'a.npy' holds NaN or infinity", "leave out"),
    "an array of objects": (lambda: saved(np.array([{}] * 5), allow_pickle=True), "'a.npy'", "save it again"),
    "an array of wrong rank": (
        lambda: saved(GREY[0]),
        "'a.npy' holds uint8 of shape [9, 8]",
        "Expected numbers of shape",
    ),
    "an empty array": (lambda: saved(GREY[:0]), "'a.npy' holds uint8 of shape [0, 9, 8]", "None of the sizes is 0"),
    "an array of wrong channels": (lambda: saved(noise(5, 9, 8, 2)), "'a.npy' has the shape", "expected 1, 3 or 4"),
    "an array of words": (lambda: saved(np.array(["a", "b"])), "'a.npy' holds <U1", "Expected numbers"),
    "an array out of range": (lambda: saved(GREY * 40.0 - 7), "'a.npy' holds float64 from", "--range -7 10193"),
    "an array whose white nobody knows": (
        lambda: saved(GREY / 200),
        "'a.npy' holds float64 from 0 to 1.2",
        "--range 0 1.2",
    ),
    "a truncated array": (lambda: written("a.npy", Path(saved(GREY)).read_bytes()[:-20]), "'a.npy'", "save it again"),
    "no array at all": (lambda: written("a.npy", b""), "'a.npy'", "save it again"),
    "an npz without pictures": (
        lambda: np.savez("a.npz", x=np.zeros(3)) or "a.npz",
        "'a.npz' holds 0 arrays",
        "Save that array alone",
    ),
    "an npz of objects": (lambda: np.savez("a.npz", x=np.array([{}] * 5)) or "a.npz", "'a.npz'", "save it again"),
    "an npz whose labels do not match": (
        lambda: np.savez("a.npz", x=GREY, y=np.arange(4)) or "a.npz",
        "labels that do not match",
        "--labels none",
    ),
    "a damaged npz": (lambda: written("a.npz", b"PK\x03\x04 no more"), "'a.npz' is not a whole zip", "again"),
    "an npz with a damaged member": (
        lambda: written("a.npz", damaged(saved_npz(), b"NUMPY")),
        "'a.npz' is not whole arrays",
        "save it again",
    ),
    "an npz that claims too much": (
        lambda: packed("a.npz", [("x.npy", npy_header("(1000000000000, 8, 8)"))]),
        "'a.npz' is not whole arrays",
        "save it again",
    ),
    "an npy that claims too much": (
        lambda: written("a.npy", npy_header("(10000000000000000000000000, 8, 8)")),
        "'a.npy' is not a whole array",
        "save it again",
    ),
    "an npz that claims more than its member has": (
        lambda: packed("a.npz", [("x.npy", npy_header("(2000, 1000, 1000)") + bytes(99))]),
        "'a.npz' is not whole arrays of numbers (its header claims",
        "save it again",
    ),
    "an npy that claims an endless header": (
        lambda: written("a.npy", b"\x93NUMPY\x03\x00\xff\xff\xff\x7f"),
        "'a.npy' is not a whole array of numbers (its header is damaged",
        "save it again",
    ),
    "an npy with a broken header": (
        lambda: written("a.npy", npy_header("(((")),
        "'a.npy' is not a whole",
        "save it again",
    ),
    "an npz named .npy": (
        lambda: Path(saved_npz()).rename("a.npy"),
        "'a.npy' is not a whole array",
        "save it again",
    ),
    "idx with a wrong magic number": (
        lambda: written("idx3-ubyte", b"\1" + idx(GREY)[1:]),
        "'idx3-ubyte' begins with 01 00 08 03",
        "expected 00 00",
    ),
    "idx of labels": (
        lambda: written("idx3-ubyte", idx(GREY[0, 0])),
        "'idx3-ubyte' begins with 00 00 08 01",
        "03 dimensions",
    ),
    "idx too short": (
        lambda: written("idx3-ubyte", idx(GREY)[:-1]),
        "'idx3-ubyte' should hold 360 bytes",
        "holds 359: download it again",
    ),
    "idx too long": (
        lambda: written("idx3-ubyte", idx(GREY) + b"x"),
        "'idx3-ubyte' should hold 360 bytes",
        "holds more: download it again",
    ),
    "idx that claims too much": (
        lambda: written("idx3-ubyte", b"\0\0\x08\x03" + b"\xff" * 12),
        "'idx3-ubyte' claims 4294967295x",
        "Download it again",
    ),
    "idx that claims more than the file could hold": (
        lambda: written("idx3-ubyte.gz", gzip.compress(b"\0\0\x08\x03" + struct.pack(">III", 60_000, 1024, 1024))),
        "'idx3-ubyte.gz' claims 60000x1024x1024",
        "Download it again",
    ),
    "a damaged gz": (
        lambda: written("idx3-ubyte.gz", gzip.compress(idx(GREY))[:-20]),
        "'idx3-ubyte.gz' is damaged",
        "download it again",
    ),
    "idx labels that are no whole numbers": (
        lambda: idx_labels(5, np.array([0, 1, np.inf, 0.5, 1], ">f4"), 0x0D),
        "'train-labels-idx1-ubyte' holds float32 labels",
        "--labels none",
    ),
    "idx labels that do not match": (
        lambda: idx_labels(4),
        "'train-labels-idx1-ubyte' holds 4 labels",
        "--labels none",
    ),
    "damaged CIFAR-10": (
        lambda: written("data_batch_1.bin", bytes(3000)),
        "'data_batch_1.bin' holds 3,000 bytes",
        "Download it again",
    ),
    "damaged SVHN": (
        lambda: written("train_32x32.mat", b"MATLAB 5.0 MAT-file"),
        "'train_32x32.mat' is not a whole file",
        "again",
    ),
    "a truncated zip": (
        lambda: written("a.zip", Path(zipped()).read_bytes()[:-40]),
        "'a.zip' is not a whole zip",
        "again",
    ),
    "a zip with a damaged table": (
        lambda: written("a.zip", damaged(zipped(("labels.csv", b"file,label\n")), b"file,label")),
        "'a.zip'",
        "'labels.csv' is damaged",
        "Make a new archive",
    ),
    "a zip without pictures": (
        lambda: packed("a.zip", [("x.txt", b"x")]),
        "'a.zip' (it holds 1 other files",
        "expected files",
    ),
    "a table that names absent pictures": (
        lambda: with_table(FILE_LABEL + ROWS + "02.png,a\nx.png,a\n"),
        "'labels.csv' names pictures that are not there x.png (1 in all)",
        "--labels none",
    ),
    "a table without a row": (
        lambda: with_table(FILE_LABEL + ROWS),
        "'labels.csv' has no row for 02.png",
        "--labels none",
    ),
    "a table with two rows": (
        lambda: with_table(FILE_LABEL + ROWS + "02.png,a\n02.png,b\n"),
        "'labels.csv' has several rows for 02.png",
        "--labels none",
    ),
    "a table without a label": (
        lambda: with_table(FILE_LABEL + ROWS + "02.png,\n"),
        "'labels.csv' has no label for 02.png",
        "--labels none",
    ),
    "a table of other columns": (
        lambda: with_table("a,b\n1,2\n"),
        "'labels.csv' has the columns ['a', 'b']",
        "rename them",
    ),
    "a table with a ragged row": (
        lambda: with_table(FILE_LABEL + "00.png,a,b\n"),
        "row 2 of the table 'labels.csv' has 3 cells",
        "double quotes",
    ),
    "an empty table": (lambda: with_table(""), "'labels.csv' has the columns []", "expected 'file'"),
    "a damaged parquet": (lambda: with_table("PAR1", "labels.parquet"), "'labels.parquet' cannot be read", "save it"),
    "a parquet with a column twice": (twin_columns, "'labels.parquet' has 2 columns 'label'", "rename"),
    "two tables": (two_tables, "'d' holds several tables (labels.csv, more.csv)", "--labels FILE"),
}


@pytest.mark.parametrize("case", CASES)
def test_refused(case, here, capsys):
    make, *parts = CASES[case]
    check_refused(capsys, train(make()), *parts)


@pytest.mark.parametrize("version", [4, 5])
def test_what_a_file_of_matlab_claims_takes_no_memory(here, version):
    """The header of version 4: type, rows, columns, whether complex, length of the name."""
    content = io.BytesIO()
    savemat(content, {"X": np.zeros((4, 4, 3, 5), np.uint8), "y": np.ones((5, 1), np.uint8)})
    claims = content.getvalue().replace(struct.pack("<4i", 4, 4, 3, 5), struct.pack("<4i", 2**10, 2**10, 3, 2**9))
    assert claims != content.getvalue()
    old = struct.pack("<iiiii", 50, 2**16, 2**15, 0, 2) + b"X\0" + b"\0" * 64
    written("train_32x32.mat", old if version == 4 else claims)
    tracemalloc.start()
    with pytest.raises(ValueError, match="is not a whole file of SVHN's cropped digits"):
        open_data(Path("train_32x32.mat"))
    assert tracemalloc.get_traced_memory()[1] < 2**25
    tracemalloc.stop()


@pytest.mark.parametrize("name", ["idx3-ubyte", "idx3-ubyte.gz"])
def test_what_a_header_claims_takes_no_memory(here, name):
    content = b"\0\0\x08\x03" + struct.pack(">III", 2**14, 2**7, 2**7)
    written(name, gzip.compress(content) if name.endswith("gz") else content)
    tracemalloc.start()
    with pytest.raises(ValueError, match=r"should hold 268,435,456 bytes .* holds 0"):
        open_data(Path(name))
    assert tracemalloc.get_traced_memory()[1] < 2**24
    tracemalloc.stop()


@pytest.mark.parametrize(
    ("words", "parts"),
    [
        (["train", "dcgam"], ("no recipe 'dcgam'", "did you mean 'dcgan'")),
        (train("fashion-mnist-10"), ("'fashion-mnist-10'", "did you mean the set 'fashion-mnist-10k'")),
        (["data", "report", "fashion-mnist-10"], ("did you mean the set 'fashion-mnist-10k'",)),
        (["data", "report", "nowhere"], ("'nowhere'", "sparring data list")),
        (["data", "report", "ring", "--out", "x.jpg"], ("'x.jpg'", "ending in .png")),
        (train("ring"), ("shape [2]", "expected pictures")),
    ],
)
def test_wrong_names(words, parts, here, capsys):
    check_refused(capsys, words, *parts)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--size", "0", "8"], "--size is 0 8; expected"),
        (["--alpha", "whyte"], "--alpha is 'whyte'; expected keep, or a colour"),
        (["--colour", "gray"], "--colour"),
        (["--dta", "x"], "Perhaps you meant"),
    ],
)
def test_wrong_options(options, message, here, capsys):
    with pytest.raises(SystemExit) as stop:
        cli.run("train", ["dcgan", *options])
    assert stop.value.code == 2
    assert message in capsys.readouterr().err
    assert not list(here.iterdir())


def test_a_missing_table(here, capsys):
    folder(Path("d"), 3)
    check_refused(capsys, train("d", "--labels", "labels.cvs"), "labels.cvs'", "check --labels")


def test_a_table_for_what_has_labels_of_its_own(here, capsys):
    Path("labels.csv").write_text("file,label\n#0,a\n")
    check_refused(
        capsys, train(saved(GREY), "--labels", "labels.csv"), "'a.npy'", "labels.csv", "--labels auto or none"
    )


def test_options_for_what_is_not_prepared(here, capsys):
    check_refused(capsys, ["data", "report", "ring", "--size", "8", "8"], "'ring'", "leave out --size")


@pytest.mark.parametrize("name", ["speech", "words"])
def test_sets_of_files_alone(name, here, capsys):
    check_refused(
        capsys,
        ["data", "report", name],
        f"the set '{name}' has files but no pictures",
        f"sparring data get {name}` says where",
    )


def test_the_part_to_train_on_is_named_whole(here, capsys):
    for part in ("train", "valid"):
        folder(Path("d", "all", part), 2)
    check_refused(capsys, train("d"), "['train', 'valid']", "such as d/all/train")


def test_what_is_no_file(here, capsys):
    folder(here / "d", 3)
    Path("d", "loop.png").symlink_to("loop.png")
    os.mkfifo("d/pipe.png")
    os.mkfifo("a.npy")
    assert open_data("d").report.skipped == {
        "a broken link": ["loop.png"],
        "no file": ["pipe.png"],
    }
    check_refused(capsys, ["data", "report", "a.npy"], "'a.npy' is not a file or a folder", "expected one")


def test_a_size_that_no_memory_holds(here):
    with pytest.raises(ValueError, match=r"--size is 100000 100000; expected .* of at most 16,777,216 pixels"):
        Preparation(size=(100_000, 100_000))


def test_files_too_large_for_a_picture_are_not_read(here):
    folder(here / "d", 3)
    with Path("d", "words.png").open("wb") as file:
        file.truncate(10**12)
    assert open_data("d").report.skipped == {"over 512 MB": ["words.png"]}


def test_a_new_bad_link_is_noticed(here):
    folder(here / "d", 3)
    open_data("d")
    Path("d", "gone.png").symlink_to("nowhere")
    assert open_data("d").report.skipped == {"a broken link": ["gone.png"]}


def test_an_existing_run(here, capsys):
    folder(Path("d"), 3)
    Path("run").mkdir()
    Path("run", "precious.txt").write_text("x")
    check_refused(capsys, train("d"), "'run' exists", "choose another --out")


@contextlib.contextmanager
def nobody():
    """Somebody who may only do what permissions say, unlike root."""
    if os.geteuid():
        yield
        return
    os.seteuid(65534)
    try:
        yield
    finally:
        os.seteuid(0)


@pytest.fixture
def open_place(monkeypatch):
    """A folder anybody can reach, which pytest's own are not."""
    with tempfile.TemporaryDirectory() as name:
        Path(name).chmod(0o777)
        monkeypatch.chdir(name)
        monkeypatch.setenv("SPARRING_CACHE", str(Path(name, "cache")))
        folder(Path("d"), 3)
        assert cli.run("train", [*train("d")[1:], "--dry-run"]) == 0  # imports what root alone may read
        monkeypatch.setattr(recipes, "names", lambda: ["dcgan"])  # looks into the package's folder
        yield Path(name)
        for path in Path(name).rglob("*"):
            path.chmod(0o755)


def test_an_unreadable_folder(open_place, capsys):
    Path("d").chmod(0)
    capsys.readouterr()
    with nobody():
        assert cli.run("train", train("d")[1:]) == 2
    assert "'d' cannot be opened (Permission denied): make it readable" in capsys.readouterr().err
    assert not Path("run").exists()


def test_an_unreadable_picture_is_skipped(open_place, monkeypatch, capsys):
    monkeypatch.setenv("SPARRING_CACHE", str(open_place / "other"))
    Path("d", "01.png").chmod(0)
    with nobody():
        assert cli.run("data", ["report", "d", "--size", "8", "8"]) == 0
    assert "skipped: 1 (cannot be opened (Permission denied)): 01.png" in capsys.readouterr().out


def test_a_read_only_place_for_the_run(open_place, capsys):
    Path("locked").mkdir(mode=0o555)
    capsys.readouterr()
    with nobody():
        assert cli.run("train", [*train("d")[1:], "--out", "locked/run"]) == 2
    assert "'locked/run' cannot be written" in capsys.readouterr().err
    assert not list(Path("locked").iterdir())


def test_a_read_only_cache(open_place, monkeypatch, capsys):
    monkeypatch.setenv("SPARRING_CACHE", str(open_place / "locked"))
    Path("locked").mkdir(mode=0o555)
    capsys.readouterr()
    with nobody():
        assert cli.run("data", ["report", "d"]) == 2
    assert "set SPARRING_CACHE to another folder" in capsys.readouterr().err


GOOD_BUT_BAD = {
    "corrupt": (lambda: b"\x89PNG\r\n\x1a\n nothing", "corrupt"),
    "truncated": (lambda: encoded(noise(90, 80, 3))[:-3000], "corrupt or truncated"),
    "empty": (lambda: b"", "empty file"),
    "text": (lambda: b"these are words", "not a picture, although its name says so"),
    "one pixel": (lambda: encoded(noise(1, 1, 3)), "a side of one pixel"),
    "bomb": (huge_png, "over 89 million pixels"),
    "floats": (lambda: encoded(Image.fromarray(np.zeros((8, 8), np.float32)), "TIFF"), "floating-point pixels"),
    "32 bits": (lambda: encoded(Image.fromarray(np.full((8, 8), 10**6, np.int32)), "TIFF"), "32-bit pixels"),
}


@pytest.mark.parametrize("case", GOOD_BUT_BAD)
def test_bad_pictures_are_skipped_counted_and_listed(case, here, capsys):
    make, reason = GOOD_BUT_BAD[case]
    folder(here / "d", 3)
    (here / "d" / "bad.png").write_bytes(make())
    assert cli.run("data", ["report", "d"]) == 0
    out = capsys.readouterr().out
    assert "(folder): 3 examples" in out
    assert f"skipped: 1 ({reason}" in out
    assert "bad.png" in out


def test_links_that_lead_nowhere(here):
    folder(here / "d", 3)
    (here / "d" / "gone.png").symlink_to("nowhere.png")
    assert open_data("d").report.skipped == {"a broken link": ["gone.png"]}


def test_damaged_members_of_an_archive(here):
    content = bytearray(Path(zipped()).read_bytes())
    content[content.find(b"IDAT") + 6] ^= 0xFF
    Path("a.zip").write_bytes(content)
    assert open_data("a.zip").report.skipped == {"damaged in the archive": ["0.png"]}


def test_many_bombs_in_one_archive(here, capsys):
    """42.zip's way: no member is large, all together are."""
    members = []
    for i in range(30):
        member = zipfile.ZipInfo(f"{i}.bmp")
        member.file_size, member.compress_size = 2**28, 2**15
        members.append(member)
    with pytest.raises(ValueError, match=r"a\.zip.*like a zip bomb: archive"):
        refuse_bomb(Path("a.zip"), members)


def awful(path):
    """Every kind of trouble beside forty good pictures of different sizes."""
    rng = np.random.default_rng(1)
    for i in range(40):
        size = (int(rng.integers(10, 60)), int(rng.integers(10, 60)))
        file = path / ("deep/er" if i % 3 else "") / f"good {i:02}.{'png' if i % 2 else 'jpg'}"
        file.parent.mkdir(parents=True, exist_ok=True)
        array = rng.integers(0, 256, (*size, 3) if i % 4 else size, np.uint8)
        file.write_bytes(encoded(array, "PNG" if i % 2 else "JPEG"))
    for case, (make, _) in GOOD_BUT_BAD.items():
        (path / f"bad {case}.png").write_bytes(make())
    (path / ".hidden.png").write_bytes(b"x")
    (path / "notes.txt").write_text("x")
    (path / os.fsdecode(b"\xff\xfe[bold]\n.png")).write_bytes(b"x")
    (path / "loop").symlink_to(path)
    (path / "gone.png").symlink_to("nowhere")


def test_an_awful_folder_trains_on_what_is_good(here, capsys):
    awful(here / "d")
    assert cli.run("train", train("d", "--size", "16", "16")[1:]) == 0
    out = capsys.readouterr().out
    assert "(folder): 40 examples" in out
    for _, reason in GOOD_BUT_BAD.values():
        assert reason in out
    assert "gone.png" in out
    assert "\\udcff\\udcfe[bold]\\n.png" in out
    assert "Played to round 2" in out
    assert sum(len(names) for names in open_data("d").report.skipped.values()) == len(GOOD_BUT_BAD) + 2
    assert Path("run", "data.png").stat().st_size > 1000
    assert Path("run", "data.txt").read_text().count("skipped") >= 7


def test_labels_that_nobody_uses_are_said_once(here, capsys):
    folder(here / "d", 4, classes=2)
    assert cli.run("train", train("d")[1:]) == 0
    assert capsys.readouterr().out.count("have labels, which dcgan IGNORES") == 1
    assert cli.run("train", [*train("d", "--labels", "none")[1:-4], "--labels", "none", "--out", "other"]) == 0
    assert "IGNORES" not in capsys.readouterr().out


def test_flips_and_size_are_kept_for_resuming(here, capsys):
    folder(here / "d", 6)
    options = train("d", "--flips", "--size", "8", "8", "--alpha", "black")[1:]
    assert cli.run("train", options) == 0
    assert cli.run("resume", ["run", "--rounds", "4"]) == 0
    assert "Played to round 4" in capsys.readouterr().out
    assert open_data("d", Preparation(size=(8, 8), alpha="black")).x.shape == (6, 3, 8, 8)


def test_a_zip_with_a_hidden_twin_of_each_picture_takes_no_time(here):
    content = encoded(GREY[0])
    members = [(f"{i}.png", content) for i in range(2)]
    members += [(f"__MACOSX/._{i}.png", b"") for i in range(20_000)]
    packed("a.zip", members)
    start = time.process_time()
    assert len(open_data("a.zip").report.ignored["hidden"]) == 20_000
    assert time.process_time() - start < 10  # 40 s if the time grew with the square


def test_what_is_no_array_in_an_npz_is_left_out(here):
    """NumPy gives the bytes of such members."""
    path = saved_npz()
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr("notes.txt", "mine")
    assert open_data(path).x.shape == (5, 1, 9, 8)


def test_an_npz_may_hold_one_large_array(here):
    np.savez("a.npz", x=np.zeros((2, 2**14, 2**14 + 1), np.uint8))
    with pytest.raises(ValueError, match="holds a member of over 512 MB"):
        open_sound(Path("a.npz"))
    assert read_npz(Path("a.npz")).pixels.shape == (2, 2**14, 2**14 + 1, 1)
