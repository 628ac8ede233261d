"""A GAN of sequences whose generator writes by Gumbel-softmax, so that gradients reach it through its own words.

Kusner and Hernandez-Lobato (2016), https://arxiv.org/abs/1611.04051, with the Gumbel-softmax of Jang et al. (2016),
https://arxiv.org/abs/1611.01144; the tutorial's section 5.3 names it. A schedule of the temperature is RelGAN's (Nie et
al. 2019, https://openreview.net/forum?id=rJedV3R5tm). The generator has gated recurrent units, where they have LSTMs
and a relational memory. The discriminator sees rows [B, length, V]: single ones for real tokens.
"""

from __future__ import annotations

from typing import Any, cast

from torch import Tensor
from torch.nn.functional import one_hot

from sparring.chance import Key
from sparring.data.source import InMemory
from sparring.game import Round
from sparring.games.gan import GAN
from sparring.losses import AdversarialLoss, NonSaturating
from sparring.methods import Method, Paper
from sparring.networks.recurrent import Recurrent, RecurrentSampler
from sparring.networks.relaxed import Relaxed
from sparring.networks.text_cnn import TextCNN
from sparring.penalties import Penalty, Weight, r1
from sparring.samplers import Sampler

__all__ = ["METHODS", "GumbelGAN", "tiny"]


class GumbelGAN(GAN):
    """The game. Its one stream is `real`, tokens [B, length].

    Args:
        generator: Writes rows of a recurrent network, which is what is sampled: its likelihood is known.
        discriminator: From rows [B, length, V], or tokens [B, length], to what the loss reads.
        loss: What the players minimise.
        penalties: What the discriminator minimises besides, at rows.
    """

    def __init__(
        self,
        generator: Relaxed,
        discriminator: TextCNN,
        loss: AdversarialLoss = NonSaturating(),  # noqa: B008 - a frozen value
        penalties: dict[Penalty, Weight] | None = None,
    ) -> None:
        super().__init__(generator, discriminator, generator.latent, loss, penalties)

    @property
    def writer(self) -> Recurrent:
        """The recurrent network, which is held once, by the generator."""
        return cast("Relaxed", self.generator).network

    def judged_real(self, round: Round) -> tuple[Tensor, Any]:
        """Real rows [B, length, V], and the discriminator's output for them."""

        def rows() -> Tensor:
            return round.place(one_hot(round.stream("real").x, self.writer.vocabulary).to(self.writer.head.weight))

        return self._judged(round, "judged real", rows, self.discriminator)

    def sampler(self) -> Sampler:
        """Sequences of the recurrent network: draws, without a temperature."""
        return RecurrentSampler(self.writer)


METHODS = (
    Method(
        name="GAN of sequences by Gumbel-softmax",
        category="text",
        python="games.text.gumbel.GumbelGAN(networks.relaxed.Relaxed(networks.recurrent.Recurrent(100, 10, 32), 1.0), "
        "networks.text_cnn.TextCNN(100, 32))",
        papers=(
            Paper("Jang et al.", 2016, "https://arxiv.org/abs/1611.01144"),
            Paper("Kusner and Hernandez-Lobato", 2016, "https://arxiv.org/abs/1611.04051"),
        ),
        section="5.3",
        command="sparring train gumbel",
        record="gumbel",
    ),
)


def tiny() -> tuple[GumbelGAN, dict[str, InMemory]]:
    """A small game of soft rows, with an end, and its stream, for the contract tests."""
    words = Key(1).integers("words", (40, 4), 3)
    generator = Relaxed(Recurrent(3, 4, 6, end=0), 0.7, hard=False)
    return GumbelGAN(generator, TextCNN(3, 6), penalties={r1: 0.1}), {
        "real": InMemory(words * (words != 0).cummin(1).values)
    }
