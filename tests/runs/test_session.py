"""A session: signals, several processes, disks that fail."""

import errno
import fcntl
import json
import os
import shutil
import signal
import subprocess
import sys
import termios
import time
from pathlib import Path

import pytest
import torch

from sparring import cli
from sparring.hooks import Every
from sparring.recipes.theory.ring import Config
from sparring.runs import checkpoint, files, lock, portraits, writers
from sparring.runs.errors import InUseError, StoppedError
from sparring.runs.session import Session

STOPS = [signal.SIGINT, signal.SIGTERM, signal.SIGHUP]


@pytest.fixture
def config():
    return Config(rounds=6, batch=4, width=4, latent=2, device="cpu", checkpoint_every=4)


@pytest.fixture
def before():
    """What the signals do elsewhere."""
    return [signal.getsignal(number) for number in STOPS]


def test_numbers_too_small_for_full_precision_are_0(config, tmp_path):
    """They make CPUs slow; momentum would leave them behind."""
    velocity = torch.full((9,), 1e-39)
    assert (velocity * 0.7).all()
    Session.create(tmp_path / "run", "ring", config)
    assert not (velocity * 0.7).any()


def rounds(path):
    return [file.name for file in checkpoint.found(path / files.CHECKPOINTS)]


@pytest.mark.parametrize("number", STOPS)
def test_the_last_save_and_the_drawing_end_after_a_signal(tmp_path, config, monkeypatch, before, number):
    """Each time: a signal in the midst of both."""
    save, said = checkpoint.save, []

    def signalled(path, *rest):
        signal.raise_signal(number)
        save(path, *rest)

    monkeypatch.setattr(writers.checkpoint, "save", signalled)
    session = Session.create(tmp_path / "run", "ring", config)
    session.checkpoint.every = 100  # the last save alone
    assert session.play(on_interrupt=lambda: said.append(number)), "it was complete"
    assert rounds(tmp_path / "run") == ["00000006"]
    assert session.drawn
    assert said == [number]
    assert [signal.getsignal(number) for number in STOPS] == before

    draw = Session.draw
    monkeypatch.setattr(writers.checkpoint, "save", save)
    monkeypatch.setattr(Session, "draw", lambda self: (signal.raise_signal(number), draw(self))[1])
    session = Session.create(tmp_path / "other", "ring", config)
    assert session.play()
    assert session.drawn


@pytest.mark.parametrize("number", STOPS)
def test_a_signal_before_the_first_round(tmp_path, config, monkeypatch, number):
    """It is not forgotten, whatever the trainer does when it begins."""
    describe = portraits.describe
    monkeypatch.setattr(portraits, "describe", lambda *about: (signal.raise_signal(number), describe(*about)))
    session = Session.create(tmp_path / "run", "ring", config)
    assert not session.play()
    assert rounds(tmp_path / "run") == ["00000001"]


def test_a_second_signal_while_saving_stops_at_once(tmp_path, config, monkeypatch):
    def twice(*_):
        signal.raise_signal(signal.SIGINT)
        signal.raise_signal(signal.SIGINT)

    monkeypatch.setattr(writers.checkpoint, "save", twice)
    session = Session.create(tmp_path / "run", "ring", config)
    with pytest.raises(KeyboardInterrupt):
        session.play()
    assert lock.holder(tmp_path / "run") is None
    monkeypatch.undo()
    with pytest.warns(UserWarning, match="there is no checkpoint"):
        assert Session.resume(tmp_path / "run").play()


def test_a_job_in_the_background_is_stopped_too(tmp_path, config):
    """A shell that does not look after its jobs has them ignore SIGINT."""
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    session = Session.create(tmp_path / "run", "ring", config)
    try:
        assert not session.play([Every(2, lambda trainer, costs: signal.raise_signal(signal.SIGINT))])
        twice = Every(3, lambda trainer, costs: [signal.raise_signal(signal.SIGINT) for _ in range(2)])
        with pytest.raises(KeyboardInterrupt):
            session.play([twice])
        assert signal.getsignal(signal.SIGINT) == signal.SIG_IGN
    finally:
        signal.signal(signal.SIGINT, before)


def test_a_message_that_cannot_be_written_costs_nothing(tmp_path, config):
    def gone():
        raise OSError(errno.EIO, "the terminal is closed")

    stop = Every(5, lambda trainer, costs: signal.raise_signal(signal.SIGHUP))
    assert not Session.create(tmp_path / "run", "ring", config).play([stop], on_interrupt=gone)
    assert rounds(tmp_path / "run") == ["00000004", "00000005"]


def test_a_hangup_that_is_ignored_stays_ignored(tmp_path, config):
    """As under nohup."""
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        stop = Every(5, lambda trainer, costs: signal.raise_signal(signal.SIGHUP))
        assert Session.create(tmp_path / "run", "ring", config).play([stop])
        assert signal.getsignal(signal.SIGHUP) == signal.SIG_IGN
    finally:
        signal.signal(signal.SIGHUP, before)


