"""CycleGAN (Zhu et al. 2017): four players, two unaligned streams, replay pools that hold old fakes."""

import torch

from sparring import MLP, Batch, Cost, Game, InMemory, Key, Player
from sparring.losses import NonSaturating


class CycleGAN(Game):
    def __init__(self, g, f, dx, dy):
        super().__init__()
        self.g, self.f, self.dx, self.dy, self.loss = g, f, dx, dy, NonSaturating()

    def players(self):
        return {
            "dx": Player((self.dx,), lambda turn: self.critic_cost(turn, self.dx, "x")),
            "dy": Player((self.dy,), lambda turn: self.critic_cost(turn, self.dy, "y")),
            "g": Player((self.g,), lambda turn: self.generator_cost(turn, self.g, self.dy, "x")),
            "f": Player((self.f,), lambda turn: self.generator_cost(turn, self.f, self.dx, "y")),
        }

    def critic_cost(self, round, critic, domain):
        real, pooled = round.stream(domain).x, round.stream(f"pool_{domain}").x
        return Cost({"loss": self.loss.discriminator(critic(real), critic(pooled))})

    def generator_cost(self, round, generator, critic, source):
        fooled = critic(self.translated(round, generator, source))
        cycle = round.once("cycle", lambda: self.cycle(round), of=(self.g, self.f))
        return Cost({"loss": self.loss.generator(fooled, fooled), "cycle": 10 * cycle})

    def translated(self, round, generator, source):
        return round.once(f"from {source}", lambda: generator(round.stream(source).x), of=(generator,))

    def cycle(self, round):
        there, back = self.translated(round, self.g, "x"), self.translated(round, self.f, "y")
        x, y = round.stream("x").x, round.stream("y").x
        return (self.f(there) - x).abs().mean() + (self.g(back) - y).abs().mean()


class Pool:
    """Fakes of a generator, half of them exchanged with older ones: a source, so that costs stay pure."""

    def __init__(self, generator, source, capacity=12):
        self.generator, self.source, self.capacity, self.held = generator, source, capacity, None

    def draw(self, n, key):
        like = next(self.generator.parameters())
        fakes = self.generator(self.source.draw(n, key).x.to(like))
        if self.held is None:
            self.held = fakes[:0]
        room = self.capacity - len(self.held)
        self.held = torch.cat([self.held, fakes[:room]])
        swap = key.uniform("swap", (n,)) < 0.5
        slots = key.permutation("slots", len(self.held))[:n]
        fresh, swap = fakes[: len(slots)].clone(), swap[: len(slots)]
        fakes[: len(slots)][swap] = self.held[slots[swap]]
        self.held[slots[swap]] = fresh[swap]
        return Batch(fakes)

    def state_dict(self):
        return {"held": self.held}

    def load_state_dict(self, state):
        self.held = state["held"]


def tiny():
    x, y = InMemory(Key(1).normal("x", (40, 2))), InMemory(2 + Key(1).normal("y", (56, 2)))
    game = CycleGAN(MLP(2, 6, 2), MLP(2, 6, 2), MLP(2, 6, 1, logits=True), MLP(2, 6, 1, logits=True))
    return game, {"x": x, "y": y, "pool_x": Pool(game.f, y), "pool_y": Pool(game.g, x)}
