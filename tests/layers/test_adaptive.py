"""How often changes happen, where p goes, and that it is resumed."""

import pytest
import torch
from torch import nn

from rounds import draws_of, round_of
from sparring import GAN, InMemory, Key, Normal, Phase, Trainer
from sparring.layers.adaptive import Adaptive, Turn
from sparring.layers.augmented import Augmented
from sparring.penalties import Critique
from sparring.ranks import Threads


class Marked:
    """Adds a number of its own."""

    def __init__(self, number):
        self.number = number

    def __call__(self, x, chance, name):
        return x + self.number


@pytest.mark.parametrize("p", [0.0, 0.3, 1.0])
def test_each_change_happens_by_itself(p):
    n = 50_000
    x = Adaptive((Marked(1), Marked(2)), p=p)(torch.zeros(n, 1), draws_of(n), "a")
    found = x[:, 0].long().bincount(minlength=4) / n
    expected = torch.tensor([(1 - p) ** 2, p * (1 - p), p * (1 - p), p * p])
    torch.testing.assert_close(found, expected, rtol=0, atol=0.01)


def test_turns():
    n = 20_000
    x = torch.tensor([[1.0, 2.0], [3.0, 4.0]]).expand(n, 1, 2, 2)
    found = Turn()(x, draws_of(n), "a").reshape(n, 4)
    kinds, counts = found.unique(dim=0, return_counts=True)
    assert kinds.tolist() == [[1, 2, 3, 4], [2, 4, 1, 3], [3, 1, 4, 2], [4, 3, 2, 1]]
    torch.testing.assert_close(counts / n, torch.full((4,), 0.25), rtol=0, atol=0.02)
    oblong = torch.tensor([[1.0, 2.0]]).expand(n, 1, 1, 2)
    assert Turn()(oblong, draws_of(n), "a").reshape(n, 2).unique(dim=0).tolist() == [[1, 2], [2, 1]]


def test_p_goes_by_the_sign_of_the_gap():
    """Up by n / samples where more than 80 % of the logits are above 0, which is r = .6; else down; within 0 and 1."""
    adaptive = Adaptive((Marked(1),), samples=40)
    for above, expected in ((9, 0.25), (10, 0.5), (7, 0.25), (8, 0.25), (0, 0.0), (0, 0.0), (10, 0.25), (10, 0.5)):
        logits = torch.cat([torch.full((above,), 0.1), torch.full((10 - above,), -7.0)])
        later = {}
        round = round_of(total=10)
        round._later = later
        x = torch.zeros(10, 1)
        assert adaptive.control(Critique(round, None, x, x, logits, logits)) is None
        [move] = later.values()
        move()
        assert adaptive.p.item() == pytest.approx(expected, abs=1e-6), above
    adaptive.p.fill_(0.9)
    adaptive.move(torch.tensor(1.0), 10)
    assert adaptive.p == 1


def trainer_of(rounds):
    torch.manual_seed(0)
    adaptive = Adaptive((Marked(0.3),), target=0.1, samples=300, p=0.5)
    critic = Augmented(nn.Sequential(nn.Linear(2, 1), nn.Flatten(0)), (adaptive,))
    game = GAN(nn.Linear(3, 2), critic, Normal(3), penalties={adaptive.control: 1.0}).double()
    optimizers = {player: torch.optim.SGD(game.strategy(player).values(), 0.3) for player in game.players()}
    return Trainer(Phase(game, optimizers, {"real": InMemory(Key(0).normal("data", (64, 2)))}, rounds, batch=8))


def test_p_is_in_the_state_moves_on_ranks_as_on_one_and_is_resumed():
    whole, half, rest = (trainer_of(7) for _ in range(3))
    whole.play()
    p = whole.game.state_dict()["discriminator.kept.0.p"]
    assert p not in (0.5, 0, 1)
    rest.load_state_dict(half.play(3).state_dict())
    assert rest.game.discriminator.kept[0].p == half.game.discriminator.kept[0].p != 0.5
    for name, value in rest.play().game.state_dict().items():
        torch.testing.assert_close(value, whole.game.state_dict()[name], rtol=1e-12, atol=1e-14, msg=name)
    both = [trainer_of(7) for _ in range(2)]

    def play(ranks):
        both[ranks.index].ranks = ranks
        return both[ranks.index].play()

    for trainer in Threads.run(2, play):
        for name, value in trainer.game.state_dict().items():
            torch.testing.assert_close(value, whole.game.state_dict()[name], rtol=1e-12, atol=1e-14, msg=name)


@pytest.mark.parametrize("wrong", [{"target": 1.0}, {"samples": 0}, {"p": 1.5}])
def test_what_is_out_of_range(wrong):
    with pytest.raises(ValueError, match="expected a target between 0 and 1"):
        Adaptive(**wrong)
