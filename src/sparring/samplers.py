"""Samplers: what a trained game yields, and all that the command line, metrics and pages need to know of it."""

from __future__ import annotations

import copy
from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Self, TypeVar

import torch
from torch import Tensor, nn
from torch.nn.modules.batchnorm import _BatchNorm

from sparring.chance import Chance, Key
from sparring.conditions.condition import Condition, Nothing
from sparring.kinds.kind import Kind
from sparring.kinds.points import Points
from sparring.latents import Between, Latent

__all__ = ["ClassifyingSampler", "GeneratorSampler", "Mute", "Sampler", "Settling", "settle", "tensors_of"]

M = TypeVar("M", bound=nn.Module)


class Sampler(nn.Module, ABC):
    """What a trained game is for: a module that turns a seed into samples.

    Attributes:
        kind: What they are; a run knows it from its data.
        condition: What can be asked for.
    """

    kind: Kind = Points()
    condition: Condition = Nothing()

    @abstractmethod
    def sample(self, n: int, *, given: Tensor | None = None, seed: int = 0) -> Tensor:
        """`n` samples [n, ...] on the CPU; sample i depends on the seed, on i and on what it is given only.

        Args:
            n: How many.
            given: What each is asked for, [n, ...], or fewer rows that are used in turn: `condition.parse(["bag"])`
                asks for bags. Without it, what `given(n, seed)` has.
            seed: Decides which.
        """

    def parts(self, n: int, *, given: Tensor | None = None, seed: int = 0) -> Iterator[Tensor]:
        """The samples of `sample`, some [m, ...] at a time: most samplers hold no more of them in memory."""
        yield from torch.split(self.sample(n, given=given, seed=seed), _PART)

    def made(self, chance: Chance, given: Tensor | None = None) -> Tensor:
        """The samples [n, ...] that are made of a chance of `n` rows, for `walk`.

        Raises:
            ValueError: They are not made of one chance.
        """
        raise ValueError(f"these {self.kind.name} are not made of one latent each: there is no walk between them")

    def walk(self, seeds: Sequence[int], frames: int, n: int = 1, *, given: Tensor | None = None) -> Iterator[Tensor]:
        """Frames [n, ...] of a closed walk: sample i of each seed becomes sample i of the next one.

        Args:
            seeds: Where it leads; from the last one back to the first.
            frames: How many, the first one being the samples of the first seed.
            n: Samples in a frame.
            given: What each is asked for all the way, as in `sample`; without it, as the first seed has it.

        Raises:
            ValueError: The seeds or frames are too few, or there is no way between samples.
        """
        if len(seeds) < 2 or frames < len(seeds):
            raise ValueError(f"got {len(seeds)} seeds and {frames} frames; expected 2 or more, and a frame each")
        asked = self.given(n, seeds[0]) if given is None else given[torch.arange(n) % len(given)]
        places = [Key(seed, _PATH).rows(n) for seed in seeds]
        for frame in range(frames):
            leg, rest = divmod(frame * len(seeds), frames)
            yield self.made(Between(places[leg], places[(leg + 1) % len(seeds)], rest / frames), asked)

    def given(self, n: int, seed: int = 0) -> Tensor | None:
        """What `n` samples of that seed are asked for when nobody says, as the data have it; None of no condition."""
        return self.condition.draw(Key(seed, ("given",)).rows(n))

    def sheet(self, n: int, *, seed: int = 0) -> Tensor:
        """About `n` samples [m, ...] for a picture: of a few classes each has its own columns of the grid."""
        given = self.condition.sheet(n)
        return self.sample(n if given is None else len(given), given=given, seed=seed)

    def log_likelihood(self, x: Tensor) -> Tensor | None:
        """Nats [n] of examples [n, ...], where it is known how likely samples are; None where it is not."""
        return None

    def tempered(self, temperature: float) -> Sampler:
        """The same at a temperature: below 1 likely samples are likelier.

        Raises:
            ValueError: These samples have none, or it is not above 0.
        """
        raise ValueError(f"these {self.kind.name} have no temperature, which networks that write token by token have")

    def classify(self, x: Tensor) -> Tensor | None:
        """Probabilities [n, K] of the classes of examples [n, ...], on the CPU; None of games without a classifier."""
        return None

    def of(self, kind: Kind) -> Self:
        """This sampler, told what its samples are."""
        self.kind = kind
        return self

    def settled(self, n: int = 1024) -> Self:
        """A copy to sample from and to keep, whose batch norms hold the statistics of about `n` of its own samples.

        The running statistics lag behind the weights, and an average of weights has never been run at all. (Standing
        statistics: Brock et al. 2019, https://arxiv.org/abs/1809.11096.) They are taken along the sampler's own path,
        with all that it is asked for. Before that all parts are settled that are `Settling`, such as spectral norms.
        """
        settled = settle(copy.deepcopy(self))
        norms = [norm for norm in settled.modules() if isinstance(norm, _BatchNorm) and norm.track_running_stats]
        if norms:
            with _standing(norms):
                for part in range(-(-n // _BATCH)):
                    settled.sample(_BATCH, seed=_SETTLING + part)
        return settled


class Settling(nn.Module, ABC):
    """A module whose buffers follow some weights, a little behind them in training."""

    @abstractmethod
    def settle(self) -> None:
        """Makes the buffers those of the present weights."""


def settle(module: M) -> M:
    """The module, whose parts of that sort have all been settled, in place."""
    for part in module.modules():
        if isinstance(part, Settling):
            part.settle()
    return module


_PATH = ("sample",)
"""Where below a seed the chance of samples is."""

_PART = 256
"""Samples that are made at once."""

_BATCH, _SETTLING = 64, -(2**40)
"""Samples of a batch by which norms are settled, and the first seed, beyond those that people take."""


@contextmanager
def _standing(norms: Sequence[_BatchNorm]) -> Iterator[None]:
    """Lets norms average over batches, from the beginning, whatever mode they are put into."""

    def learn(norm: nn.Module, _: object) -> None:
        norm.training = True

    momenta = [norm.momentum for norm in norms]
    hooks = [norm.register_forward_pre_hook(learn) for norm in norms]
    modes = [norm.training for norm in norms]
    try:
        for norm in norms:
            norm.reset_running_stats()
            norm.momentum = None
        yield
    finally:
        for norm, momentum, hook, mode in zip(norms, momenta, hooks, modes, strict=True):
            norm.momentum, norm.training = momentum, mode
            hook.remove()


class GeneratorSampler(Sampler):
    """Samples of a generator in evaluation mode: batch norm uses its running statistics, dropout is off.

    Args:
        generator: From latents [B, Z] to samples [B, ...]; under a condition also from what is asked for, [B, ...].
        latent: The distribution of the latents.
        condition: What can be asked for.
    """

    def __init__(self, generator: nn.Module, latent: Latent, condition: Condition = Nothing()) -> None:  # noqa: B008
        super().__init__()
        self.generator, self.latent, self.condition = generator, latent, condition

    def sample(self, n: int, *, given: Tensor | None = None, seed: int = 0) -> Tensor:
        """`n` samples [n, ...] on the CPU."""
        return torch.cat([*self.parts(n, given=given, seed=seed)])

    def parts(self, n: int, *, given: Tensor | None = None, seed: int = 0) -> Iterator[Tensor]:
        """256 at a time."""
        yield from self._generated(self.inputs(n, given=given, seed=seed))

    def inputs(self, n: int, *, given: Tensor | None = None, seed: int = 0) -> tuple[Tensor, ...]:
        """What `n` samples are made of: latents [n, Z], and under a condition what is asked for, [n, ...]."""
        if n < 1:
            raise ValueError(f"n is {n}; expected at least 1 sample")
        asked = self.given(n, seed)
        if given is not None:
            if asked is None:
                raise ValueError("these samples take no condition: leave out `given`")
            asked = given[torch.arange(n) % len(given)]
        return self._inputs(Key(seed, _PATH).rows(n), asked)

    def made(self, chance: Chance, given: Tensor | None = None) -> Tensor:
        """Of latents from that chance."""
        return torch.cat([*self._generated(self._inputs(chance, given))])

    def _inputs(self, chance: Chance, asked: Tensor | None) -> tuple[Tensor, ...]:
        like = next(self.generator.parameters())
        latents = self.latent(chance).to(like)
        return (latents,) if asked is None else (latents, asked.to(like.device))

    @torch.no_grad()
    def _generated(self, inputs: Sequence[Tensor]) -> Iterator[Tensor]:
        training = self.generator.training
        self.generator.eval()
        try:
            for part in zip(*(torch.split(each, _PART) for each in inputs), strict=True):
                yield self.generator(*part).cpu()
        finally:
            self.generator.train(training)


class ClassifyingSampler(GeneratorSampler):
    """Samples of a generator, beside the classifier it was trained with.

    Args:
        generator: As in `GeneratorSampler`.
        latent: The distribution of the latents.
        classifier: From examples [B, ...] to [B, K + F], of which the first K are logits of classes.
        classes: K.
    """

    def __init__(self, generator: nn.Module, latent: Latent, classifier: nn.Module, classes: int) -> None:
        super().__init__(generator, latent)
        self.classifier, self.classes = classifier, classes

    @torch.no_grad()
    def classify(self, x: Tensor) -> Tensor:
        """Probabilities [n, K], in evaluation mode."""
        training, like = self.classifier.training, next(self.classifier.parameters())
        self.classifier.eval()
        try:
            logits = [self.classifier(part.to(like))[:, : self.classes] for part in torch.split(x, _PART)]
        finally:
            self.classifier.train(training)
        return torch.cat(logits).float().softmax(1).cpu()


class Mute(Sampler):
    """What a game without a sampler yields."""

    def sample(self, n: int, *, given: Tensor | None = None, seed: int = 0) -> Tensor:
        """No samples.

        Raises:
            TypeError: Always.
        """
        raise TypeError("this game makes no samples: define its sampler()")


def tensors_of(module: nn.Module) -> dict[str, Tensor]:
    """The parameters and buffers of a module by name, live and without gradients."""
    return {name: tensor.detach() for name, tensor in module.state_dict(keep_vars=True).items()}
