"""Imitation (GAIL, Ho and Ermon 2016) on a chain of five states: the data of one stream are made by a player.

The expert always walks right. The policy's gradient is REINFORCE's, with the reward -log D(s, a) and an entropy bonus.
"""

import torch
from torch import nn
from torch.nn.functional import log_softmax, one_hot, softplus

from sparring import Batch, Cost, Game, InMemory, Player

STATES, ACTIONS, STEPS = 5, 2, 6


class Table(nn.Module):
    """One number for each state and action, [STATES, ACTIONS]."""

    def __init__(self):
        super().__init__()
        self.values = nn.Parameter(0.01 * torch.randn(STATES, ACTIONS))

    def forward(self):
        return self.values


class GAIL(Game):
    """D is the probability that a step (state, action) is the policy's."""

    def __init__(self, discriminator, policy, entropy=0.01):
        super().__init__()
        self.discriminator, self.policy, self.entropy = discriminator, policy, entropy

    def players(self):
        return {
            "discriminator": Player((self.discriminator,), self.discriminator_cost),
            "policy": Player((self.policy,), self.policy_cost),
        }

    def logits(self, steps):
        return self.discriminator()[steps[:, 0], steps[:, 1]]

    def discriminator_cost(self, round):
        expert, rollout = round.stream("expert").x, round.stream("rollout").x
        return Cost({"loss": softplus(self.logits(expert)).mean() + softplus(-self.logits(rollout)).mean()})

    def policy_cost(self, round):
        steps = round.stream("rollout").x
        logs = log_softmax(self.policy(), 1)
        reward = softplus(-self.logits(steps))
        surrogate = -(logs[steps[:, 0], steps[:, 1]] * (reward - round.gather(reward).mean())).mean()
        entropy = -(logs.exp() * logs).sum(1).mean()
        return Cost({"reward": surrogate, "entropy": -self.entropy * entropy}, {"mean_reward": reward.detach().mean()})


class Rollout:
    """Steps [n, 2] of the present policy, in episodes of STEPS from state 0."""

    def __init__(self, policy):
        self.policy = policy

    def draw(self, n, key):
        chance = self.policy().softmax(1)[:, 1]
        luck, state, steps = key.uniform("luck", (n,), chance.dtype), 0, []
        for i in range(n):
            state = 0 if i % STEPS == 0 else state
            action = int(luck[i] < chance[state])
            steps.append((state, action))
            state = min(max(state + 2 * action - 1, 0), STATES - 1)
        return Batch(torch.tensor(steps))

    def state_dict(self):
        return {}

    def load_state_dict(self, state):
        pass


def visited(steps):
    return one_hot(steps[:, 0], STATES).sum(0)


def tiny():
    game = GAIL(Table(), Table())
    expert = torch.tensor([(min(i, STATES - 1), 1) for i in range(STEPS)] * 8)
    return game, {"expert": InMemory(expert), "rollout": Rollout(game.policy)}
