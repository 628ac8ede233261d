import json
import shutil
from hashlib import sha256

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from same import same
from sparring.runs import checkpoint

TREE = {
    "tensors": [
        torch.arange(6).reshape(2, 3),
        torch.tensor(2.5, dtype=torch.float64),
        torch.zeros(0, dtype=torch.bool),
    ],
    "state": {0: {"step": torch.tensor(3.0), "betas": (0.5, 0.999)}, 1: {}},
    "nothing": None,
    "flag": True,
    "name": 'a "quoted" näme',
    "big": 2**60,
}


def test_round_trip(tmp_path):
    checkpoint.save(tmp_path / "1", TREE)
    assert same(checkpoint.load(tmp_path / "1"), TREE)


LEAVES = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text()
TREES = st.recursive(
    LEAVES, lambda t: st.lists(t, max_size=3) | st.dictionaries(st.text() | st.integers(), t, max_size=3)
)


@given(TREES)
def test_any_tree_comes_back(tmp_path_factory, tree):
    path = tmp_path_factory.mktemp("tree") / "0"
    checkpoint.save(path, {"tree": tree})
    assert same(checkpoint.load(path), {"tree": tree})


@pytest.mark.parametrize("name", ["tensors.safetensors", "tree.json", "manifest.json"])
@pytest.mark.parametrize("damage", ["remove", "truncate", "flip"])
def test_a_damaged_checkpoint_is_passed_over(tmp_path, name, damage):
    checkpoint.save(tmp_path / "00000001", {"n": 1, "x": torch.ones(3)})
    checkpoint.save(tmp_path / "00000002", {"n": 2, "x": torch.ones(3)})
    file = tmp_path / "00000002" / name
    content = bytearray(file.read_bytes())
    content[len(content) // 2] ^= 1
    {
        "remove": file.unlink,
        "truncate": lambda: file.write_bytes(content[: len(content) // 2]),
        "flip": lambda: file.write_bytes(content),
    }[damage]()
    with pytest.raises(ValueError, match="00000002"):
        checkpoint.load(tmp_path / "00000002")
    with pytest.warns(UserWarning, match="passed over"):
        assert checkpoint.latest(tmp_path) == tmp_path / "00000001"


def test_a_failed_save_leaves_the_old_one(tmp_path, monkeypatch):
    checkpoint.save(tmp_path / "00000001", {"n": 1})
    monkeypatch.setattr(
        checkpoint.os, "fsync", lambda handle: (_ for _ in ()).throw(OSError("no space left on device"))
    )
    with pytest.raises(OSError, match="no space"):
        checkpoint.save(tmp_path / "00000002", {"n": 2})
    monkeypatch.undo()
    assert [p.name for p in tmp_path.iterdir()] == ["00000001"]
    assert checkpoint.load(checkpoint.latest(tmp_path)) == {"n": 1}


def test_what_is_not_data_is_refused(tmp_path):
    with pytest.raises(TypeError, match="/a/0 is a set"):
        checkpoint.save(tmp_path / "1", {"a": [{1}]})
    assert not list(tmp_path.iterdir())


def test_prune_keeps_the_newest(tmp_path):
    for n in range(4):
        checkpoint.save(tmp_path / f"{n:08d}", {"n": n})
    (tmp_path / ".00000009.77.tmp").mkdir()
    checkpoint.prune(tmp_path, keep=2)
    assert sorted(p.name for p in tmp_path.iterdir()) == ["00000002", "00000003"]


def test_no_checkpoint_at_all(tmp_path):
    assert checkpoint.latest(tmp_path / "nowhere") is None


def test_files_are_data(tmp_path):
    """Nothing but JSON and safetensors is on disk."""
    checkpoint.save(tmp_path / "1", TREE)
    assert sorted(p.name for p in (tmp_path / "1").iterdir()) == ["manifest.json", "tensors.safetensors", "tree.json"]
    json.loads((tmp_path / "1" / "tree.json").read_text())
    shutil.rmtree(tmp_path / "1")


def test_tensors_may_share_memory(tmp_path):
    """As the moments of an optimizer that two phases share, or a row of a table beside the table."""
    table = torch.arange(6.0).reshape(2, 3)
    tree = {"once": table, "again": table, "row": table[1], "column": table[:, 1]}
    checkpoint.save(tmp_path / "1", tree)
    assert same(checkpoint.load(tmp_path / "1"), tree)


@pytest.mark.parametrize("tree", [b"{", b"3", b'{"tensor": "gone"}', b'{"dict": [3]}', b'{"dict": 3}', b"[" * 99_999])
def test_a_tree_that_is_sealed_and_yet_none_is_one_line(tmp_path, tree):
    checkpoint.save(tmp_path / "1", TREE)
    (tmp_path / "1" / checkpoint.TREE).write_bytes(tree)
    manifest = tmp_path / "1" / checkpoint.MANIFEST
    manifest.write_text(json.dumps(json.loads(manifest.read_text()) | {checkpoint.TREE: sha256(tree).hexdigest()}))
    with pytest.raises(ValueError, match="1 is not a checkpoint of this run") as caught:
        checkpoint.load(tmp_path / "1")
    assert "\n" not in str(caught.value)
