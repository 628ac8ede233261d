"""Readers of what sparring wrote itself, or somebody says so: runs and the cache."""

from __future__ import annotations

import hashlib
import json
import os
import re
import tempfile
import zlib
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from unittest import mock

from fuzzing import mutation
from fuzzing.arrivals import headed
from fuzzing.mutation import Touch
from fuzzing.reader import CACHE, GIVEN, Files, Reader, encoded, opened, pixels

__all__ = ["READERS"]

SMALL = {"rounds": 2, "batch": 4, "width": 2, "latent": 2, "device": "cpu", "threads": 1, "checkpoint_every": 1}


def _contents(folder: Path) -> dict[str, bytes]:
    return {str(file.relative_to(folder)): file.read_bytes() for file in sorted(folder.rglob("*")) if file.is_file()}


@cache
def _played(name: str) -> Mapping[str, bytes]:
    """The files of a run of two rounds."""
    from sparring import recipes
    from sparring.runs.session import Session

    with tempfile.TemporaryDirectory(prefix="fuzz-") as scratch:
        there = Path(scratch)
        data = {"ring": {}, "table": {"data": "penguins"}, "cgan": {"data": str(there / "data")}}[name]
        for i in range(4 if name == "cgan" else 0):
            (there / f"data/{i % 2}").mkdir(parents=True, exist_ok=True)
            (there / f"data/{i % 2}/{i}.png").write_bytes(encoded(pixels(32, 32 + i)))
        known = recipes.find(name).Config.__dataclass_fields__
        options = {
            key: value
            for key, value in {**SMALL, **data, "hold_out": 20 if name == "ring" else 0}.items()
            if key in known
        }
        with mock.patch.dict(os.environ, SPARRING_CACHE=scratch), mock.patch.object(Session, "draw", return_value=[]):
            Session.create(there / "run", name, recipes.find(name).Config(**options)).play()
        score = {
            "value": 1.0,
            "low": 0.5,
            "high": 2.0,
            "metric": "FID",
            "weights": "average",
            "generated": 9,
            "real": 9,
            "data": "x, y",
            "seed": 0,
            "extractor": {"name": "a", "weights": "b", "resize": "c"},
        }
        scores = {"scores": [{"score": score, "floor": score}], "verdict": {"words": "w", "doubts": ["d"]}}
        evaluation = json.dumps(scores).encode()
        return {**_contents(there / "run"), "evaluation.json": evaluation, ".lock": b'{"pid": 1, "host": "x"}'}


def _sealed(content: bytes) -> bytes:
    """A config.json that says its own SHA-256 again."""
    try:
        value = json.loads(content)
        value.pop("sha256", None)
        value["sha256"] = hashlib.sha256(json.dumps(value, sort_keys=True).encode()).hexdigest()
        return json.dumps(value).encode()
    except (ValueError, AttributeError, TypeError, RecursionError):
        return content


def _summed(content: bytes) -> bytes:
    """Lines of a log with their check sums again."""
    lines = [re.sub(rb', "crc32": "[^"]*"\}$', b"}", line) for line in content.split(b"\n")]
    return b"\n".join(b'%s, "crc32": "%08x"}' % (line[:-1], zlib.crc32(line)) if line else b"" for line in lines)


def _run(touch: Touch, names: tuple[str, ...] = ("ring", "table")) -> Files:
    """A run, of which one file is damaged and perhaps says that it is whole."""
    files = dict(_played(touch.pick(names)))
    for name in sorted(files):
        if "checkpoints/1" in name or "/samples/" in name or name.endswith(".png"):
            del files[name]
        elif name.endswith("safetensors"):
            files[name] = headed(files[name], touch)
        elif name.endswith(".jsonl"):
            damaged = touch(files[name], mutation.text)
            files[name] = _summed(damaged) if touch.often(0.7) else damaged
        elif name.endswith((".json", ".lock")):
            damaged = files[name]
            for _ in range(4 if name == "config.json" else 1):  # it says most
                damaged = touch(damaged, mutation.tree)
            files[name] = _sealed(damaged) if name == "config.json" and touch.often(0.9) else damaged
    checkpoint = [name for name in files if name.startswith("checkpoints/2/") and not name.endswith("manifest.json")]
    if touch.often(0.8):
        sums = {name.rpartition("/")[2]: hashlib.sha256(files[name]).hexdigest() for name in checkpoint}
        files["checkpoints/2/manifest.json"] = json.dumps(sums).encode()
    return {f"{GIVEN}/run/{name}": content for name, content in files.items()}


