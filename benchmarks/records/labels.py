"""Plays one DCGAN with its labels used in three ways, and asks whether they do what they are for.

Usage: python benchmarks/records/labels.py      (goes on where it was stopped; finished runs are in benchmarks/labels/)

No labels; labels that only the discriminator learns (`RecognisingGAN`); labels for both (`AuxiliaryClassifierGAN`). The
networks, rates and rounds are the same, but for the outputs of the discriminator and the class beside the latent. The
tutorial (Goodfellow 2016, section 4.1) says that results of these three sorts must not be compared. So their pictures
stand in three rows, in docs/images/labels.png, and no figure ranks them. What is measured is within a row: whether the
discriminator recognises held-out pictures, and whether samples are of the class asked for. Controls: the classes asked
for shuffled, and held-out pictures, most of which the shipped classifier was trained on.

The rates are those of the recipe `dcgan`. Width and rounds were set by a stopwatch alone, before the first run, and the
seeds too. Nothing was tried on other seeds.
"""

from __future__ import annotations

import dataclasses
import json
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import torch
from PIL import Image
from torch import Tensor

import sparring as sp
from sparring.chance import Key
from sparring.data.embedded import FASHION_CLASSES, fashion_mnist
from sparring.evaluation.record import Claim, Figure, Record, over_seeds, stamp
from sparring.games.images.acgan import AuxiliaryClassifierGAN
from sparring.games.images.recognition import RecognisingGAN
from sparring.hooks import Average
from sparring.kinds import drawing
from sparring.machine.files import write_atomically
from sparring.metrics import classifier
from sparring.metrics.conditional import fidelity, recalls
from sparring.networks.concatenation import Concatenated
from sparring.networks.dcgan import Discriminator, Generator
from sparring.recipes.images import dcgan
from sparring.schedules import linear

OUT, RUNS = Path(__file__).with_suffix(".json"), Path(__file__).parents[1] / "labels"
PICTURE = Path(__file__).parents[2] / "docs" / "images" / "labels.png"
SEEDS = (0, 1, 2)
CONFIG = dcgan.Config(rounds=1500, width=16, hold_out=0, threads=1, device="cpu")
SHAPE, K = (1, 28, 28), len(FASHION_CLASSES)
EACH = 100
"""Samples of each class, as many as there are held-out pictures."""
CHANCE = 1 / K


def plain(config: dcgan.Config, condition: sp.conditions.classes.Classes) -> sp.GAN:
    networks = Generator(SHAPE, config.latent, config.width), Discriminator(SHAPE, config.width)
    return sp.GAN(*networks, sp.Normal(config.latent))


def recognising(config: dcgan.Config, condition: sp.conditions.classes.Classes) -> sp.GAN:
    networks = Generator(SHAPE, config.latent, config.width), Discriminator(SHAPE, config.width, outputs=K)
    return RecognisingGAN(*networks, sp.Normal(config.latent))


def conditional(config: dcgan.Config, condition: sp.conditions.classes.Classes) -> sp.GAN:
    generator = Concatenated(Generator(SHAPE, config.latent + K, config.width), K)
    discriminator = Discriminator(SHAPE, config.width, outputs=1 + K)
    return AuxiliaryClassifierGAN(generator, discriminator, sp.Normal(config.latent), condition)


GAMES: Mapping[str, Callable[..., sp.GAN]] = {
    "no labels": plain,
    "labels in the discriminator only": recognising,
    "labels in both": conditional,
}


@torch.no_grad()
def seen(pictures: Tensor) -> Tensor:
    """The garments [n] that the shipped classifier sees in pictures [n, 1, 28, 28]."""
    network = classifier.classifier()
    return torch.cat([network(part)[:, 10:].argmax(1) for part in pictures.clamp(-1, 1).split(256)])


def found(name: str, game: sp.GAN, sampler: sp.Sampler) -> dict[str, Any]:
    """What is measured of a row; nothing of the first."""
    real, asked = fashion_mnist("held_out").batch(), torch.arange(EACH * K) % K
    assert real.y is not None
    if name == "labels in the discriminator only":
        with torch.no_grad():
            logits = torch.cat([game.eval().discriminator(part) for part in real.x.split(250)])
        return {"accuracy at held-out pictures": (logits.argmax(1) == real.y).double().mean().item()}
    if name == "no labels":
        return {}
    samples = sampler.sample(len(asked), given=asked, seed=1).clamp(-1, 1)
    shuffled = asked[Key(0).permutation("shuffled", len(asked))]
    other = fashion_mnist().view(torch.arange(len(asked))).batch()
    assert other.y is not None
    sets = ((classifier.features(x), y) for x, y in ((real.x, real.y), (samples, asked), (other.x, other.y)))
    by_class = fidelity(asked, seen(samples), K)
    return {
        "fidelity": (seen(samples) == asked).double().mean().item(),
        "fidelity, shuffled": (seen(samples) == shuffled).double().mean().item(),
        "fidelity by class": {n: s.value for n, s in zip(FASHION_CLASSES, by_class, strict=True) if s},
        "recall by class, samples and other real": dict(zip(FASHION_CLASSES, recalls(*sets, classes=K), strict=True)),
    }


