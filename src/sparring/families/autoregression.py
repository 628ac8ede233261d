"""Maximum likelihood of sequences, a token at a time, as a game of one player.

Fully visible belief networks, the tutorial's section 2.3.1 (Goodfellow 2016, https://arxiv.org/abs/1701.00160): the
likelihood is the product of those of each token given the ones before it, which a recurrent network learns (Graves
2013, https://arxiv.org/abs/1308.0850).
"""

from __future__ import annotations

from sparring.chance import Key
from sparring.data.source import InMemory
from sparring.game import Cost, Game, Player, Round
from sparring.methods import Method, Paper
from sparring.networks.recurrent import Recurrent, RecurrentSampler
from sparring.samplers import Sampler

__all__ = ["METHODS", "Autoregression", "tiny"]


class Autoregression(Game):
    """The game of one generator of sequences. Its one stream is `real`.

    Args:
        generator: Knows how likely sequences are.
    """

    def __init__(self, generator: Recurrent) -> None:
        super().__init__()
        self.generator = generator

    def players(self) -> dict[str, Player]:
        """The generator."""
        return {"generator": Player((self.generator,), self.cost)}

    def cost(self, round: Round) -> Cost:
        """The mean negative log-likelihood of a sequence, nats."""
        return Cost({"likelihood": -self.generator.log_likelihood(round.stream("real").x).mean()})

    def sampler(self) -> Sampler:
        """Sequences of the generator."""
        return RecurrentSampler(self.generator)


METHODS = (
    Method(
        name="recurrent network by maximum likelihood",
        category="text",
        python="families.autoregression.Autoregression(networks.recurrent.Recurrent(100, 10, 32))",
        papers=(Paper("Graves", 2013, "https://arxiv.org/abs/1308.0850"),),
        section="2.3.1",
        record="seqgan",
    ),
)


def tiny() -> tuple[Autoregression, dict[str, InMemory]]:
    """A small network and sequences with an end, for the contract tests."""
    words = Key(1).integers("words", (40, 4), 3)
    return Autoregression(Recurrent(3, 4, 6, end=0)), {"real": InMemory(words * (words != 0).cummin(1).values)}
