"""SeqGAN (Yu et al. 2017): an LSTM writes tokens; its reward for each is what the discriminator thinks of roll-outs.

Equations 4 to 7. The roll-outs are a stream that remembers nothing: it is made of the policy and the key.
"""

import torch
from torch import nn
from torch.nn.functional import one_hot, pad

from sparring import MLP, Batch, Cost, Game, InMemory, Key, Player
from sparring.losses import NonSaturating

WORDS, STEPS, ROLLS = 3, 4, 2


class Policy(nn.Module):
    """Log-probabilities [B, STEPS, WORDS] of each next word, given the words [B, STEPS] before it."""

    def __init__(self, width):
        super().__init__()
        self.cell, self.head = nn.LSTMCell(WORDS, width), nn.Linear(width, WORDS)

    def forward(self, words):
        before = pad(one_hot(words, WORDS), (0, 0, 1, -1)).to(self.head.weight)
        state, logits = None, []
        for step in before.unbind(1):
            state = self.cell(step, state)
            logits.append(self.head(state[0]))
        return torch.stack(logits, 1).log_softmax(2)

    def finish(self, words, start, luck):
        """The words with those from `start` on written anew, by the uniform numbers [B, STEPS]."""
        words = words.clone()
        for step in range(start, STEPS):
            bounds = self(words)[:, step].exp().cumsum(1)[:, :-1]
            words[:, step] = (luck[:, step, None] > bounds).sum(1)
        return words


class Tokens(Game):
    def __init__(self, discriminator, policy):
        super().__init__()
        self.discriminator, self.policy, self.loss = discriminator, policy, NonSaturating()

    def players(self):
        return {
            "discriminator": Player((self.discriminator,), self.discriminator_cost),
            "policy": Player((self.policy,), self.policy_cost),
        }

    def critic(self, words):
        return self.discriminator(one_hot(words, WORDS).to(self.policy.head.weight))

    def discriminator_cost(self, round):
        real, fake = round.stream("text").x, round.stream("written").x
        return Cost({"loss": self.loss.discriminator(self.critic(real), self.critic(fake))})

    def policy_cost(self, round):
        written = round.stream("written")
        value = self.critic(written.y.flatten(0, 2)).sigmoid().unflatten(0, (-1, STEPS, ROLLS)).mean(2)
        chosen = self.policy(written.x).gather(2, written.x[..., None])[..., 0]
        return Cost({"reward": -(chosen * (value - round.gather(value).mean(0))).sum(1).mean()})


class Written:
    """Texts [n, STEPS], and ROLLS ways to go on after each word, [n, STEPS, ROLLS, STEPS]."""

    def __init__(self, policy):
        self.policy = policy

    def draw(self, n, key):
        text = self.policy.finish(torch.zeros(n, STEPS, dtype=torch.int64), 0, key.uniform("text", (n, STEPS)))
        begun = text.repeat_interleave(ROLLS, 0)
        rolls = [self.policy.finish(begun, t + 1, key.uniform(f"after {t}", begun.shape)) for t in range(STEPS)]
        return Batch(text, torch.stack([roll.unflatten(0, (n, ROLLS)) for roll in rolls], 1))

    def state_dict(self):
        return {}

    def load_state_dict(self, state):
        pass


def tiny():
    game = Tokens(MLP(STEPS * WORDS, 8, 1, logits=True), Policy(6))
    start = Key(1).integers("start", (40, 1), WORDS)
    return game, {"text": InMemory((start + torch.arange(STEPS)) % WORDS), "written": Written(game.policy)}
