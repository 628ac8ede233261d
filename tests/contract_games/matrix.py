"""Rock, paper, scissors in mixed strategies, and fictitious play (Brown 1951): a dynamics without gradients."""

import torch
from torch import nn
from torch.func import functional_call

from sparring import Cost, Game, Player
from sparring.dynamics.dynamics import Dynamics

PAYOFF = torch.tensor([[0.0, -1.0, 1.0], [1.0, 0.0, -1.0], [-1.0, 1.0, 0.0]])


class Mixed(nn.Module):
    def __init__(self, *weights):
        super().__init__()
        self.weights = nn.Parameter(torch.tensor(weights))

    def forward(self):
        return self.weights


def to_simplex(parameters):
    """The nearest probability vector (Duchi et al. 2008, figure 1), in place."""
    for p in parameters:
        ordered = p.sort(descending=True).values
        excess = (ordered.cumsum(0) - 1) / torch.arange(1, len(p) + 1)
        p.sub_(excess[(ordered > excess).sum() - 1]).clamp_(min=0)


class Matrix(Game):
    def __init__(self):
        super().__init__()
        self.row, self.column = Mixed(0.6, 0.3, 0.1), Mixed(0.2, 0.2, 0.6)

    def players(self):
        return {
            "row": Player((self.row,), lambda _: Cost({"loss": -self.value()}), to_simplex),
            "column": Player((self.column,), lambda _: Cost({"loss": self.value()}), to_simplex),
        }

    def value(self):
        return self.row() @ PAYOFF.to(self.row.weights) @ self.column()


class FictitiousPlay(Dynamics):
    """Each player moves its average towards the best pure answer to the others' averages."""

    def __call__(self, game, rounds, optimizers, state):
        round = next(rounds)
        costs, best = {}, {}
        for player in game.players():
            ((name, p),) = game.strategy(player).items()
            answers = [functional_call(game, {name: pure}, (player, round)).total for pure in torch.eye(len(p)).to(p)]
            best[name] = torch.eye(len(p)).to(p)[torch.stack(answers).argmin()]
            costs[player] = game(player, round).detach()
        with torch.no_grad():
            for name, p in game.named_parameters():
                p.lerp_(best[name], 1 / (round.number + 2))
        return costs


def tiny():
    return Matrix(), {}
