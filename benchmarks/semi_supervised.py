"""Trains classifiers of MNIST's digits, as 784 numbers in any order, with few labels: GANs and others.

Usage: python benchmarks/semi_supervised.py --labels 100 --split 3      (needs `sparring data get mnist`)

`--method NAME` plays another one than `semi`, `--validate` one on other splits, with 10,000 training digits held out:
all settings were chosen so, and never by the test set. Without `--validate` the unlabelled digits are all 60,000, and
the test set is read once, at the end. Checkpoints are in runs/semi_supervised, one every epoch: the same command goes
on where it was stopped. A finished split is kept in benchmarks/semi_supervised/METHOD.LABELS.SPLIT.json.

Rates of `semi` were chosen on split 100, by held-out digits taken for others. Rates of 3e-3 and 1e-2 had 160 after 30
epochs, 5e-3 and 1e-2 had 159, and fewer until then (`--validate --split 100 --epochs 30 --set "rates=[3e-3,1e-2]"`).
At 2e-2 of the generator the classifier is sure of every digit after 1,000 rounds, and learns no more. Of `minibatch`,
1e-3 and 2e-3 had 1,665 after one epoch, 3e-4 and 1e-3 had 1,945. CatGAN and `vat` have rates untried. The test digits
of split 0 had been read once before, after 100 epochs of another setting, with 2,228 errors.

Splits are fixed by their numbers. As in the authors' code the first digits of each class in an order are labelled. The
digests of their indices stand in benchmarks/semi_supervised/splits.json and are checked.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import math
import time
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

import sparring as sp
from sparring.data.digits import mnist
from sparring.data.source import InMemory
from sparring.families.classifier import Classifier as Supervised
from sparring.families.virtual_adversarial import VirtualAdversarial
from sparring.game import Batch, Game
from sparring.games.images.catgan import CatGAN
from sparring.games.images.semi import SemiSupervisedGAN
from sparring.hooks import Averaging, LearningRate, Playing, hooks_of
from sparring.kinds.drawing import from_bytes
from sparring.latents import Uniform
from sparring.layers.minibatch_discrimination import MinibatchDiscrimination, initialise
from sparring.layers.scaled import Scaled
from sparring.layers.weight_norm import initialise_by, weight_norm
from sparring.layers.with_features import WithFeatures
from sparring.losses import Minimax
from sparring.machine.files import write_atomically
from sparring.networks.gan2016 import Classifier, Generator
from sparring.runs import checkpoint
from sparring.schedules import linear

RUNS, KEPT = Path("runs/semi_supervised"), Path(__file__).with_suffix("")
LABELS, SPLITS, OTHERS = (20, 50, 100, 200), range(10), range(100, 110)
"""Numbers of labels; the splits of the record; those to choose settings on."""
HELD_OUT, SHAPE = 10_000, (1, 28, 28)


@dataclass(frozen=True)
class Setting:
    """How a method is trained. The values here are the authors', but for `epochs`, of which they have 300.

    Attributes:
        epochs: Times that every unlabelled digit is shown.
        batch: Unlabelled and generated digits in a batch.
        labelled: Labelled digits in a batch.
        rates: Of the classifier and the generator.
        constant: The share of the rounds after which the rates fall to 0 in a straight line.
        begin: Whether the generator's last layer begins at 500 unlabelled digits.
        at_once: Whether both players move at once and share a batch.
        rate: Of the average of the classifier's weights, whose bias to its start is corrected.
    """

    epochs: int = 300
    batch: int = 100
    labelled: int = 100
    rates: tuple[float, float] = (3e-3, 3e-3)
    constant: float = 1.0
    begin: bool = False
    at_once: bool = False
    rate: float = 1e-4


@dataclass(frozen=True)
class Some:
    """Batches of another size than the round's."""

    source: InMemory
    n: int

    def draw(self, n: int, key: sp.Key) -> Batch:
        """`self.n` examples."""
        return self.source.draw(self.n, key)

    def state_dict(self) -> dict[str, Any]:
        """Nothing, as its source."""
        return {}

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Nothing to take back."""


class Polyak(Averaging[Any]):
    """a += rate (p - a) from a = 0, divided by 1 - (1 - rate)^t: the start counts as everything else of its age."""

    def __init__(self, live: torch.nn.Module, rate: float) -> None:
        super().__init__(live)
        self.rate = rate

    def weight(self, trainer: Playing) -> float:
        """The share of the present weights."""
        return -self.rate / math.expm1(trainer.state.round * math.log1p(-self.rate))


def chosen(y: Tensor, labels: int, split: int) -> Tensor:
    """The places [labels] of a split's labelled digits: of each class the first ones in an order."""
    order = sp.Key(split, ("labelled digits",)).permutation("order", len(y))
    return torch.cat([order[y[order] == digit][: labels // 10] for digit in range(10)])


def digest(places: Tensor) -> str:
    return hashlib.sha256(json.dumps(places.tolist()).encode()).hexdigest()[:16]


def streams(labels: int, split: int, setting: Setting, validate: bool) -> tuple[dict[str, Any], Tensor]:
    """The unlabelled and the labelled digits, and the first 500 of an order, [500, 1, 28, 28] in [-1, 1]."""
    x, y = mnist("train")
    if validate:
        x, y = x[:-HELD_OUT], y[:-HELD_OUT]
    places = chosen(y, labels, split)
    if not validate:
        known = json.loads((KEPT / "splits.json").read_text(encoding="utf-8"))[str(labels)][split]
        assert digest(places) == known, f"split {split} of {labels} labels is not the one that was fixed"
    first = sp.Key(split, ("first digits",)).permutation("order", len(x))[:500]
    labelled = Some(InMemory(x[places], y[places]), setting.labelled)
    return {"real": InMemory(x), "labelled": labelled}, from_bytes(x[first])


def gan(split: int, setting: Setting, first: Tensor) -> SemiSupervisedGAN:
    """The GAN of Salimans et al. (2016)."""
    with sp.Key(split, ("initial weights",)).seeded():
        generator, classifier = Generator(SHAPE), Classifier(SHAPE)
        classifier.initialise(first)
        if setting.begin:
            generator.begin_at(first)
    return SemiSupervisedGAN(generator, WithFeatures(classifier, classifier.features), Uniform(100, reach=0.5), 10)


def minibatch(split: int, setting: Setting, first: Tensor) -> SemiSupervisedGAN:
    """The variant with minibatch discrimination before the last layer; G minimises log(1 - D), as there."""
    with sp.Key(split, ("initial weights",)).seeded():
        generator, classifier = Generator(SHAPE), Classifier(SHAPE)
        *layers, _ = classifier.layers
        last = weight_norm(torch.nn.Linear(250 + 100, 10))
        network = torch.nn.Sequential(Scaled(0.5, 0.5), *layers, MinibatchDiscrimination(250), last)
        initialise(initialise_by(network, first[: setting.batch]), first[: setting.batch])
        if setting.begin:
            generator.begin_at(first)
    return SemiSupervisedGAN(generator, network, Uniform(100, reach=0.5), 10, Minimax())


def catgan(split: int, setting: Setting, first: Tensor) -> CatGAN:
    """The same networks in the game of Springenberg (2015)."""
    game = gan(split, setting, first)
    return CatGAN(game.generator, game.discriminator.network, game.latent, 10, labelled=1.0)


def virtual(split: int, setting: Setting, first: Tensor) -> VirtualAdversarial:
    """The same classifier under virtual adversarial training.

    r has length 0.3 of pixels in [0, 1], as https://github.com/takerum/vat has it for 100 labels with another network.
    It does not work yet: labelled digits stay right, and other answers go flat. At a constant rate, split 100 has 1,649
    errors after 2 epochs and 2,423 after 7.
    """
    return VirtualAdversarial(supervised(split, setting, first).network, epsilon=0.6)


def supervised(split: int, setting: Setting, first: Tensor) -> Supervised:
    """The same classifier, of the labelled digits alone."""
    with sp.Key(split, ("initial weights",)).seeded():
        classifier = Classifier(SHAPE)
        classifier.initialise(first)
    return Supervised(classifier)


Make = Callable[[int, Setting, Tensor], Game]
LEADS = Setting(100, labelled=50, rates=(5e-3, 1e-2), constant=0.6, begin=True, at_once=True, rate=1e-3)
METHODS: Mapping[str, tuple[Make, Setting]] = {
    "semi": (gan, LEADS),
    "exact": (gan, Setting()),
    "minibatch": (minibatch, replace(LEADS, labelled=100, rates=(1e-3, 2e-3))),
    "catgan": (catgan, LEADS),
    "vat": (virtual, replace(LEADS, rates=(3e-3, 0.0))),
    "supervised": (supervised, Setting(1, constant=0.6)),
}


def trainer(method: str, labels: int, split: int, setting: Setting, validate: bool = False) -> sp.Trainer:
    """The trainer, whose last hook is the average of the classifier."""
    data, first = streams(labels, split, setting, validate)
    game = METHODS[method][0](split, setting, first)
    drawn = {name: source for name, source in data.items() if name == "labelled" or method != "supervised"}
    rounds = setting.epochs * (len(data["real"]) // setting.batch)
    # eps 1e-8 inside the root is about 1e-4 outside; features are averaged there and summed here, over 250 units
    eps = {"discriminator": 1e-4, "classifier": 1e-4, "generator": 250 * 1e-4}
    rates = {player: setting.rates[player == "generator"] for player in game.players()}
    adams = {
        player: torch.optim.Adam(game.strategy(player).values(), rate, (0.5, 0.999), eps[player], fused=True)
        for player, rate in rates.items()
    }
    dynamics = sp.Simultaneous() if setting.at_once else sp.Alternating()
    phase = sp.Phase(game, adams, drawn, rounds, dynamics, batch=setting.batch)
    falling = LearningRate(dict.fromkeys(rates, linear(1.0, 0.0, first=setting.constant)), rounds)
    hooks = [*([falling] if setting.constant < 1 else []), Polyak(network_of(game), setting.rate)]
    return sp.Trainer(phase, hooks=hooks, seed=split)


def network_of(game: Any) -> torch.nn.Module:
    """The classifier of a game, from digits to logits."""
    network = getattr(game, "discriminator", None) or game.network
    return network.network if isinstance(network, WithFeatures) else network


@torch.no_grad()
def errors(network: torch.nn.Module, x: Tensor, y: Tensor) -> int:
    """How many digits are taken for others, in evaluation mode; as many at once as in training, as some look across."""
    logits = torch.cat([network.eval()(from_bytes(part)) for part in x.split(100)])
    return int((logits.argmax(1) != y).sum())


def play(
    method: str, labels: int, split: int, setting: Setting, *, validate: bool = False, every: int = 1
) -> dict[str, Any]:
    """What is kept of a split; it is played on from its newest checkpoint.

    Args:
        method: Its name.
        labels: How many.
        split: Which.
        setting: How.
        validate: On held-out training digits, whose errors are printed every `every` epochs.
        every: Epochs between checkpoints.
    """
    costs: dict[str, Any] = {}
    run, kind = trainer(method, labels, split, setting, validate), "validation" if validate else "test"
    folder = RUNS / kind / f"{method}.{labels}.{split}.{hashlib.sha256(repr(setting).encode()).hexdigest()[:8]}"
    held = (part[-HELD_OUT:] for part in mnist("train")) if validate else mnist("t10k")
    x, y = held
    seconds = 0.0
    if (newest := checkpoint.latest(folder)) is not None:
        saved = checkpoint.load(newest)
        run.load_state_dict(saved["trainer"])
        seconds = saved["seconds"]
    average = run.hooks[-1].sampler
    run.hooks += hooks_of([lambda _, found: costs.update(found)])
    while run.left:
        start = time.process_time()
        run.play(every * run.phase.rounds // setting.epochs)
        seconds += time.process_time() - start
        checkpoint.save(folder / f"{run.state.round:08}", {"trainer": run.state_dict(), "seconds": seconds})
        checkpoint.prune(folder, 2)
        found = f", {errors(average, x, y)} errors, {costs}" if validate else ""
        print(f"{method}.{labels}.{split}: round {run.state.round:,}, {seconds / 60:.1f} minutes{found}", flush=True)
    about = {"method": method, "labels": labels, "split": split, "setting": asdict(setting)}
    return about | {
        kind: errors(average, x, y),
        "of": len(y),
        "processor_minutes": round(seconds / 60, 1),
    }


def main() -> None:
    """Plays one split, or writes the digests of all."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--method", choices=[*METHODS], default="semi")
    parser.add_argument("--labels", type=int, choices=LABELS, default=100)
    parser.add_argument("--split", type=int, default=0)
    parser.add_argument("--epochs", type=int)
    parser.add_argument("--validate", action="store_true")
    parser.add_argument("--set", nargs="*", default=[], metavar="NAME=JSON", help="another value of a setting")
    given = parser.parse_args()
    if given.split not in (OTHERS if given.validate else SPLITS):
        parser.error(f"--split is {given.split}; expected one of {[*(OTHERS if given.validate else SPLITS)]}")
    others = {name: json.loads(value) for name, _, value in (each.partition("=") for each in given.set)}
    others |= {"epochs": given.epochs} if given.epochs else {}
    others = {name: tuple(value) if isinstance(value, list) else value for name, value in others.items()}
    setting = replace(METHODS[given.method][1], **others)
    torch.set_num_threads(1)
    found = play(given.method, given.labels, given.split, setting, validate=given.validate)
    print(json.dumps(found))
    if not given.validate:
        name = f"{given.method}.{given.labels}.{given.split}.json"
        write_atomically(KEPT / name, json.dumps(found, indent=1).encode() + b"\n")


if __name__ == "__main__":
    main()
