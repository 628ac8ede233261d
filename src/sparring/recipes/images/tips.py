"""A DCGAN with one tip or remedy put in, or left out: the tutorial's sections 4 and 5.1.1, and "GAN hacks".

Goodfellow (2016), https://arxiv.org/abs/1701.00160; Chintala et al. (2016), https://github.com/soumith/ganhacks, whose
numbers are given. All else is as in the recipe `dcgan`. docs/tips.md says what was measured. Labels, norms and
augmentation have recipes or options of their own: `acgan`, `cgan`, `recognition`, `norms`, `--augment`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Any

import sparring as sp
from sparring.machine import devices
from sparring.recipes.images import dcgan
from sparring.schedules import linear

if TYPE_CHECKING:
    from torch import nn

    from sparring.dynamics.dynamics import Dynamics
    from sparring.networks.dcgan import Shape

__all__ = ["ABOUT", "USES", "Config", "Tip", "build", "game", "open_data", "sampler", "tips"]

USES = dcgan.USES

ABOUT: Mapping[str, str] = {
    "no-tanh": "1, left out: pictures in [0, 1]",
    "minimax": "2, left out: the minimax cost",
    "uniform-latents": "3, left out: uniform latents",
    "one-batch": "4, left out: real and generated pictures in one batch",
    "sparse-gradients": "5, left out: rectifiers and max pooling in D",
    "perceptrons": "7, left out: no convolutions",
    "soft-labels": "6: 0.9 for real pictures",
    "noisy-labels": "6: one label in twenty wrong",
    "replay": "8: D also sees old pictures of G",
    "sgd-for-d": "9: SGD for D, Adam for G",
    "instance-noise": "13: noise on all that D sees, falling to nothing",
    "two-steps-of-d": "14: two steps of D for one of G",
    "minibatch-discrimination": "15: D compares the pictures of a batch",
    "dropout": "17: dropout in G, in training and after it",
    "five-steps-of-d": "4.4: five steps of D for one of G",
    "two-steps-of-g": "4.4: two steps of G for one of D",
    "fast-d": "4.4: D's rate times four",
    "slow-d": "4.4: a quarter of D's rate",
    "wide-d": "4.4: D twice as wide",
    "narrow-d": "4.4: D half as wide",
    "held-back": "4.4: D waits while its cost is below 0.7",
    "minibatch-deviation": "5.1.1: D is told how much pictures differ",
    "packing": "5.1.1: D judges two pictures at once",
    "feature-matching": "5.1.1: G matches mean features of D",
    "historical-averaging": "5.1.1: both are held near where they were",
    "top-k": "5.1.1: G learns from the pictures that D likes",
    "unrolling": "5.1.1: G looks through a step of D",
}
"""What `--tip` may be, and what it is. A number is that of "GAN hacks", with a point a section of the tutorial."""


@dataclass(frozen=True, kw_only=True)
class Config(dcgan.Config):
    """Train a DCGAN with a tip put in or left out (tutorial, sections 4 and 5.1.1)."""

    tip: str = "soft-labels"
    """What is changed. docs/tips.md has the names, and what each did on one benchmark."""

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.tip not in ABOUT:
            raise ValueError(f"--tip is {self.tip!r}; expected one of {', '.join(ABOUT)}")


@dataclass(frozen=True, kw_only=True)
class Tip:
    """What differs from the plain game; None and 1 stand for its own.

    Attributes:
        generator: Makes the generator of a shape [C, H, W], the size of the latent, and the width.
        discriminator: Makes the discriminator of a shape and the width.
        game: Makes the game of what `GAN` takes.
        latent: Makes the latent of a size.
        loss: The loss.
        dynamics: The rule.
        speed: What the discriminator's learning rate is multiplied by.
        sgd: The discriminator's learning rate under SGD, if it is not to have Adam.
        past: How many old samples are held for it, if any.
    """

    generator: Callable[[Shape, int, int], nn.Module] | None = None
    discriminator: Callable[[Shape, int], nn.Module] | None = None
    game: Callable[..., sp.GAN] | None = None
    latent: Callable[[int], Any] | None = None
    loss: Any = None
    dynamics: Dynamics | None = None
    speed: float = 1.0
    sgd: float = 0.0
    past: int = 0


def tips() -> dict[str, Tip]:
    """What is behind the names."""
    from sparring.dynamics import functional
    from sparring.dynamics.held_back import HeldBack
    from sparring.dynamics.unrolled import Unrolled
    from sparring.games.replay import Replay
    from sparring.games.together import Together
    from sparring.losses import FeatureMatching, Minimax, NoisyLabels, NonSaturating, Smoothed, TopK

    plain = NonSaturating()
    return {
        "no-tanh": Tip(generator=without_tanh, discriminator=from_zero),
        "minimax": Tip(loss=Minimax()),
        "uniform-latents": Tip(latent=sp.latents.Uniform),
        "one-batch": Tip(game=Together),
        "sparse-gradients": Tip(discriminator=sparse),
        "perceptrons": Tip(generator=flat, discriminator=flat_critic),
        "soft-labels": Tip(loss=Smoothed(plain, 0.9)),
        "noisy-labels": Tip(loss=NoisyLabels(plain, 0.05)),
        "replay": Tip(game=Replay, past=2000),
        "sgd-for-d": Tip(sgd=1e-2),
        "instance-noise": Tip(discriminator=noisy),
        "two-steps-of-d": Tip(dynamics=steps(discriminator=2)),
        "minibatch-discrimination": Tip(discriminator=comparing),
        "dropout": Tip(generator=dropping),
        "five-steps-of-d": Tip(dynamics=steps(discriminator=5)),
        "two-steps-of-g": Tip(dynamics=steps(generator=2)),
        "fast-d": Tip(speed=4.0),
        "slow-d": Tip(speed=0.25),
        "wide-d": Tip(discriminator=partial(wider, 2.0)),
        "narrow-d": Tip(discriminator=partial(wider, 0.5)),
        "held-back": Tip(dynamics=HeldBack(0.7, fresh=False)),
        "minibatch-deviation": Tip(discriminator=deviating),
        "packing": Tip(discriminator=packed),
        "feature-matching": Tip(discriminator=featured, loss=FeatureMatching()),
        "historical-averaging": Tip(game=remembering),
        "top-k": Tip(loss=TopK()),
        "unrolling": Tip(dynamics=Unrolled(1, functional.Adam(1e-3, (0.5, 0.999)))),
    }


def steps(**counts: int) -> Dynamics:
    """So many in turn."""
    return sp.Alternating(counts, fresh=False)


def without_tanh(shape: Shape, latent: int, width: int) -> nn.Module:
    """A generator of pictures in [0, 1], which leave it as all others do."""
    from torch import nn

    *layers, _ = sp.networks.dcgan.Generator(shape, latent, width).layers
    return nn.Sequential(*layers, nn.Sigmoid(), sp.layers.scaled.Scaled(2.0, -1.0))


def from_zero(shape: Shape, width: int) -> nn.Module:
    """A discriminator that sees pictures in [0, 1]."""
    from torch import nn

    return nn.Sequential(sp.layers.scaled.Scaled(0.5, 0.5), sp.networks.dcgan.Discriminator(shape, width))


def sparse(shape: Shape, width: int) -> nn.Module:
    """A discriminator with rectifiers and max pooling, of as many channels."""
    from torch import nn

    chain, layers = sp.networks.dcgan.sizes(shape), list[nn.Module]()
    channels = [shape[0], *(width * min(2**level, 8) for level in range(len(chain) - 1))]
    for level in range(len(chain) - 1):
        norm = [sp.layers.batch_norm.BatchNorm2d(channels[level + 1])] if level else []
        layers += [nn.Conv2d(channels[level], channels[level + 1], 3, padding=1), *norm, nn.ReLU()]
        layers += [nn.MaxPool2d(2, ceil_mode=True)]
    last = nn.Conv2d(channels[-1], 1, chain[-1])
    return nn.Sequential(*layers, last, nn.Flatten(0)).apply(sp.networks.dcgan.initialise)


def flat(shape: Shape, latent: int, width: int) -> nn.Module:
    """A generator without convolutions."""
    from torch import nn

    size = shape[0] * shape[1] * shape[2]
    network = sp.networks.mlp.MLP(latent, 16 * width, 16 * width, size)
    return nn.Sequential(network, nn.Tanh(), nn.Unflatten(1, shape))


def flat_critic(shape: Shape, width: int) -> nn.Module:
    """A discriminator without convolutions."""
    from torch import nn

    size, leaky = shape[0] * shape[1] * shape[2], partial(nn.LeakyReLU, 0.2)
    return sp.networks.mlp.MLP(size, 16 * width, 16 * width, 1, activation=leaky, logits=True)


def dropping(shape: Shape, latent: int, width: int) -> nn.Module:
    """A generator with dropout after its rectifiers, in training and after it."""
    from torch import nn

    parts: list[nn.Module] = []
    for layer in sp.networks.dcgan.Generator(shape, latent, width).layers:
        parts += [layer, sp.layers.dropout.Dropout(0.5, always=True)] if isinstance(layer, nn.ReLU) else [layer]
    return nn.Sequential(*parts)


def comparing(shape: Shape, width: int) -> nn.Module:
    """The plain discriminator, whose last layer is told how near samples are to each other."""
    from torch import nn

    *layers, last, _ = sp.networks.dcgan.Discriminator(shape, width).layers
    assert isinstance(last, nn.Conv2d)
    features = last.in_channels * last.kernel_size[0] * last.kernel_size[1]
    near = sp.layers.minibatch_discrimination.MinibatchDiscrimination(features, 32, 4)
    return nn.Sequential(*layers, nn.Flatten(), near, nn.Linear(features + 32, 1), nn.Flatten(0))


def deviating(shape: Shape, width: int) -> nn.Module:
    """The plain discriminator, whose last layer is told how much the samples of a group differ."""
    from torch import nn

    *layers, last, _ = sp.networks.dcgan.Discriminator(shape, width).layers
    assert isinstance(last, nn.Conv2d)
    height, width = last.kernel_size
    again = nn.Conv2d(last.in_channels + 1, 1, (height, width))
    sp.networks.dcgan.initialise(again)
    return nn.Sequential(*layers, sp.layers.minibatch_deviation.MinibatchDeviation(), again, nn.Flatten(0))


def packed(shape: Shape, width: int) -> nn.Module:
    """A discriminator of two pictures at once."""
    return sp.layers.packed.Packed(sp.networks.dcgan.Discriminator((2 * shape[0], *shape[1:]), width), 2)


def featured(shape: Shape, width: int) -> nn.Module:
    """The plain discriminator, with what its last layer reads beside the logits."""
    network = sp.networks.dcgan.Discriminator(shape, width)
    return sp.layers.with_features.WithFeatures(network, f"layers.{len(network.layers) - 3}")


def noisy(shape: Shape, width: int) -> nn.Module:
    """The plain discriminator behind noise that falls to nothing."""
    network = sp.networks.dcgan.Discriminator(shape, width)
    return sp.layers.instance_noise.InstanceNoise(network, linear(0.3, 0.0))


def wider(factor: float, shape: Shape, width: int) -> nn.Module:
    """A plain discriminator of another width."""
    return sp.networks.dcgan.Discriminator(shape, max(1, round(factor * width)))


def remembering(generator: nn.Module, discriminator: nn.Module, latent: Any, loss: Any, **options: Any) -> sp.GAN:
    """The plain game, in which both players are held near the mean of where they were."""
    past = sp.penalties.HistoricalAverage
    options["penalties"] = {**options.get("penalties", {}), past(discriminator): 1e-3}
    return sp.GAN(generator, discriminator, latent, loss, regularizers={past(generator): 1e-3}, **options)


open_data = dcgan.open_data


def game(config: Config, shape: tuple[int, ...]) -> sp.GAN:
    """The game on pictures of `shape` [C, H, W]."""
    tip, nets, (channels, height, width) = tips()[config.tip], sp.networks.dcgan, shape
    sides = (channels, height, width)
    with sp.Key(config.seed, ("initial weights",)).seeded():
        generator = (tip.generator or nets.Generator)(sides, config.latent, config.width)
        discriminator = (tip.discriminator or nets.Discriminator)(sides, config.width)
    critic, penalties = config.augmented(discriminator)
    latent, loss = (tip.latent or sp.Normal)(config.latent), tip.loss or sp.losses.NonSaturating()
    gan = (tip.game or sp.GAN)(generator, critic, latent, loss, penalties=penalties)
    return dcgan.placed(gan, config)


def sampler(config: Config, spec: sp.Spec) -> sp.Sampler:
    """The untrained generator."""
    return game(config, spec.shape).sampler()


def build(config: Config, data: sp.Data) -> sp.Trainer:
    """The trainer. Layers that begin with a batch of data are given up to 256 pictures."""
    tip, gan, falling = tips()[config.tip], game(config, data.spec.shape), linear(1.0, 0.01, first=0.5)
    few = data.main.examples(sp.Key(config.seed, ("first",)).permutation("pictures", len(data.main))[:256])
    if len(data.main) > 1:
        sp.layers.minibatch_discrimination.initialise(gan.discriminator, few.to(devices.resolve(config.device)))
    config = replace(config, discriminator_rate=config.discriminator_rate * tip.speed)
    rule = partial(optimizer, tip, gan)
    past = {"past": sp.games.replay.Past(gan.generator, gan.latent, tip.past)} if tip.past else {}
    dynamics = tip.dynamics or steps()
    return dcgan.trainer(config, data, gan, rule=rule, factors=falling, dynamics=dynamics, streams=past)


def optimizer(tip: Tip, gan: sp.GAN, parameters: Any, lr: float) -> Any:
    """Adam, or SGD for the discriminator of a tip that has it."""
    import torch

    parameters = list(parameters)
    if tip.sgd and parameters[0] is next(iter(gan.strategy("discriminator").values())):
        return torch.optim.SGD(parameters, tip.sgd)
    return dcgan.adam(0.5, 0.999)(parameters, lr=lr)
