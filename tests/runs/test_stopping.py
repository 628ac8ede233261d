"""What a run says when its disk fails."""

import errno
import shutil

import pytest

from sparring.runs import checkpoint, files
from sparring.runs.errors import StoppedError
from sparring.runs.stopping import saying_what_is_saved


def stopped(run, number=errno.EIO):
    with pytest.raises(StoppedError) as error, saying_what_is_saved(run):
        raise OSError(number, "", str(run / "log.jsonl"))
    return str(error.value).removeprefix(f"'{run / 'log.jsonl'}': ")


@pytest.fixture
def run(tmp_path):
    path = tmp_path / "run"
    path.mkdir()
    return path


def test_nothing_is_saved(run):
    assert stopped(run, errno.ENOSPC) == (
        "the disk is full: make space; nothing is saved yet. Then: the same command again"
    )
    run.joinpath(files.CONFIG).write_text("{}")
    assert stopped(run).endswith(f"nothing is saved yet. Then: sparring resume {run}")


def test_the_newest_checkpoint_that_can_be_read_is_named(run):
    for number in (4, 1200):
        checkpoint.save(run / "checkpoints" / f"{number:08}", {"round": number})
    assert stopped(run) == (
        "the disk reports an error: copy the files to another disk and continue there; saved at round 1200, and that "
        f"checkpoint is good. Then: sparring resume {run}"
    )
    run.joinpath("checkpoints", "00001200", "tree.json").write_text("{}")
    with pytest.warns(UserWarning, match="passed over"):
        assert "saved at round 4, and that checkpoint is good" in stopped(run)


def test_a_disk_that_is_gone(run, monkeypatch):
    def gone(*_):
        raise OSError(errno.EIO, "")

    monkeypatch.setattr(checkpoint, "found", gone)
    assert stopped(run).endswith(f"what is saved cannot be read. Then: sparring resume {run}")


def test_a_run_of_somebody_else_is_no_disk_that_fails(run):
    with pytest.raises(FileExistsError, match="exists"), saying_what_is_saved(run):
        raise FileExistsError("'run' exists")
    shutil.rmtree(run)
    run.touch()
    with pytest.raises(StoppedError, match="a file is where a folder should be"), saying_what_is_saved(run):
        run.mkdir()
