"""Virtual adversarial training: a classifier whose answer stays the same where a small step would change it most.

Miyato et al. (2017), https://arxiv.org/abs/1704.03976, equations 5, 6 and 12 and algorithm 1; what GANs with labels are
held against (Goodfellow 2016, section 5.4). The smoothness of the answer at x is LDS(x) = KL(p(y|x) || p(y|x + r)),
where r of length epsilon is the worst. It needs no label. To second order r is the top eigenvector of the Hessian of
the divergence, which is found by power iteration from a random direction, a product with the Hessian being a difference
of gradients. Both p(y|x) and r are taken as constants in the gradient, as there.

Layers that draw give the same numbers in all passes for an x, so that only r tells them apart.
"""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor, nn
from torch.nn.functional import cross_entropy

from sparring.chance import Key
from sparring.checks.declared import Declared, Estimator
from sparring.data.source import InMemory
from sparring.game import Cost, Game, Player, Round
from sparring.methods import Method, Paper
from sparring.networks.mlp import MLP

__all__ = ["DECLARED", "METHODS", "VirtualAdversarial", "tiny", "worst"]

Network = Callable[[Tensor], Tensor]


def divergence(logits: Tensor, others: Tensor) -> Tensor:
    """KL(softmax(logits) || softmax(others)) of each row, [B] in nats."""
    p, q = logits.log_softmax(1), others.log_softmax(1)
    return (p.exp() * (p - q)).sum(1)


def unit(d: Tensor) -> Tensor:
    """Directions [B, ...] of length 1 in each row; a row of zeros stays one."""
    shape = (-1, *[1] * (d.ndim - 1))
    scaled = d / d.abs().flatten(1).amax(1).clamp_min(torch.finfo(d.dtype).tiny).view(shape)
    made: Tensor = scaled / torch.linalg.vector_norm(scaled.flatten(1), dim=1).clamp_min(1).view(shape)
    return made


def worst(
    network: Callable[[Tensor], Tensor], x: Tensor, direction: Tensor, *, xi: float = 1e-3, steps: int = 1
) -> Tensor:
    """Unit directions [B, ...] along which the answer changes most, near x, by power iteration.

    Args:
        network: From examples [B, ...] to logits [B, K].
        x: Where, [B, ...].
        direction: Where to begin, [B, ...]: random numbers.
        xi: The length of the step over which gradients are compared, in the unit of x.
        steps: Of the iteration.
    """
    here, d = network(x).detach(), unit(direction)
    for _ in range(steps):
        with torch.enable_grad():
            d = d.detach().requires_grad_()
            (slope,) = torch.autograd.grad(divergence(here, network(x + xi * d)).sum(), d)
        d = unit(slope)
    return d.detach()


class VirtualAdversarial(Game):
    """The game of one classifier. Its streams are `labelled`, with classes [B], and `real`, of which none are read.

    Args:
        network: From examples [B, ...] to logits [B, K].
        epsilon: The length of r, in the unit of the examples: the one value to choose.
        xi: As in `worst`.
        steps: Of the power iteration.
        weight: Of the smoothness.
    """

    def __init__(
        self, network: nn.Module, epsilon: float, *, xi: float = 1e-3, steps: int = 1, weight: float = 1.0
    ) -> None:
        super().__init__()
        self.network, self.epsilon, self.xi, self.steps, self.weight = network, epsilon, xi, steps, weight

    def players(self) -> dict[str, Player]:
        """The classifier."""
        return {"classifier": Player((self.network,), self.cost)}

    def cost(self, round: Round) -> Cost:
        """The cross-entropy of labels, and the mean of LDS over the unlabelled examples, both in nats.

        Raises:
            ValueError: The stream `labelled` has no labels.
        """
        logits, y = self.network(round.stream("labelled").x), round.labels("labelled")
        right = (logits.detach().argmax(1) == y).to(logits.dtype).mean()
        smoothness = self.weight * self.smoothness(round.stream("real").x, round)
        return Cost({"labelled": cross_entropy(logits, y), "smoothness": smoothness}, {"accuracy": right})

    def smoothness(self, x: Tensor, round: Round) -> Tensor:
        """The mean of LDS over examples [B, ...]; only the answer at x + r is differentiated."""

        def alike(x: Tensor) -> Tensor:
            logits: Tensor = round.chance.within("virtual adversarial", lambda: self.network(x))
            return logits

        start = round.chance.normal("direction", *x.shape[1:])
        r = self.epsilon * worst(alike, x, start, xi=self.xi, steps=self.steps)
        return divergence(alike(x).detach(), alike(x + r)).mean()


def oracle() -> None:
    """The gradient of LDS is that of the cross-entropy of a fixed answer at a fixed point."""
    key, network = Key(0), nn.Linear(3, 4).double()
    x, start = (key.normal(name, (5, 3), torch.float64) for name in ("x", "start"))
    there, answer = x + 0.5 * worst(network, x, start), network(x).detach().softmax(1)
    mine = torch.autograd.grad(divergence(network(x).detach(), network(there)).mean(), network.weight)[0]
    slopes = (network(there).softmax(1) - answer).detach()  # of the logits, by hand
    torch.testing.assert_close(mine, slopes.T @ there / len(x))


DECLARED = Declared(estimators={"classifier": Estimator("a fixed answer and a fixed r, Miyato et al. 2017", oracle)})
METHODS = (
    Method(
        name="virtual adversarial training",
        python="families.virtual_adversarial.VirtualAdversarial(network, epsilon=2.0)",
        papers=(Paper("Miyato et al.", 2017, "https://arxiv.org/abs/1704.03976"),),
        section="5.4",
    ),
)


def tiny() -> tuple[VirtualAdversarial, dict[str, InMemory]]:
    """A small classifier of points and its streams."""
    points = Key(1).normal("points", (64, 2))
    streams = {"labelled": InMemory(points[:16], (points[:16, 0] > 0).long()), "real": InMemory(points)}
    return VirtualAdversarial(MLP(2, 8, 2, activation=nn.Tanh), 0.5, xi=1e-2), streams
