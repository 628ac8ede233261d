import hashlib
import os
import pickle
import struct
import tarfile
import tracemalloc
import warnings

import pytest
import safetensors.torch
import torch
from torch import nn

from sparring.metrics.foreign import digest, read_weights


@pytest.fixture
def state():
    return nn.Sequential(nn.Linear(3, 4), nn.BatchNorm1d(4)).state_dict()


def save(content, path, *, old=False):
    torch.save(content, path, _use_new_zipfile_serialization=not old)
    return path


def refused(path, match, kind=ValueError):
    with pytest.raises(kind, match=match) as caught:
        read_weights(path, digest(path))
    assert "\n" not in str(caught.value)


class Code:
    """What runs when a pickle is read without care."""

    def __init__(self, path):
        self.path = path

    def __reduce__(self):
        return os.mkdir, (str(self.path),)


def test_digest(tmp_path):
    (tmp_path / "a").write_bytes(bytes(3_000_000))
    assert digest(tmp_path / "a") == hashlib.sha256(bytes(3_000_000)).hexdigest()


@pytest.mark.parametrize("wrap", [lambda s: s, lambda s: {"epoch": 3, "state_dict": s}, lambda s: {"model": s}])
@pytest.mark.parametrize("name", ["new.pth", "old.pt", "plain.bin"])
def test_files_of_torch(tmp_path, state, name, wrap):
    path = save(wrap(state), tmp_path / name, old=name == "old.pt")
    found = read_weights(path, digest(path))
    assert found.keys() == state.keys()
    for key, value in found.items():
        assert type(value) is torch.Tensor
        assert torch.equal(value, state[key])


def test_safetensors(tmp_path, state):
    path = tmp_path / "a.safetensors"
    safetensors.torch.save_file(state, path)
    found = read_weights(path, digest(path).upper())
    path.write_bytes(bytes(path.stat().st_size))  # nothing maps the file
    for key, value in found.items():
        assert torch.equal(value, state[key])
        value.add_(1)


def test_tensors_have_memory_of_their_own(tmp_path):
    x = torch.arange(6.0)
    path = save({"a": nn.Parameter(x), "b": x[2:4]}, tmp_path / "a.pth")
    found = read_weights(path, digest(path)[:8])
    found["a"].zero_()
    assert found["b"].tolist() == [2, 3]
    assert found["b"].untyped_storage().nbytes() == 8
    assert not found["a"].requires_grad


def test_another_file_is_refused_before_it_is_read(tmp_path, monkeypatch):
    path = save({"a": Code(tmp_path / "made")}, tmp_path / "a.pth")
    monkeypatch.setattr(torch, "load", lambda *_, **__: pytest.fail("it was read"))
    with pytest.raises(ValueError, match=rf"has SHA-256 {digest(path)}; expected {'0' * 64}: .*Fetch it again"):
        read_weights(path, "0" * 64)
    with pytest.raises(ValueError, match=r"expected 6726825d\.\.\.: "):
        read_weights(path, "6726825d")


@pytest.mark.parametrize("sha256", ["", "6726825", "x" * 64, "0" * 65])
def test_a_hash_that_is_none(tmp_path, sha256):
    with pytest.raises(ValueError, match="64 hex digits, or the first 8 or more"):
        read_weights(tmp_path / "a.pth", sha256)


@pytest.mark.parametrize("old", [False, True])
def test_code_is_not_run(tmp_path, old):
    made = tmp_path / "made"
    refused(save({"a": Code(made)}, tmp_path / "a.pth", old=old), r"it names \w+\.mkdir")
    (tmp_path / "b.pth").write_bytes(pickle.dumps({"a": Code(made)}, protocol=2))
    refused(tmp_path / "b.pth", "damaged or holds more than tensors")
    (tmp_path / "c.bin").write_bytes(pickle.dumps({"a": Code(made)}))
    refused(tmp_path / "c.bin", "damaged or holds more than tensors")
    assert not made.exists()


