"""Classification as a game of one player, who minimises the cross-entropy of labels given pictures.

Maximum likelihood, the tutorial's section 2.1 (Goodfellow 2016, https://arxiv.org/abs/1701.00160), of a conditional
distribution. It trains under any dynamics, with any hooks; there is nothing to sample from it.
"""

from __future__ import annotations

from torch import nn
from torch.nn.functional import cross_entropy

from sparring.chance import Key
from sparring.data.source import InMemory
from sparring.game import Cost, Game, Player, Round
from sparring.methods import TUTORIAL, Method
from sparring.networks.convnet import ConvNet

__all__ = ["METHODS", "Classifier", "tiny"]


class Classifier(Game):
    """The game of one classifier. Its one stream is `labelled`.

    Args:
        network: From examples [B, ...] to logits [B, K].
    """

    def __init__(self, network: nn.Module) -> None:
        super().__init__()
        self.network = network

    def players(self) -> dict[str, Player]:
        """The classifier."""
        return {"classifier": Player((self.network,), self.cost)}

    def cost(self, round: Round) -> Cost:
        """The mean cross-entropy in nats; the share of right answers is watched.

        Raises:
            ValueError: The stream has no labels.
        """
        logits, y = self.network(round.stream("labelled").x), round.labels("labelled")
        right = (logits.argmax(1) == y).to(logits.dtype)
        return Cost({"cross_entropy": cross_entropy(logits, y)}, {"accuracy": right.mean()})


METHODS = (
    Method(
        name="classification by maximum likelihood",
        python="families.classifier.Classifier(network)",
        papers=(TUTORIAL,),
        section="2.1",
        record="classifier",
    ),
)


def tiny() -> tuple[Classifier, dict[str, InMemory]]:
    """A small network and pictures with labels, for the contract tests."""
    key = Key(1)
    pictures = 2 * key.uniform("pictures", (64, 1, 28, 28)) - 1
    return Classifier(ConvNet(3, 2)), {"labelled": InMemory(pictures, key.integers("labels", (64,), 3))}
