"""Processes that die before each change of a file, one after the other: python crashes.py FOLDER FIRST STEP."""

import os
import shutil
import sys
import warnings
from pathlib import Path

import torch

from sparring.recipes.theory.ring import Config
from sparring.runs import files
from sparring.runs.session import Session

CHANGES = {"open", "os.rename", "os.remove", "os.rmdir", "os.mkdir", "os.truncate"}


def begin(path):
    small = {"batch": 4, "width": 4, "latent": 2, "device": "cpu", "threads": 1, "hold_out": 20}
    return Session.create(path, "ring", Config(rounds=6, checkpoint_every=2, evaluate_every=2, **small))


def play(path, dies_before):
    """A child plays the run and dies before the change of that number; whether it did."""
    child = os.fork()
    if child:
        return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 9
    count = 0

    def die(event, arguments):
        nonlocal count
        writes = event in CHANGES and str(arguments[0]).startswith(str(path))
        if writes and (event != "open" or arguments[2] & (os.O_WRONLY | os.O_RDWR)):
            count += 1
            if count == dies_before:
                os._exit(9)

    sys.addaudithook(die)
    code = 1
    try:
        (Session.resume(path) if (path / files.CONFIG).exists() else begin(path)).play()
        code = 0
    finally:
        os._exit(code)


def kept(path):
    names = ("model/average.safetensors", "model/raw.safetensors", "scores.jsonl")
    newest = path / "checkpoints" / "00000006"
    return [(path / name).read_bytes() for name in names] + [
        (newest / name).read_bytes() for name in ("tensors.safetensors", "tree.json")
    ]


def main(folder, first, step):
    torch.set_num_threads(1)
    warnings.simplefilter("ignore")  # one begins again at round 0
    Session.draw = lambda self: (self.run.path / files.END).touch()
    begin(folder / "whole").play()
    whole, number, path = kept(folder / "whole"), first, folder / "killed"
    while play(path, number):
        play(path, number // 2 + 1)  # and once more
        assert not play(path, 0)
        assert kept(path) == whole, f"killed before change {number}"
        assert not list(path.rglob("*.tmp"))
        assert not (path / ".lock").exists()
        shutil.rmtree(path)
        number += step
    print(number)


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]))
