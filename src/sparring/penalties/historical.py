"""Historical averaging: a player is held near the mean of all the places where it has been.

Salimans et al. (2016), https://arxiv.org/abs/1606.03498, section 3.3, after fictitious play (Brown 1951).
"""

from __future__ import annotations

import torch
from torch import Tensor, nn

from sparring.methods import Method, Paper
from sparring.penalties.critique import Critique, Generation

__all__ = ["METHODS", "HistoricalAverage"]


class HistoricalAverage(nn.Module):
    """||theta - (1/t) sum_i theta_i||^2 over the t rounds until now, [B], the same for each sample.

    theta_i are the parameters at the beginning of round i. Their mean is a constant in the gradient, and moves after
    everybody has moved. Make it after the weights have been drawn: where they are then is the first place. As a penalty
    it is the discriminator's, as a regularizer the generator's; both may have one, each of its own network.

    Args:
        network: The player's network, all of whose trainable parameters are meant.

    Attributes:
        count: t, a scalar.

    Raises:
        ValueError: The network has no trainable parameters.

    Example:
        >>> layer = nn.Linear(1, 1)
        >>> [name for name, _ in HistoricalAverage(layer).named_buffers()]
        ['count', 'mean_weight', 'mean_bias']
    """

    __name__ = "historical_average"  # of the term
    count: Tensor

    def __init__(self, network: nn.Module) -> None:
        super().__init__()
        self._of = (network,)  # in a tuple it is no part of this module
        self._names = {
            name: f"mean_{name.replace('.', '_')}" for name, p in network.named_parameters() if p.requires_grad
        }
        if not self._names:
            raise ValueError(f"{type(network).__name__} has no trainable parameters; expected a player's network")
        self.register_buffer("count", torch.ones(()))
        for name, parameter in self._places():
            self.register_buffer(name, parameter.detach().clone())

    def forward(self, at: Critique | Generation) -> Tensor:
        """The penalty, [B]."""
        at.round.afterwards(self, self.move)
        squares = [(parameter - self.get_buffer(name).clone()).square().sum() for name, parameter in self._places()]
        return torch.stack(squares).sum().expand(len(at.fake))  # clones, as the means move and graphs stay

    @torch.no_grad()
    def move(self) -> None:
        """Takes the present parameters into the means, as one more place."""
        self.count.add_(1)
        for name, parameter in self._places():
            self.get_buffer(name).lerp_(parameter, 1 / self.count)

    def _places(self) -> list[tuple[str, nn.Parameter]]:
        """The parameters, and the names of their means."""
        held = dict(self._of[0].named_parameters())
        return [(mean, held[name]) for name, mean in self._names.items()]


METHODS = (
    Method(
        name="historical averaging",
        python="GAN(generator, critic, latent, penalties={penalties.HistoricalAverage(critic): 1.0})",
        papers=(Paper("Salimans et al.", 2016, "https://arxiv.org/abs/1606.03498"),),
        command="sparring train tips --tip historical-averaging",
        record="tips",
        measured="historical averaging of both",
    ),
)
