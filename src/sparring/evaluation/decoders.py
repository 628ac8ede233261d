"""Decoders: the part of a sampler that makes means of latents, and the noise around them, for likelihoods."""

from __future__ import annotations

from torch import Tensor, nn

from sparring.latents import Normal
from sparring.networks.noisy import GaussianOutput
from sparring.samplers import GeneratorSampler, Sampler

__all__ = ["Pictures", "decoder_of", "noise_of"]


class Pictures(nn.Module):
    """A generator of pictures in [-1, 1] as a decoder of pictures in [0, 1], the units of the published tables."""

    def __init__(self, generator: nn.Module) -> None:
        super().__init__()
        self.generator = generator

    def forward(self, z: Tensor) -> Tensor:
        """[B, latent] to [B, C, H, W]."""
        x: Tensor = self.generator(z)
        return (x + 1) / 2


def decoder_of(sampler: Sampler, *, pictures: bool) -> tuple[nn.Module, int]:
    """The decoder in a sampler, in eval mode, and the size of its latent.

    Of a generator that ends in Gaussian noise it is the part before the noise, whose variance `noise_of` has.

    Args:
        sampler: Settled, so that batch norm has the statistics of the generator's own samples.
        pictures: The samples are pictures in [-1, 1], and the decoder is to make them in [0, 1].

    Raises:
        ValueError: Its latents are not normal, so that annealing cannot start from them, or they are not all it needs.
    """
    latent = sampler.latent if isinstance(sampler, GeneratorSampler) else None
    if not isinstance(sampler, GeneratorSampler) or not isinstance(latent, Normal):
        what = type(sampler if latent is None else latent).__name__
        raise ValueError(  # noqa: TRY004 - the run is of the wrong kind, not the argument
            f"the samples come from {what}; expected a generator with standard normal latents. Annealed importance "
            "sampling works with no other prior. --method parzen needs samples only"
        )
    if sampler.given(1) is not None:
        raise ValueError(
            "the samples depend on what they are asked for; expected a generator of latents only. --method "
            "parzen needs samples only"
        )
    whole = sampler.generator
    generator, size = (whole.mean, whole.size) if isinstance(whole, GaussianOutput) else (whole, latent.size)
    decoder = Pictures(generator) if pictures else generator
    return decoder.eval().requires_grad_(False), size


def noise_of(sampler: Sampler, *, pictures: bool) -> float | None:
    """The variance of the noise in which a sampler's generator ends, in the decoder's units; None without such noise.

    Args:
        sampler: As in `decoder_of`.
        pictures: As there: in [0, 1] a variance is a quarter of that in [-1, 1].
    """
    generator = getattr(sampler, "generator", None)
    return generator.variance / (4 if pictures else 1) if isinstance(generator, GaussianOutput) else None
