import math

import pytest
import torch
from torch import nn
from torch.autograd.functional import jacobian

from evaluations import KEY, generation, generator
from rounds import draws_of
from sparring import GAN, MLP, Normal, Phase, Round, Trainer
from sparring.penalties import Generation, PathLength


def test_of_a_linear_generator_the_jacobian_is_the_weight():
    """||W^T y||, whatever the latents are; points have one pixel."""
    weight = KEY.normal("weight", (4, 3), torch.float64)
    penalty = PathLength().double()
    penalty.length.fill_(1.5)
    it = generation(lambda z: z @ weight.T, KEY.normal("z", (6, 3), torch.float64))
    y = it.round.chance.normal("path length", 4)
    torch.testing.assert_close(penalty(it), ((y @ weight).norm(dim=1) - 1.5) ** 2)


def test_of_pictures_noise_is_divided_by_the_root_of_the_pixels():
    """Channels do not count: 5 x 4 pixels here. The Jacobian of any generator, by torch's own function."""
    network, z = generator(), KEY.normal("z", (6, 3), torch.float64)
    it = generation(network, z)
    y = it.round.chance.normal("path length", 2, 5, 4).flatten(1) / math.sqrt(20)
    each = [jacobian(lambda z: network(z[None]).flatten(), one).T @ y[i] for i, one in enumerate(z)]
    torch.testing.assert_close(PathLength().double()(it), torch.stack(each).square().sum(1))


def test_the_average_by_hand_and_once_a_turn():
    """Of lengths 2, 2 and 6 with decay .75: .5, .875, 2.15625."""
    penalty, found = PathLength(0.75).double(), []
    for length in (2.0, 2.0, 6.0):
        penalty.move(torch.tensor(length))
        found.append(penalty.length.item())
    assert found == [0.5, 0.875, 2.15625]
    actions, z = {}, KEY.normal("z", (6, 3), torch.float64).requires_grad_()
    round = Round(lambda name: None, draws_of(6, dtype=torch.float64), later=actions)
    other = PathLength(0.75).double()
    values = [other(Generation(round, z, 2 * z)) for _ in range(3)]
    assert torch.equal(values[0], values[2])
    assert other.length == 0
    for action in actions.values():
        action()
    torch.testing.assert_close(other.length, 0.25 * values[0].sqrt().mean())


def test_in_a_game_it_is_the_generators():
    game = GAN(nn.Linear(3, 2, bias=False), MLP(2, 8, 1, logits=True), Normal(3), regularizers={PathLength(): 2.0})
    round = next(Trainer(Phase(game, {}, {}, 1)).turns())
    cost = game("generator", round)
    expected = (round.chance.normal("path length", 2) @ game.generator.weight).square().sum(1).mean()
    torch.testing.assert_close(cost.terms["path_length"], 2 * expected)
    assert any(name.endswith("length") for name in game.state_dict())


@pytest.mark.parametrize("decay", [-0.1, 1.0])
def test_decay_is_a_share(decay):
    with pytest.raises(ValueError, match="less than 1"):
        PathLength(decay)
