"""The first GAN on MNIST as its authors trained it, and its figure under the Parzen window protocol.

Usage: python benchmarks/records/gan2014.py      (about 100 minutes on one core, in runs/gan2014_record; goes on where
it was stopped; `sparring data get mnist` first)

Trained on the pictures 0 to 49,999, one seed, for a number of rounds that was fixed before the run: those that one idle
core plays in 100 minutes. The protocol is that of parzen.py. Before it, players that moved in turn, with normal
latents, were tried by mistake: all samples were one shape after 54,500 rounds. The authors' code samples from the last
weights; the average of the weights is ours. Controls: the network before training, and means of nearest training
pictures, which are no model at all. Results: gan2014.json beside this file.
"""

from __future__ import annotations

import dataclasses
import importlib.util
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor

from sparring.evaluation.record import Claim, Figure, Record, stamp
from sparring.metrics.parzen import report
from sparring.recipes.images import gan2014
from sparring.runs.session import Session

OUT = Path(__file__).with_suffix(".json")
SPEC = importlib.util.spec_from_file_location("records_parzen", OUT.with_name("parzen.py"))
assert SPEC is not None
assert SPEC.loader is not None
parzen = importlib.util.module_from_spec(SPEC)
SPEC.loader.exec_module(parzen)
ROUNDS, SAMPLES, SEED = 150_000, 10_000, 1
RAW, AVERAGE, UNTRAINED = "the last weights", "the average of weights", "the network before training"


def played(folder: Path, pixels: Tensor, **values: Any) -> Session | None:
    """The finished run on these pictures [N, 784] in [0, 1]; None if it was interrupted."""
    path, array = folder / "run", folder / "pictures.npy"
    if not array.exists():
        folder.mkdir(parents=True, exist_ok=True)
        np.save(array, (pixels * 255).round().byte().reshape(-1, 1, 28, 28).numpy())
    config = gan2014.Config(data=str(array), seed=SEED, hold_out=0, device="cpu", **values)
    session = Session.resume(path) if (path / "config.json").exists() else Session.create(path, "gan2014", config)
    return session if session.complete or session.play() else None


def sampled(session: Session, n: int) -> dict[str, Tensor]:
    """`n` samples [n, 784] in [0, 1] of each set of weights."""
    run = session.run
    networks = {
        RAW: run.sampler("raw"),
        AVERAGE: run.sampler("average"),
        UNTRAINED: gan2014.build(run.config, session.data).game.sampler(),
    }
    return {name: (sampler.sample(n, seed=SEED).flatten(1) + 1) / 2 for name, sampler in networks.items()}


def figure(name: str, result: Mapping[str, Any]) -> Figure:
    """A log-likelihood with its standard error."""
    mean, error = result["mean"], result["standard_error"]
    ends = {"low": mean - error, "high": mean + error, "interval": "standard error over test pictures"}
    return Figure(what=f"Parzen log-likelihood of {name}, nats", value=mean, **ends)


def made(results: Mapping[str, Mapping[str, Any]], **about: Any) -> Record:
    """The record of what `report` found."""
    raw, average, untrained, means = (figure(name, results[name]) for name in (RAW, AVERAGE, UNTRAINED, parzen.MEANS))
    return Record(
        command="python benchmarks/records/gan2014.py",
        seeds=(SEED,),
        ours=(raw, average),
        controls=(means, untrained),
        published=(parzen.GAN, parzen.AAE),
        claims=(
            Claim(words="Training raises it.", left=raw.low, relation=">", right=untrained.high),
            Claim(words="What is no model at all has more.", left=average.high, relation="<", right=means.low),
        ),
        **about,
    )


def run(quick: bool = False) -> Record:
    """The whole of it; quickly 600 rounds of smaller networks on 600 of the garments that ship.

    Raises:
        KeyboardInterrupt: It was interrupted; the next call goes on.
    """
    start, (training, validation, test) = time.perf_counter(), parzen.few() if quick else parzen.mnist()
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch) if quick else Path("runs/gan2014_record")
        values = {"rounds": 600, "width": 600, "batch": 50} if quick else {"rounds": ROUNDS}
        session = played(folder, training, threads=1, **values)
        if session is None:
            raise KeyboardInterrupt
        samples = sampled(session, 200 if quick else SAMPLES)
    samples[parzen.MEANS] = parzen.means_of_nearest(training[: 200 if quick else SAMPLES], training)
    results = {name: dataclasses.asdict(report(x, validation, test)) for name, x in samples.items()}
    return made(results, details=results | {"rounds": session.trainer.rounds}, **stamp(time.perf_counter() - start))


def main() -> None:
    torch.set_num_threads(1)
    run().write(OUT)


if __name__ == "__main__":
    main()
