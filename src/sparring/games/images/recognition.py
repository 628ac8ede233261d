"""GANs whose discriminator learns to recognise the classes, which the generator does not see.

Salimans et al. (2016), https://arxiv.org/abs/1606.03498, section 5, with all examples labelled; the tutorial
(Goodfellow 2016), section 4.1, says that this alone makes samples better. The discriminator is a classifier of K
classes and of "generated", whose logit is fixed at 0. So it says "real" with the logit log sum_k exp l_k, and the
cross-entropy of K + 1 classes is that of this logit plus that of the class among K.

Departure: the generator has the loss of a GAN, the non-saturating one if no other is given, not feature matching.
"""

from __future__ import annotations

from torch import Tensor
from torch.nn.functional import cross_entropy

from sparring.chance import Key
from sparring.data.source import InMemory
from sparring.game import Cost, Round
from sparring.games.gan import GAN
from sparring.latents import Normal
from sparring.methods import Method, Paper
from sparring.networks.dcgan import Discriminator, Generator

__all__ = ["METHODS", "RecognisingGAN", "tiny"]


class RecognisingGAN(GAN):
    """The game of a generator, and a discriminator that recognises the classes of real samples.

    Its arguments are those of `GAN`, but the discriminator gives logits [B, K] of the classes. Its one stream, `real`,
    has labels [B].
    """

    def reading(self, output: Tensor) -> Tensor:
        """The logits of "real" [B]: log D(x) / (1 - D(x)) = log sum_k exp l_k(x)."""
        return super().reading(output).logsumexp(1)

    def discriminator_cost(self, round: Round) -> Cost:
        """With the cross-entropy of the class among K in nats, of real samples.

        Raises:
            ValueError: They have no labels.
        """
        logits = super().reading(self.judged_real(round)[1])
        return super().discriminator_cost(round).plus(real_class=cross_entropy(logits, round.labels("real")))

    def judge(self, x: Tensor, y: Tensor | None = None) -> Tensor | None:
        """The logits of "real" [B]; the discriminator is not told labels."""
        return super().judge(x)


METHODS = (
    Method(
        name="discriminator that recognises classes",
        category="images",
        python="games.images.recognition.RecognisingGAN(g, d, Normal(100))",
        papers=(Paper("Salimans et al.", 2016, "https://arxiv.org/abs/1606.03498"),),
        section="4.1",
        command="sparring train recognition",
        record="labels",
        measured="labels in the discriminator only",
    ),
)


def tiny() -> tuple[RecognisingGAN, dict[str, InMemory]]:
    """A small game of three classes of pictures, and its stream."""
    y = Key(1).integers("labels", (64,), 3)
    x = (Key(1).normal("pictures", (64, 1, 7, 7)) / 4 + y[:, None, None, None] / 2 - 0.5).tanh()
    networks = Generator((1, 7, 7), 2, 2), Discriminator((1, 7, 7), 2, outputs=3)
    return RecognisingGAN(*networks, Normal(2)), {"real": InMemory(x, y)}
