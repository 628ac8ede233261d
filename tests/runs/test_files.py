"""The files of a run: what is read is what was written, or an error that names the file."""

import json
import zlib

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from same import same
from sparring.runs import files, models
from sparring.runs.run import Run

CONTENT = {"recipe": "ring", "config": {"rounds": 6, "rate": 1e-3, "size": [2, 3]}, "data": {"shape": [2]}}
LINES = [{"round": n, "loss/ä": n / 3} for n in range(1, 5)]
TENSORS = {"b": torch.arange(6.0).reshape(2, 3), "a": torch.tensor(7), "half": torch.ones(3, dtype=torch.bfloat16),
           "none": torch.zeros(0, 2), "flags": torch.tensor([True, False])}  # fmt: skip


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    path = tmp_path_factory.mktemp("run")
    files.write_config(path, CONTENT)
    models.write(path, "average", TENSORS)
    log = files.Lines(path / files.LOG)
    for line in LINES:
        log.append(line)
    return path


def test_round_trip(run):
    assert files.read_config(run) == {**CONTENT, "format": files.FORMAT}
    assert same(dict(sorted(models.read(run, "average").items())), dict(sorted(TENSORS.items())))
    assert files.read_log(run / files.LOG) == LINES


DAMAGE = st.tuples(st.floats(0, 1, exclude_max=True), st.binary(min_size=1, max_size=9))


def with_damage(file, damage, read):
    """What `read` gives while bytes somewhere in the file are others."""
    whole = file.read_bytes()
    at = int(damage[0] * len(whole))
    try:
        file.write_bytes(whole[:at] + damage[1] + whole[at + len(damage[1]) :])
        return read()
    finally:
        file.write_bytes(whole)


@given(DAMAGE)
def test_a_damaged_model_is_refused(run, damage):
    file = run / "model" / "average.safetensors"
    try:
        found = with_damage(file, damage, lambda: models.read(run, "average"))
    except ValueError as error:
        assert str(error).startswith(f"{str(file)!r} is damaged")  # noqa: PT017 - it may be whole too
        assert "sparring resume" in str(error)  # noqa: PT017
        assert "\n" not in str(error)  # noqa: PT017
    else:
        assert same(dict(sorted(found.items())), dict(sorted(TENSORS.items())))


@given(DAMAGE)
def test_a_damaged_configuration_is_refused(run, damage):
    try:
        found = with_damage(run / files.CONFIG, damage, lambda: files.read_config(run))
    except ValueError as error:
        assert files.CONFIG in str(error) or "an older version" in str(error)  # noqa: PT017
        assert "\n" not in str(error)  # noqa: PT017
    else:
        assert found == {**CONTENT, "format": files.FORMAT}


@given(DAMAGE)
def test_whole_lines_of_a_damaged_log_stay(run, damage):
    found = with_damage(run / files.LOG, damage, lambda: files.read_lines(run / files.LOG))
    assert [line for line in LINES if line in found.lines] == found.lines
    assert len(found.lines) >= len(LINES) - 2 - damage[1].count(b"\n")
    assert found.damaged or found.lines == LINES or found.lines == LINES[:-1], "or it looks like cut by a crash"


def test_the_other_weights_in_its_place(run):
    """Both models of a run are whole, and one is not the other."""
    (run / "model" / "raw.safetensors").write_bytes((run / "model" / "average.safetensors").read_bytes())
    with pytest.raises(ValueError, match=r"raw\.safetensors' is damaged"):
        models.read(run, "raw")


def test_runs_of_other_versions_are_called_that(tmp_path):
    (tmp_path / files.CONFIG).write_text(json.dumps({**CONTENT, "sessions": []}))
    with pytest.raises(
        ValueError, match=r"is from an older version, sparring 0\.1\.0: use that version, or train again"
    ):
        Run.open(tmp_path)
    for number, use in ((files.FORMAT - 1, "the version that wrote it"), (files.FORMAT + 1, "a newer version")):
        (tmp_path / files.CONFIG).write_text(json.dumps({**CONTENT, "format": number, "seal": "other"}))
        with pytest.raises(ValueError, match=rf"config\.json' has format {number} .* reads {files.FORMAT}: use {use}"):
            Run.open(tmp_path)


def test_a_changed_configuration_says_what_to_do(run):
    file = run / files.CONFIG
    whole = file.read_text()
    (run / "checkpoints" / "00000004").mkdir(parents=True)
    copy = run / "checkpoints" / "00000004" / files.CONFIG
    copy.write_text(whole)
    file.write_text(whole.replace('"rounds": 6', '"rounds": 7'))
    with pytest.raises(ValueError, match=r"undo the change, or put back the copy .*use `sparring resume`") as e:
        files.read_config(run)
    assert str(copy) in str(e.value)
    file.write_text(json.dumps(json.loads(whole)))
    assert files.read_config(run)["config"] == CONTENT["config"], "spaces change nothing"
    file.write_text(whole)


def test_lines_that_are_lost_are_missed(tmp_path):
    log = files.Lines(tmp_path / files.LOG)
    for line in LINES:
        log.append(line)
    first, _, *rest = log.path.read_bytes().splitlines(keepends=True)
    log.path.write_bytes(first.replace(b"round", b"bound") + b"".join(rest))
    with pytest.warns(UserWarning, match=r"log\.jsonl': line 1 is damaged and left out; 1 of 4 lines are missing"):
        assert log.begin(4, expected=4) == LINES[2:]
    assert log.begin(4) == LINES[2:]
    assert log.begin(3) == LINES[2:3]
    assert log.count == 1


@pytest.mark.parametrize(
    "text", [b"{x}", b'{"round": "2"}', b'{"loss": 1}', b'{"round": 2, "loss": [1]}', b'{"round": 2, "loss": 1e300}',
             b'{"round": 2, "loss": true}', b'{"round": ' + b"[" * 99_999 + b"}", b'{"round": 2.5}'],
)  # fmt: skip
def test_a_line_that_is_whole_but_no_line_of_a_log_is_damaged(tmp_path, text):
    file = tmp_path / files.LOG
    log = files.Lines(file)
    log.append(LINES[0])
    with file.open("ab") as opened:
        opened.write(b'%s, "crc32": "%08x"}\n' % (text[:-1], zlib.crc32(text)))
    log.append(LINES[2])
    found = files.read_lines(file)
    assert (found.lines, found.damaged) == ([LINES[0], LINES[2]], [2])


@pytest.mark.parametrize("part", ["recipe", "config", "data"])
def test_a_configuration_of_another_program_is_no_run(tmp_path, part):
    files.write_config(tmp_path, {**CONTENT, part: 3})
    with pytest.raises(ValueError, match=r"config\.json was not written by sparring"):
        files.read_config(tmp_path)