def play(name: str, config: dcgan.Config) -> tuple[dict[str, Any], Tensor]:
    """One run: what was found, and 2 K samples, in the order of the classes where they can be asked for."""
    start, used = time.perf_counter(), time.process_time()
    pictures = fashion_mnist()
    assert pictures.y is not None
    data = sp.Data({"real": pictures})
    with Key(config.seed, ("initial weights",)).seeded():
        game = GAMES[name](config, sp.conditions.classes.Classes.of(pictures.y, FASHION_CLASSES))
    game.to(memory_format=torch.channels_last)  # type: ignore[call-overload]
    turns = sp.Alternating(fresh=False)
    falling = linear(1.0, 0.01, first=0.5)
    trainer = dcgan.trainer(config, data, game, rule=dcgan.adam(0.5, 0.999), factors=falling, dynamics=turns)
    average = Average(trainer.game.sampler(), config.half_life * trainer.images)
    trainer.hooks.append(average)
    trainer.play()
    sampler = average.sampler.settled()
    given = torch.arange(2 * K) % K if name == "labels in both" else None
    told = {"row": name, "seed": config.seed, "rounds": config.rounds, **found(name, game, sampler)}
    seconds = {"wall": round(time.perf_counter() - start, 1), "processor": round(time.process_time() - used, 1)}
    return {**told, "seconds": seconds}, sampler.sample(2 * K, given=given, seed=2)


def rows(config: dcgan.Config, seeds: Sequence[int], folder: Path) -> list[dict[str, Any]]:
    """All runs, one after the other; those that are finished are read."""
    done = []
    for seed in seeds:
        for name in GAMES:
            file = folder / f"{name.replace(' ', '_')}.{seed}.json"
            if not file.exists():
                told, samples = play(name, dataclasses.replace(config, seed=seed))
                file.parent.mkdir(exist_ok=True)
                drawing.grid(samples, K).save(file.with_suffix(".png"))
                write_atomically(file, json.dumps(told, indent=1).encode() + b"\n")
            done.append(json.loads(file.read_text(encoding="utf-8")))
    return done


def sheet(folder: Path, seed: int) -> Image.Image:
    """The samples of one seed in three rows."""
    parts = []
    for name in GAMES:
        parts += [
            drawing.text({"": [name]}),
            Image.open(folder / f"{name.replace(' ', '_')}.{seed}.png").convert("RGB"),
        ]
    page = Image.new("RGB", (max(part.width for part in parts), sum(part.height for part in parts)), "white")
    for i, part in enumerate(parts):
        page.paste(part, (0, sum(above.height for above in parts[:i])))
    return page


def made(runs: Sequence[dict[str, Any]], config: dcgan.Config, **about: Any) -> Record:
    """The record of these runs."""
    values = lambda key: [run[key] for run in runs if key in run]  # noqa: E731
    real = fashion_mnist("held_out").batch()
    bound = (seen(real.x) == real.y).double().mean().item()
    ours = over_seeds("labels in both: share of samples of the class asked for, by the classifier", values("fidelity"))
    known = over_seeds(
        "labels in the discriminator only: share of held-out pictures whose class it names",
        values("accuracy at held-out pictures"),
    )
    shuffled = over_seeds(
        "labels in both: the same share with the classes asked for shuffled", values("fidelity, shuffled")
    )
    whole = Figure(what="labels in both: the same share of held-out pictures and their classes", value=bound)
    words = "On every seed the class asked for makes the difference."
    names = "On every seed the discriminator names more classes than chance would."
    return Record(
        command="python benchmarks/records/labels.py",
        seeds=tuple(dict.fromkeys(run["seed"] for run in runs)),
        ours=(ours, known),
        controls=(shuffled, whole),
        claims=(
            Claim(words=words, left=min(ours.values), relation=">", right=max(shuffled.values)),
            Claim(words=names, left=min(known.values), relation=">", right=CHANCE),
        ),
        missing={"published": "the tutorial gives no numbers, and says that these three must not be compared"},
        details={"config": dataclasses.asdict(config), "runs": list(runs)},
        **about,
    )


def run(quick: bool = False) -> Record:
    """Three seeds; quickly two, for two rounds of small networks."""
    if not quick:
        torch.set_num_threads(1)
        runs = rows(CONFIG, SEEDS, RUNS)
        sheet(RUNS, SEEDS[0]).save(PICTURE)
        return made(runs, CONFIG, **stamp(sum(run["seconds"]["wall"] for run in runs)))
    small = dataclasses.replace(CONFIG, rounds=2, batch=4, width=2, latent=4)
    start = time.perf_counter()
    with tempfile.TemporaryDirectory() as folder:
        runs = rows(small, SEEDS[:2], Path(folder))
    return made(runs, small, **stamp(time.perf_counter() - start))


def main() -> None:
    run().write(OUT)


if __name__ == "__main__":
    main()
