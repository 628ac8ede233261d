"""The best energies by enumeration (Zhao et al. 2016), and BEGAN's balance by hand (Berthelot et al. 2017)."""

from itertools import product

import pytest
import torch

from contract_games import began
from sparring import Alternating, Phase, Simultaneous, Trainer
from sparring.dynamics.gradients import gradient
from sparring.losses import BEGAN, EBGAN

DATA, MODEL = torch.tensor([4, 3, 2, 1]), torch.tensor([1, 2, 2, 5])
"""How often each of four states is in ten real and in ten generated samples."""


@pytest.mark.parametrize("margin", [0.5, 3.0])
def test_the_best_energies_are_nothing_or_the_margin(margin):
    """0 where there are more real samples, m where there are fewer; up to m all are as good where there are as many."""
    levels = [0.0, 0.3 * margin, margin, 2 * margin]
    values = {
        energies: EBGAN(margin).discriminator(*(torch.tensor(energies).repeat_interleave(n) for n in (DATA, MODEL)))
        for energies in product(levels, repeat=4)
    }
    least = min(values.values())
    best = {energies for energies, value in values.items() if value < least + 1e-6}
    assert best == {(0.0, 0.0, tie, margin) for tie in levels[:3]}
    assert least.item() == pytest.approx(margin * torch.minimum(DATA, MODEL).sum().item() / 10)


def test_at_equal_distributions_the_value_is_the_margin():
    """Whatever one energy, up to the margin, all samples have."""
    for level in (0.0, 1.0, 2.0):
        energies = torch.full((5,), level)
        assert EBGAN(2.0).discriminator(energies, energies).item() == pytest.approx(2.0)


def test_energies_above_the_margin_have_no_slope():
    fake = torch.tensor([0.5, 0.99, 1.01, 7.0]).requires_grad_()
    EBGAN(1.0).discriminator(torch.zeros(4), fake).backward()
    assert fake.grad.tolist() == [-0.25, -0.25, 0.0, 0.0]


def trainer_of(dynamics, rounds=6, **loss):
    torch.manual_seed(0)
    game, streams = began.tiny()
    game.loss.__init__(**loss)
    optimizers = {name: torch.optim.Adam(game.strategy(name).values(), 0.01) for name in game.players()}
    return Trainer(Phase(game.double(), optimizers, streams, rounds, dynamics, batch=16))


@pytest.mark.parametrize("dynamics", [Alternating(), Alternating(fresh=False), Simultaneous()])
@pytest.mark.parametrize(("gamma", "rate", "ends"), [(0.7, 0.2, "within"), (1.0, 30.0, "outside")])
def test_the_balance_by_hand(dynamics, gamma, rate, ends):
    """k moves once a round by the energies of the discriminator's turn, and stays in [0, 1]."""
    trainer, k, unclipped = trainer_of(dynamics, gamma=gamma, rate=rate), 0.0, []
    for _ in range(6):
        cost = trainer.play_round()["discriminator"]
        real, fake = -cost.watch["real_logit"].item(), -cost.watch["fake_logit"].item()
        assert cost.terms["loss"].item() == pytest.approx(real - k * fake)
        assert cost.watch["convergence"].item() == pytest.approx(real + abs(gamma * real - fake))
        unclipped.append(k + rate * (gamma * real - fake))
        k = min(max(unclipped[-1], 0.0), 1.0)
        assert trainer.game.loss.k.item() == pytest.approx(k, abs=1e-12)
    assert k not in {0.0, 1.0} or ends == "outside"
    assert any(value > 1 for value in unclipped) == (ends == "outside")


def test_two_turns_of_the_discriminator_move_the_balance_twice():
    once, twice = (trainer_of(Alternating({"discriminator": n}), rate=0.01) for n in (1, 2))
    for trainer in (once, twice):
        trainer.play_round()
    assert twice.game.loss.k.item() == pytest.approx(2 * once.game.loss.k.item(), rel=0.2)


def test_a_resumed_run_goes_on_bit_for_bit():
    whole, half, rest = (trainer_of(Alternating(), gamma=0.7, rate=0.2) for _ in range(3))
    whole.play()
    state = half.play(3).state_dict()
    assert state["games"]["0.loss.k"] == half.game.loss.k > 0
    rest.load_state_dict(state)
    rest.play()
    for name, value in whole.game.state_dict().items():
        assert torch.equal(rest.game.state_dict()[name], value), name


def test_the_balance_needs_whole_batches():
    trainer = trainer_of(Alternating())
    with pytest.raises(ValueError, match="micro=1"):
        gradient(trainer.game, "discriminator", next(trainer.turns()), micro=2)


def test_outside_a_game_somebody_else_moves_the_balance():
    loss, real, fake = BEGAN(gamma=0.5, rate=0.1), torch.tensor([2.0, 4.0]), torch.tensor([1.0, 0.0])
    assert loss.discriminator(real, fake).item() == 3.0
    assert loss.k.item() == 0.0
    loss.move(loss.gap(real, fake))
    assert loss.k.item() == pytest.approx(0.1)
    assert loss.discriminator(real, fake).item() == pytest.approx(3.0 - 0.1 * 0.5)


@pytest.mark.parametrize(("gamma", "rate"), [(0.0, 0.1), (1.1, 0.1), (0.5, 0.0)])
def test_what_is_no_balance(gamma, rate):
    with pytest.raises(ValueError, match=r"expected gamma in \(0, 1\] and a positive rate"):
        BEGAN(gamma, rate)


def test_a_margin_is_positive():
    with pytest.raises(ValueError, match=r"the margin is 0\.0; expected a positive number"):
        EBGAN(0.0)