def test_programs_are_refused(tmp_path):
    with warnings.catch_warnings(action="ignore"):  # it is deprecated, and files of it are not
        torch.jit.script(nn.Linear(2, 2)).save(str(tmp_path / "a.pt"))
    refused(tmp_path / "a.pt", "a TorchScript archive, which is a program; expected a dictionary")
    refused(save(nn.Linear(2, 2), tmp_path / "b.pt"), r"it names torch\.nn\.modules\.linear\.Linear")
    (tmp_path / "storages").write_bytes(b"")
    with tarfile.open(tmp_path / "c.pth", "w") as archive:
        archive.add(tmp_path / "storages", "storages")
    refused(tmp_path / "c.pth", "damaged or holds more than tensors")


@pytest.mark.parametrize(
    ("content", "match"),
    [
        ({}, "holds nothing; expected a dictionary of tensors"),
        ([torch.ones(2)], "type list; expected a dictionary"),
        (torch.ones(2), "type Tensor; expected a dictionary"),
        ({"a": 1}, "type int under 'a'"),
        ({"a": torch.ones(2), "b": {"c": torch.ones(2)}}, "type dict under 'b'"),
        ({"state_dict": {"a": {}}}, "type dict under 'a'"),
        ({1: torch.ones(2)}, "under '1'; expected names"),
        ({"a": torch.eye(2).to_sparse()}, r"torch\.sparse_coo under 'a'; expected names and dense tensors in memory"),
        ({"a": torch.empty(2, device="meta")}, "in memory"),
    ],
)
def test_other_contents(tmp_path, content, match):
    refused(save(content, tmp_path / "a.pth"), match)


@pytest.mark.parametrize("share", [0, 0.1, 0.5, 0.95])
@pytest.mark.parametrize("name", ["new.pth", "old.pth", "a.safetensors"])
def test_truncated_files(tmp_path, state, name, share):
    path = tmp_path / name
    if name == "a.safetensors":
        safetensors.torch.save_file(state, path)
    else:
        save(state, path, old=name == "old.pth")
    content = path.read_bytes()
    path.write_bytes(content[: int(share * len(content))])
    refused(path, "fetch it again")


def test_a_length_that_the_file_has_not_takes_no_memory(tmp_path):
    """A damaged pickle says that two gigabytes of text follow."""
    (tmp_path / "a.pth").write_bytes(b"\x80\x02X" + struct.pack("<i", 2**31 - 1) + b"abc")
    tracemalloc.start()
    try:
        refused(tmp_path / "a.pth", "damaged or holds more than tensors")
        assert tracemalloc.get_traced_memory()[1] < 2**24
    finally:
        tracemalloc.stop()


def test_an_archive_with_a_name_that_cannot_be_read(tmp_path, state):
    content = save(state, tmp_path / "a.pth").read_bytes()
    central = content.index(b"PK\x01\x02")  # of the first member: its flags are at 8, its name at 46
    spoilt = bytearray(content)
    spoilt[central + 8 : central + 10] = struct.pack("<H", 0x800)
    spoilt[central + 46] = 0xB9
    (tmp_path / "a.pth").write_bytes(spoilt)
    refused(tmp_path / "a.pth", "damaged or holds more than tensors")


@pytest.mark.parametrize("name", ["a.pth", "a.safetensors"])
def test_a_page_instead_of_a_file(tmp_path, name):
    (tmp_path / name).write_text("<html>\nnot found\n</html>\n")
    refused(tmp_path / name, "fetch it again")


def test_what_is_no_file(tmp_path):
    (tmp_path / "folder.pth").mkdir()
    with pytest.raises(IsADirectoryError, match="is a directory; expected a file of weights: name the file inside"):
        read_weights(tmp_path / "folder.pth", "0" * 8)
    with pytest.raises(FileNotFoundError, match=r"there is no file .*: fetch it, or correct the path"):
        read_weights(tmp_path / "none.pth", "0" * 8)
    with pytest.raises(ValueError, match=r"not named as a file of weights; expected one of \.safetensors, "):
        read_weights(tmp_path / "a.onnx", "0" * 8)