def test_a_terminal_that_closes(tmp_path):
    """The kernel sends SIGHUP, and nothing can be printed any more; what was played is saved."""
    run = tmp_path / "run"
    words = ["train", "ring", "--rounds", "1000000", "--batch", "4", "--width", "4", "--out", str(run)]
    code = f"import fcntl; fcntl.ioctl(0, {termios.TIOCSCTTY}, 0); from sparring.cli import main; main({words!r})"
    ours, theirs = os.openpty()
    process = subprocess.Popen(
        [sys.executable, "-c", code], stdin=theirs, stdout=theirs, stderr=theirs, start_new_session=True
    )
    os.close(theirs)
    until(lambda: (run / files.LOG).exists() and len(files.read_lines(run / files.LOG).lines) > 2)
    os.close(ours)
    assert process.wait(60) == 130
    (newest,) = rounds(run)
    assert int(newest) > 40
    assert not (run / lock.LOCK).exists()


def test_a_reader_that_goes_away(tmp_path):
    """As in `sparring train ... 2>&1 | head -n 1`."""
    run = tmp_path / "run"
    words = ["train", "ring", "--rounds", "20", "--batch", "4", "--width", "4", "--checkpoint-every", "99"]
    words += ["--out", str(run)]
    program = [sys.executable, "-m", "sparring", *words]
    process = subprocess.Popen(program, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    process.stdout.close()
    assert process.wait(60) == 0
    assert rounds(run) == ["00000020"]


def until(what, seconds=60.0):
    end = time.monotonic() + seconds
    while not what():
        assert time.monotonic() < end
        time.sleep(0.02)


def test_one_process_at_a_time(tmp_path, config, capsys):
    run = tmp_path / "run"
    first, second = (Session.create(run, "ring", config) for _ in range(2))
    seen = []

    def another(trainer, costs):
        with pytest.raises(InUseError, match=rf"is being trained by process {os.getpid()} on "):
            second.play()
        seen.append([cli.run(*words) for words in (
            ("resume", [str(run)]), ("train", ["ring", "--out", str(run)]), ("runs", ["prune", str(run)]),
            ("runs", ["remove", "--yes", str(run)]), ("resume", [str(run), "--dry-run"]), ("runs", ["list", str(run)]),
        )])  # fmt: skip

    first.checkpoint.every = 3
    first.play([Every(3, another)])
    assert seen == [[3, 3, 3, 3, 0, 0]] * 2
    out, err = capsys.readouterr()
    assert err.count(f"sparring: {str(run)!r} is being trained by process {os.getpid()} on ") == 8
    assert " in use " in out
    with pytest.raises(FileExistsError, match="continue it with"):
        second.play()
    assert len(files.read_log(run / files.LOG)) == 6


def test_who_was_read_before_another_played_is_refused(tmp_path, config):
    Session.create(tmp_path / "run", "ring", config).play([Every(4, lambda trainer, costs: trainer.stop())])
    first, second = (Session.resume(tmp_path / "run") for _ in range(2))
    first.play()
    with pytest.raises(InUseError, match="has been trained by another process since it was read: resume it again"):
        second.play()
    assert first.play(), "its own changes are no others'"


def test_another_machine(tmp_path, config, capsys):
    run = tmp_path / "run"
    Session.create(run, "ring", config).play([Every(4, lambda trainer, costs: trainer.stop())])
    (run / lock.LOCK).write_text(json.dumps({"pid": 7, "host": "elsewhere"}))
    assert cli.run("resume", [str(run)]) == 3
    assert "process 7 on elsewhere, " in capsys.readouterr().err
    assert cli.run("resume", [str(run), "--break-lock"]) == 0
    for verb in ("prune", "remove"):
        (run / lock.LOCK).write_text(json.dumps({"pid": 7, "host": "elsewhere"}))
        words = [verb, str(run), *(["--yes"] if verb == "remove" else [])]
        assert cli.run("runs", words) == 3
        assert cli.run("runs", [*words, "--break-lock"]) == 0
    assert not run.exists()


def test_a_run_killed_before_its_first_file_can_begin_again(tmp_path, config):
    (tmp_path / "run").mkdir()
    (tmp_path / "run" / lock.LOCK).write_text(json.dumps({**vars(lock.Holder()), "pid": 2**22 + 1, "host": "here"}))
    with pytest.raises(InUseError):
        Session.create(tmp_path / "run", "ring", config).play()
    assert Session.create(tmp_path / "run", "ring", config).play(break_lock=True)


@pytest.mark.filterwarnings("ignore:.*Training continues without this preview")
@pytest.mark.parametrize("place", ["log", "checkpoint"])
def test_a_full_disk_is_named_with_what_is_saved(tmp_path, config, monkeypatch, capsys, place):
    """The last whole state stays, and the run goes on when there is space."""
    run, whole = tmp_path / "run", tmp_path / "whole"
    Session.create(whole, "ring", config).play()

    def full(*_):
        raise OSError(errno.ENOSPC, "No space left on device")

    def fill(trainer, costs):
        monkeypatch.setattr(*((files.Lines, "append") if place == "log" else (os, "fsync")), full)

    with pytest.raises(StoppedError, match=r"saved at round 4, and that checkpoint is good\. Then: spar") as error:
        Session.create(run, "ring", config).play([Every(4, fill)])
    assert "the disk is full: make space" in str(error.value) or place == "log"
    monkeypatch.undo()
    assert not list(run.rglob("*.tmp"))
    assert cli.run("resume", [str(run)]) == 0
    for name in ("tensors.safetensors", "tree.json"):
        contents = [(path / "checkpoints" / "00000006" / name).read_bytes() for path in (run, whole)]
        assert contents[0] == contents[1]


@pytest.mark.parametrize("file", ["samples", "preview.png"])
def test_a_preview_that_cannot_be_written_costs_a_warning(tmp_path, config, monkeypatch, file):
    """A folder is where a file should be, or the other way round."""
    run = tmp_path / "run"
    Session.create(run, "ring", config).play([Every(2, lambda trainer, costs: trainer.stop())])
    (shutil.rmtree if file == "samples" else os.unlink)(run / file)
    run.joinpath(file).touch() if file == "samples" else run.joinpath(file).mkdir()
    with pytest.warns(UserWarning, match=rf"{file}': .*Training continues without this preview") as said:
        assert Session.resume(run).play()
    assert len([one for one in said if "preview" in str(one.message)]) == 1
    assert rounds(run)[-1] == "00000006"


def test_a_disk_that_is_full_from_the_start(tmp_path, config, monkeypatch):
    def full(*_):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("sparring.machine.files.write", full)
    with pytest.raises(StoppedError, match=r"nothing is saved yet\. Then: the same command again"):
        Session.create(tmp_path / "run", "ring", config).play()
    monkeypatch.undo()
    assert Session.create(tmp_path / "run", "ring", config).play()


def test_broken_checkpoints_of_later_rounds_do_not_push_out_whole_ones(tmp_path, config):
    run = tmp_path / "run"
    Session.create(run, "ring", config).play()
    shutil.copytree(run / "checkpoints" / "00000006", run / "checkpoints" / "00000008")
    for name in ("00000006", "00000008"):
        (run / "checkpoints" / name / "tree.json").write_text("{}")
    with pytest.warns(UserWarning, match="passed over"):
        session = Session.resume(run)
    session.play([Every(5, lambda trainer, costs: trainer.stop())])
    assert rounds(run) == ["00000004", "00000005"]


def test_without_a_whole_checkpoint_nothing_is_begun_again(tmp_path, config):
    run = tmp_path / "run"
    Session.create(run, "ring", config).play()
    for path in checkpoint.found(run / "checkpoints"):
        (path / "tree.json").unlink()
    with (
        pytest.warns(UserWarning, match="passed over"),
        pytest.raises(ValueError, match=r"no checkpoint in .* is whole"),
    ):
        Session.resume(run)
    shutil.rmtree(run / "checkpoints")
    with pytest.warns(UserWarning, match=r"there is no checkpoint in .*. Starting again at round 0"):
        assert Session.resume(run).trainer.state.round == 0


def test_a_model_is_made_again_also_of_a_run_that_is_complete(tmp_path, config, capsys):
    run = tmp_path / "run"
    Session.create(run, "ring", config).play()
    file = run / "model" / "raw.safetensors"
    whole = file.read_bytes()
    file.write_bytes(whole[:-9])
    with pytest.warns(UserWarning, match=r"raw\.safetensors' was damaged or lost: made again from round 6"):
        assert cli.run("resume", [str(run)]) == 0
    assert file.read_bytes() == whole
    assert not (run / lock.LOCK).exists()


def test_a_damaged_picture_is_left_out_of_the_time_lapse(tmp_path, config):
    session = Session.create(tmp_path / "run", "ring", config)
    session.play()
    frames = sorted((tmp_path / "run" / "samples").iterdir())
    content = bytearray(frames[0].read_bytes())
    content[len(content) // 2] ^= 1
    frames[0].write_bytes(content)
    frames[1].write_bytes(b"")
    with pytest.warns(UserWarning, match=r"is damaged .*: left out of the time-lapse") as said:
        session.draw()
    assert len(said) == 2


def test_the_lock_is_closed_on_exec(tmp_path):
    with lock.locked(tmp_path, "trained"):
        (handle,) = lock._held
        assert fcntl.fcntl(handle, fcntl.F_GETFD) & fcntl.FD_CLOEXEC


def test_killed_before_any_change_of_a_file_ends_bit_identical(tmp_path):
    """Every 31st change here; `python tests/runs/crashes.py FOLDER 1 1` takes them all."""
    script = Path(__file__).with_name("crashes.py")
    done = subprocess.run([sys.executable, script, tmp_path, "5", "31"], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    assert int(done.stdout) > 100
