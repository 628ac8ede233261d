"""What `sparring evaluate` finds out, a function for each: as JSON, as a table, and in sentences."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from sparring.machine.words import rounded

if TYPE_CHECKING:
    from torch import Tensor

    from sparring.data.source import InMemory
    from sparring.evaluation.asked import Asked
    from sparring.game import Batch, Game
    from sparring.kinds.kind import Kind
    from sparring.metrics.modes import Modes, Perfect
    from sparring.runs.run import Run
    from sparring.samplers import Sampler

__all__ = [
    "COUNTS",
    "Finding",
    "asked",
    "classes",
    "judged",
    "known",
    "memorised",
    "modes",
    "overfitted",
    "stacked",
    "summary",
]

COUNTS = (2_500, 100_000)
"""Samples for the modes: as papers do, and enough to judge one run."""

STACKED = 26_000
"""Samples of Stacked MNIST, as papers do."""


@dataclass(frozen=True)
class Finding:
    """Something found out.

    Attributes:
        name: Its key in the JSON file.
        title: What it is about.
        content: All of it, for JSON.
        table: Rows of text, the first one the head; may be empty.
        words: Sentences.
    """

    name: str
    title: str
    content: Any
    table: Sequence[tuple[str, ...]] = ()
    words: Sequence[str] = field(default=())


def memorised(training: Tensor, real: Tensor, generated: Tensor, features: str) -> Finding:
    """Whether generated samples are nearer to training examples than chance explains; from features."""
    from sparring.metrics.memorisation import memorisation

    found = memorisation(training, real, generated)
    low, high = found.interval
    verdict = "COPIES its training data" if found.copies else "no sign of copies"
    text = (
        f"Nearer to a training example than to any held-out one: {found.share:.1%} ({low:.1%} to {high:.1%}). "
        f"By chance: {found.expected:.1%}. Result: {verdict}. "
        f"Searched: {len(training):,} training examples, by {features}."
    )
    content = {**asdict(found), "copies": found.copies, "features": features}
    return Finding("memorisation", "Copies", content, words=(text,))


def overfitted(run: Run, training: Batch, real: Batch, generated: Batch) -> Finding | None:
    """Whether the discriminator knows its training examples from others.

    None where nobody in the game judges, where there are no checkpoints, or where the discriminator wants to know what
    examples are labelled as, as samples are asked for something, and these are not labelled.
    """
    from sparring.metrics.overfitting import overfitting

    batches, asked = (training, real, generated), generated.y is not None
    if asked and any(batch.y is None for batch in batches):
        return None
    try:
        game = run.game().eval()
    except FileNotFoundError:  # the sampler is enough for all else
        return None
    logits = [judged(game, batch.x, batch.y if asked else None) for batch in batches]
    if any(part is None for part in logits):
        return None
    found = overfitting(*(part for part in logits if part is not None))
    gap, share = found.gap, ""
    if gap.low > 0 and found.share is not None:
        share = f", {found.share:.1%} of the way to generated samples"
    text = (
        f"Logits of training examples minus those of held-out ones: {gap.value:.3g} ({gap.low:.3g} to "
        f"{gap.high:.3g}){share}. {'The discriminator has overfitted' if gap.low > 0 else 'No sign of overfitting'}."
    )
    return Finding("overfitting", "The discriminator", asdict(found), words=(text,))


def judged(game: Game, x: Tensor, y: Tensor | None = None) -> Tensor | None:
    """A game's logits [n] of examples [n, ...], a part at a time; None where it has none.

    Args:
        game: In evaluation mode.
        x: The examples.
        y: What they are labelled as, for a game of samples that are asked for something.
    """
    import torch

    xs = torch.split(x, 256)
    ys = [None] * len(xs) if y is None else torch.split(y, 256)
    with torch.no_grad():
        parts = [part for x, y in zip(xs, ys, strict=True) if (part := game.judge(x, y)) is not None]
    return torch.cat(parts) if parts else None


def summary(kind: Kind, generated: Tensor, real: Tensor, other: Tensor, training: Tensor | None) -> Finding | None:
    """What such samples are looked at by, beside real ones; None of kinds that have nothing of the sort.

    Args:
        kind: What they are.
        generated: Clean samples [n, ...].
        real: As many real examples.
        other: As many other real examples, with which both are compared.
        training: Those that may have been copied.
    """
    ours, theirs = (kind.summary(x, other, training) for x in (generated, real))
    if not ours:
        return None
    rows = [(name, rounded(ours[name], 4), rounded(theirs[name], 4)) for name in ours]
    content = {name: {"generated": ours[name], "real": theirs[name]} for name in ours}
    words = (kind.lacking,) if kind.lacking else ()
    return Finding("summary", f"The {kind.name}", content, [("", "generated", "real, held out"), *rows], words)


def known(sampler: Sampler, training: InMemory, seed: int) -> Finding | None:
    """What is known of data by their name, held against samples; None of other data."""
    from sparring.data.toys import MODES

    looks = {**dict.fromkeys(MODES, modes), "stacked-mnist": stacked}
    look = looks.get(training.name)
    return look and look(sampler, training, seed)


def classes(real: Tensor, generated: Tensor) -> Finding:
    """What a classifier of digits and garments sees in grey pictures of 28 x 28, and how sure and varied it is."""
    from sparring.metrics.inception import inception_score

    (x, names), (y, _) = (probabilities(part, real) for part in (real, generated))
    theirs, ours = (part.argmax(dim=1).bincount(minlength=10).double() / len(part) for part in (x, y))
    rows = [("class", "generated", "real")]
    rows += [(name, f"{a:.1%}", f"{b:.1%}") for name, a, b in zip(names, ours.tolist(), theirs.tolist(), strict=True)]
    score, floor = inception_score(y), inception_score(x)
    content = {
        "shares": {
            n: {"generated": a, "real": b} for n, a, b in zip(names, ours.tolist(), theirs.tolist(), strict=True)
        },
        "inception_style_score": {"generated": asdict(score), "real": asdict(floor), "splits": 10},
    }
    text = f"Inception-style score: {score.mean:.2f}, real samples {floor.mean:.2f} (mean of 10 splits)."
    return Finding("classes", "Classes, as the shipped classifier sees them", content, rows, (text,))


@lru_cache(maxsize=2)  # the page shows the same pictures
def probabilities(x: Tensor, real: Tensor) -> tuple[Tensor, Sequence[str]]:
    """Probabilities [n, 10] of the digits or of the garments, whichever most real pictures are, and their names."""
    import torch

    from sparring.data.embedded import FASHION_CLASSES
    from sparring.metrics.classifier import classifier

    network = classifier()
    with torch.no_grad():
        garments = bool((network(real[:500]).argmax(dim=1) >= 10).double().mean() > 0.5)
        logits = torch.cat([network(part) for part in torch.split(x.clamp(-1, 1), 256)])
    ten = logits[:, 10:] if garments else logits[:, :10]
    return ten.double().softmax(dim=1), FASHION_CLASSES if garments else [str(i) for i in range(10)]


def asked(found: Asked, classifier: str) -> Finding:
    """Whether samples are of the classes asked for, and how varied they are within each.

    Args:
        found: The figures.
        classifier: Who says of which class an example is, in words.
    """
    from sparring.metrics.conditional import LEAST

    cell = lambda share: "-" if share is None else f"{share:.1%}"  # noqa: E731
    rows: list[tuple[str, ...]] = [("class", "recognised", "recognised, real", "recall", "recall of real")]
    for one in found.classes:
        shares = (share and share.value for share in (one.fidelity, one.real))
        rows.append((one.name, *map(cell, (*shares, one.recall, one.floor))))
    whole, real = found.fidelity, found.accuracy
    said = (
        f"{whole.value:.1%} of all samples ({whole.low:.1%} to {whole.high:.1%}) are recognised as the class they were "
        f"asked for. Of held-out real examples, {real.value:.1%} are. The classifier: {classifier}."
    )
    recall = f"Recall: the share of real examples of a class that lie among its samples, from {LEAST} of each."
    words = said, recall
    return Finding("asked", "Classes, as they were asked for", {**found.json(), "classifier": classifier}, rows, words)


def modes(sampler: Sampler, data: InMemory, seed: int) -> Finding:
    """How samples fall on the modes of a toy, beside what a perfect sampler gets."""
    from sparring.data.toys import MODES
    from sparring.machine import progress
    from sparring.metrics import modes as metric

    centres, std = MODES[data.name]
    content, rows = {}, [("", *(f"{n:,} samples" for n in COUNTS))]
    columns: list[list[str]] = []
    words = []
    with progress.steps("modes", len(COUNTS)) as advance:
        for n in COUNTS:
            found = metric.modes(sampler.sample(n, seed=seed), centres, std)
            perfect = metric.perfect(n, centres, std, seeds=range(20))
            reverse_kl = found.reverse_kl if math.isfinite(found.reverse_kl) else None  # JSON knows no infinity
            ours = {**asdict(found), "reverse_kl": reverse_kl, "covered": found.covered}
            content[str(n)] = {"found": ours, "perfect": asdict(perfect)}
            columns.append(_column(found, perfect, len(centres)))
            if perfect.too_good(found):
                words.append(f"Of {n:,} samples, more are near modes than a perfect sampler has: they are too narrow.")
            advance(1)
    names = (
        "modes covered",
        "of high quality",
        "reverse KL, nats",
        "largest error of a mean, sd",
        "spreads, 1 is right",
    )
    rows += [(name, *cells) for name, *cells in zip(names, *columns, strict=True)]
    words.append("In brackets: perfect samplers, mean and standard deviation over 20 seeds.")
    return Finding("modes", f"Modes of the {data.name}", content, rows, words)


def _column(found: Modes, perfect: Perfect, count: int) -> list[str]:
    errors = [error for error in found.mean_errors if error is not None]
    spreads = [spread for spread in found.spreads if spread is not None]
    return [
        f"{found.covered} of {count}",
        f"{found.high_quality:.2%} ({perfect.high_quality.mean:.2%} +- {perfect.high_quality.sd:.2%})",
        f"{found.reverse_kl:.2g} ({perfect.reverse_kl.mean:.2g} +- {perfect.reverse_kl.sd:.1g})",
        f"{max(errors):.2g} ({perfect.mean_error.mean:.2g} +- {perfect.mean_error.sd:.1g})" if errors else "-",
        f"{min(spreads):.2f} to {max(spreads):.2f} (+- {perfect.spread.mean:.2g})" if spreads else "-",
    ]


def stacked(sampler: Sampler, data: InMemory, seed: int) -> Finding:
    """How many of Stacked MNIST's thousand modes samples cover, beside real examples and a perfect sampler."""
    from sparring.metrics.stacked import stacked_floor, stacked_modes

    real = data.split(STACKED, seed)[1].examples()
    found, theirs = (stacked_modes(digits(x)) for x in (sampler.sample(STACKED, seed=seed), real))
    floor = stacked_floor(STACKED)
    rows = [
        ("", "generated", "real, same classifier", "perfect"),
        ("modes of 1000", str(found.covered), str(theirs.covered), f"{floor.covered.mean:.1f}"),
        ("KL to uniform, nats", f"{found.kl_uniform:.4f}", f"{theirs.kl_uniform:.4f}", f"{floor.kl_uniform.mean:.4f}"),
        ("KL to data, nats", f"{found.kl_product:.4f}", f"{theirs.kl_product:.4f}", f"{floor.kl_product.mean:.4f}"),
    ]
    content = {"samples": STACKED, "found": asdict(found), "real": asdict(theirs), "perfect": asdict(floor)}
    return Finding("stacked", "Modes of Stacked MNIST", content, rows)


def digits(x: Tensor) -> Tensor:
    """The digits [n, 3] that the shipped classifier sees in the channels of pictures [n, 3, 28, 28]."""
    import torch

    from sparring.machine import progress
    from sparring.metrics.classifier import classifier

    network, found = classifier(), []
    with torch.no_grad(), progress.steps("reading digits", len(x)) as advance:
        for part in torch.split(x.clamp(-1, 1), 256):
            found.append(network(part.flatten(0, 1)[:, None])[:, :10].argmax(dim=1).reshape(-1, 3))
            advance(len(part))
    return torch.cat(found)
