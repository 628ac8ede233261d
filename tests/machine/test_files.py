"""Files that survive a crash, and what is wrong with a file in one line."""

import errno
import os
import resource
import subprocess
import sys

import numpy as np
import pytest

from sparring.machine.files import explained, failed, file_atomically, folder_atomically, read_npy, write_atomically


@pytest.mark.parametrize(
    ("number", "words"),
    [
        (errno.ENOSPC, "the disk is full: make space"),
        (errno.EROFS, "the disk is read-only: "),
        (errno.EACCES, "you may not read or write it: "),
        (errno.ENOTDIR, "a file is where a folder should be: "),
        (errno.ELOOP, os.strerror(errno.ELOOP)),
    ],
)
def test_errors_are_explained(number, words):
    assert explained(OSError(number, os.strerror(number), "a/b")).startswith(f"'a/b': {words}")
    assert explained(OSError("in two\nlines")) == "in two lines"


def test_a_disk_that_fails_is_told_from_a_wrong_name():
    cause = OSError("the cache cannot be written")
    cause.__cause__ = OSError(errno.EIO, "Input/output error")
    assert failed(cause)
    assert [failed(OSError(number, "")) for number in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)] == [True] * 3
    assert not any(map(failed, (OSError(errno.ENOENT, ""), OSError("words"), ValueError(), None)))


def test_a_failed_write_names_the_file_and_keeps_the_old(tmp_path, monkeypatch):
    """Errors of writing name no file, and the file that is written has another name at first."""
    file = tmp_path / "a"
    write_atomically(file, b"old")

    def full(handle):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space") as error:
        write_atomically(file, b"new")
    assert explained(error.value) == f"'{file}': the disk is full: make space"
    assert [(path.name, path.read_bytes()) for path in tmp_path.iterdir()] == [("a", b"old")]


def test_a_folder_in_its_place(tmp_path):
    (tmp_path / "a").mkdir()
    with pytest.raises(IsADirectoryError) as error:
        write_atomically(tmp_path / "a", b"new")
    assert explained(error.value) == f"'{tmp_path / 'a'}': a folder is where a file should be: move it away"
    (tmp_path / "b").touch()
    with pytest.raises(FileExistsError) as error:
        write_atomically(tmp_path / "b" / "c", b"new")
    assert explained(error.value) == f"'{tmp_path / 'b'}': a file is where a folder should be: move it away"


def test_a_real_limit(tmp_path):
    code = "import sys; from pathlib import Path; from sparring.machine.files import explained, write_atomically\n"
    code += "try: write_atomically(Path(sys.argv[1]), bytes(5000))\nexcept OSError as error: print(explained(error))"
    limited = subprocess.run(
        [sys.executable, "-c", code, tmp_path / "a"], capture_output=True, text=True, check=True,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000)),
    )  # fmt: skip
    assert limited.stdout.startswith(f"'{tmp_path / 'a'}': the file is too large here")
    assert not list(tmp_path.iterdir())


def test_a_file_has_its_name_when_it_is_whole(tmp_path):
    path = tmp_path / "a.zip"
    path.write_bytes(b"old")
    with pytest.raises(TypeError), file_atomically(path) as file:
        file.writelines([b"half", "no bytes"])
    assert (path.read_bytes(), [*tmp_path.iterdir()]) == (b"old", [path])
    with file_atomically(path) as file:
        file.write(b"whole")
    assert (path.read_bytes(), [*tmp_path.iterdir()]) == (b"whole", [path])


@pytest.mark.parametrize("there", [False, True])
def test_a_folder_has_its_files_when_all_are_written(there, tmp_path):
    path = tmp_path / "samples"
    if there:
        path.mkdir()
    with pytest.raises(FileNotFoundError), folder_atomically(path) as folder:
        folder.joinpath("0").write_bytes(folder.joinpath("1").read_bytes())
    assert [*tmp_path.rglob("*")] == [path] * there
    with folder_atomically(path) as folder:
        folder.joinpath("0").write_bytes(b"x")
        assert not path.joinpath("0").exists()
    assert sorted(tmp_path.rglob("*")) == [path, path / "0"]


@pytest.mark.parametrize(
    "array", [np.arange(6.0).reshape(2, 3), np.arange(4, dtype=">u2"), np.float32(2), np.zeros((0, 3))]
)
def test_an_array_is_read_as_it_was_written(tmp_path, array):
    np.save(tmp_path / "a.npy", array)
    found = read_npy(tmp_path / "a.npy")
    assert found.dtype == np.asarray(array).dtype
    np.testing.assert_array_equal(found, array)


@pytest.mark.parametrize("shape", ["(9,)", "(3,)", f"({2**62}, {2**62})", f"({2**31},)"])
def test_an_array_is_what_its_header_says(tmp_path, shape):
    header = f"{{'descr': '<i8', 'fortran_order': False, 'shape': {shape}}}".ljust(117) + "\n"
    content = b"\x93NUMPY\1\0" + len(header).to_bytes(2, "little") + header.encode()
    (tmp_path / "a.npy").write_bytes(content + bytes(4 * 8))
    with pytest.raises(ValueError, match="by its header"):
        read_npy(tmp_path / "a.npy")


@pytest.mark.parametrize("content", [b"", b"no array", b"\x93NUMPY\2\0" + b"x" * 99, b"\x93NUMPY\1\0"])
def test_what_is_no_array_is_refused(tmp_path, content):
    (tmp_path / "a.npy").write_bytes(content)
    with pytest.raises(ValueError, match=r"\w"):
        read_npy(tmp_path / "a.npy")
