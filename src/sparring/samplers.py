"""Samplers: what a trained game yields, and all that the command line, metrics and pages need to know of it."""

from __future__ import annotations

import copy
from abc import ABC, abstractmethod

import torch
from torch import Tensor, nn
from torch.optim.swa_utils import update_bn

from sparring.chance import Key
from sparring.latents import Latent

__all__ = ["GeneratorSampler", "Sampler", "tensors_of"]


class Sampler(nn.Module, ABC):
    """What a trained game is for: a module that turns a seed into samples."""

    def settled(self) -> Sampler:
        """A copy to sample from and to keep, with whatever training leaves unsettled put right."""
        return copy.deepcopy(self)

    @abstractmethod
    def sample(self, n: int, *, seed: int = 0) -> Tensor:
        """`n` samples [n, ...], pictures in [-1, 1]; sample i depends on the seed and on i only."""


class GeneratorSampler(Sampler):
    """Samples of a generator in evaluation mode: batch norm uses its running statistics, dropout is off."""

    def __init__(self, generator: nn.Module, latent: Latent) -> None:
        super().__init__()
        self.generator, self.latent = generator, latent

    def settled(self, n: int = 1024) -> GeneratorSampler:
        """A copy whose batch norms hold the statistics of `n` of its own samples.

        The running statistics lag behind the weights, and an average of weights has never been run at all. (Standing
        statistics: Brock et al. 2019, https://arxiv.org/abs/1809.11096.)
        """
        settled, key = copy.deepcopy(self), Key(0, ("settle",))
        latents = self.latent(key.rows(n)).to(next(self.generator.parameters()))
        with key.seeded():
            update_bn(torch.split(latents, 64), settled.generator)
        return settled

    @torch.no_grad()
    def sample(self, n: int, *, seed: int = 0) -> Tensor:
        """`n` samples [n, ...] on the CPU."""
        if n < 1:
            raise ValueError(f"n is {n}; expected at least 1 sample")
        like = next(self.generator.parameters())
        training = self.generator.training
        self.generator.eval()
        try:
            latents = self.latent(Key(seed, ("sample",)).rows(n)).to(like)
            return torch.cat([self.generator(part).cpu() for part in torch.split(latents, 256)])
        finally:
            self.generator.train(training)


def tensors_of(module: nn.Module) -> dict[str, Tensor]:
    """The parameters and buffers of a module by name, live and without gradients."""
    return {name: tensor.detach() for name, tensor in module.state_dict(keep_vars=True).items()}
