"""A restricted Boltzmann machine trained by persistent contrastive divergence (Tieleman 2008): one player, a source
whose chains go on from batch to batch."""

import torch
from torch import nn
from torch.nn.functional import softplus

from sparring import Batch, Cost, Game, InMemory, Key, Player


class RBM(Game):
    """P(v, h) proportional to exp(v W h + v b + h c), v and h binary."""

    def __init__(self, visible, hidden):
        super().__init__()
        self.machine = nn.ParameterDict(
            {"w": 0.1 * torch.randn(visible, hidden), "b": torch.zeros(visible), "c": torch.zeros(hidden)}
        )

    def players(self):
        return {"machine": Player((self.machine,), self.cost)}

    def free_energy(self, v):
        return -v @ self.machine["b"] - softplus(v @ self.machine["w"] + self.machine["c"]).sum(1)

    def cost(self, round):
        data, chains = round.stream("data").x, round.stream("chains").x
        return Cost({"positive": self.free_energy(data).mean(), "negative": -self.free_energy(chains).mean()})


class Chains:
    """Gibbs chains of the present machine."""

    def __init__(self, rbm, steps=2):
        self.rbm, self.steps, self.v = rbm, steps, None

    def draw(self, n, key):
        m = self.rbm.machine
        v = key.uniform("start", (n, len(m["b"]))).round() if self.v is None else self.v
        v = v.to(m["w"])
        for step in range(self.steps):
            h = (key.uniform(f"h{step}", (n, len(m["c"])), v.dtype) < torch.sigmoid(v @ m["w"] + m["c"])).to(v)
            v = (key.uniform(f"v{step}", v.shape, v.dtype) < torch.sigmoid(h @ m["w"].T + m["b"])).to(v)
        self.v = v
        return Batch(v)

    def state_dict(self):
        return {"v": self.v}

    def load_state_dict(self, state):
        self.v = state["v"]


def tiny():
    rbm = RBM(6, 4)
    data = (Key(1).uniform("data", (64, 1)) < 0.5).float().expand(64, 6).clone()  # all on, or all off
    return rbm, {"data": InMemory(data), "chains": Chains(rbm)}
