"""The history of old samples by counting, and the cost by hand."""

import torch

import sparring as sp
from sparring import Key, Phase, Trainer
from sparring.games.replay import Past, tiny


class Clock(torch.nn.Module):
    """A generator whose samples are the number of the call."""

    def __init__(self):
        super().__init__()
        self.zero, self.calls = torch.nn.Parameter(torch.zeros(())), 0

    def forward(self, z):
        self.calls += 1
        return self.zero + torch.full((len(z), 1), float(self.calls))


def test_half_a_batch_of_the_history_is_replaced_in_each_draw():
    past = Past(Clock(), sp.Normal(2), 12)
    for number in range(40):
        drawn = past.draw(4, Key(0, (number,)))
        assert drawn.x.shape == (4, 1)
        assert drawn.x.max() <= number + 1
        assert len(past.held) == min(12, 4 * (number + 1))
        assert (past.held == number + 1).sum() >= 2, "new ones are in it"


def test_the_history_reaches_back_as_far_as_chance_says():
    """A sample is replaced with probability p = 2 / 12 a draw, so its mean age is (1 - p) / p = 5 draws."""
    past, ages = Past(Clock(), sp.Normal(2), 12), []
    for number in range(3000):
        past.draw(4, Key(0, (number,)))
        ages.append(number + 1 - past.held.mean().item())
    assert abs(sum(ages[100:]) / len(ages[100:]) - 5) < 0.2


def test_the_discriminator_pays_for_old_samples_too():
    game, streams = tiny()
    round = next(Trainer(Phase(game.double(), {}, streams, 1, batch=8)).turns())
    cost = game("discriminator", round)
    real, old = (game.discriminator(round.stream(name).x) for name in ("real", "past"))
    expected = torch.nn.functional.softplus(-real).mean() + torch.nn.functional.softplus(old).mean()
    torch.testing.assert_close(cost.terms["past"], expected)
    assert cost.terms.keys() == {"loss", "past"}
    assert "past" not in game("generator", round).terms


def test_a_resumed_run_has_the_same_history():
    def trainer():
        with Key(0).seeded():
            game, streams = tiny()
        rules = {name: torch.optim.Adam(game.strategy(name).values()) for name in game.players()}
        return Trainer(Phase(game, rules, streams, 6, batch=8), seed=3)

    whole, half, rest = trainer().play(), trainer().play(3), trainer()
    rest.load_state_dict(half.state_dict())
    rest.play()
    assert torch.equal(whole.phase.streams["past"].held, rest.phase.streams["past"].held)
    assert all(map(torch.equal, whole.game.parameters(), rest.game.parameters()))