def _own(touch: Touch) -> Files:
    """A run of somebody's file, which is on no list and must not be run."""
    code = b"import os\nos.mkdir('ran')\nfrom sparring.recipes import Config\ndef build(config, data): ...\n"
    listed = json.dumps(["mine.py", [("mine.py", hashlib.sha256(code).hexdigest())]]).encode()
    source = {"sha256": hashlib.sha256(listed).hexdigest(), "files": ["mine.py"]}
    about = json.loads(_played("ring")["config.json"]) | {"recipe": "mine.py", "source": source}
    config = _sealed(touch(json.dumps(about).encode(), mutation.tree))
    known = touch(
        b"0" * 64 + b"  /home/me/mine.py\n" + hashlib.sha256(b"").hexdigest().encode() + b"  x\n", mutation.text
    )
    files = {**_played("ring"), "config.json": config, "recipe/mine.py": touch(code, mutation.text)}
    return {**{f"{GIVEN}/run/{name}": each for name, each in files.items()}, "state/sparring/recipes": known}


def _run_is(*steps: Callable[[Path], object]) -> Callable[[Path], object]:
    """A door: steps on a run, of which each may refuse it in words; the last refusal counts."""

    def door(folder: Path) -> object:
        refusal = None
        for step in steps:
            try:
                step(folder / GIVEN / "run")
            except (ValueError, OSError) as error:
                refusal = error
        if refusal is not None:
            raise refusal
        return None

    return door


def _list(path: Path) -> object:
    from sparring.export import scores as stored
    from sparring.runs import belongings, files, listing, scores

    listing.summary(path)
    scores.evaluated(path), scores.course(path), [*belongings.own(path)], stored._read(path / "evaluation.json")  # noqa: SLF001
    return files.read_history(path)


def _differ(path: Path) -> object:
    from sparring.runs import listing

    return listing.differences([path, path])


def _configured(path: Path) -> object:
    from sparring import recipes

    return recipes.configured(path)


def _load(path: Path) -> object:
    import sparring

    return sparring.load(path).sample(2).sum()


def _game(path: Path) -> object:
    from sparring.runs.run import Run

    return Run.open(path).game()


def _resume(path: Path) -> object:
    from sparring.runs.session import Session

    return Session.resume(path).seconds_left()


@cache
def _prepared() -> Mapping[str, bytes]:
    """The cache after a folder was opened, and the folder, which it finds by content."""
    from sparring.data import opening, preparation

    with (
        tempfile.TemporaryDirectory(prefix="fuzz-") as scratch,
        mock.patch.dict(os.environ, SPARRING_CACHE=f"{scratch}/{CACHE}"),
    ):
        for name, shape in {"a/1.png": (9, 8), "b/2.png": (8, 9), "b/3.png": (9, 9)}.items():
            file = Path(scratch, GIVEN, name)
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(encoded(pixels(*shape)))
        opening.open_data(Path(scratch, GIVEN), preparation.Preparation(size=16))
        return _contents(Path(scratch))


def _cache(touch: Touch) -> Files:
    """The same, with a file of the cache damaged and perhaps sealed again."""
    files = {name: content for name, content in _prepared().items() if "/known/" not in name}
    for name in [name for name in files if name.startswith(CACHE)]:
        files[name] = touch(files[name], mutation.tree if name.endswith("json") else mutation.damaged)
    (seal,) = (name for name in files if name.endswith("seal.json"))
    if touch.often(0.7):
        home = seal.removesuffix("seal.json")
        sums = {
            name.removeprefix(home): _chunks(files[name]) for name in files if name.startswith(home) and name != seal
        }
        files[seal] = json.dumps({"name": Path(seal).parent.name, "sums": sums}).encode()
    return files


def _chunks(content: bytes) -> list[str]:
    return [hashlib.sha256(content[start : start + 2**22]).hexdigest() for start in range(0, len(content), 2**22)]


def _open_cache(folder: Path) -> object:
    from sparring.data import cached

    return cached.found(), opened(size=16)(folder)


READERS = (
    Reader("run listed", _run, _run_is(_list, _differ, _configured)),
    Reader("run loaded", lambda touch: _run(touch, ("ring", "table", "cgan")), _run_is(_load, _game)),
    Reader("run resumed", _run, _run_is(_resume)),
    Reader("run of a file", _own, _run_is(_list, _load, _resume)),
    Reader("cache", _cache, _open_cache),
)
"""Runs as they are listed, loaded and resumed, and the cache."""
