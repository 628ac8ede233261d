import copy

import pytest
import torch
from torch import nn
from torch.autograd import gradcheck, gradgradcheck

from evaluations import at
from sparring import GAN, MLP, InMemory, Key, Normal, Phase, Trainer
from sparring.dynamics.gradients import gradient
from sparring.layers.reference_norm import ReferenceBatchNorm, Referenced, VirtualBatchNorm
from sparring.samplers import GeneratorSampler

KEY = Key(4)
SHAPES = {"flat": (3,), "places": (3, 5), "pictures": (3, 4, 5)}
NORMS = (ReferenceBatchNorm, VirtualBatchNorm)


def drawn(name, rows, shape=(3,)):
    return 3 * KEY.normal(name, (rows, *shape), torch.float64) + 1


def pair(cls, shape=(3,), rows=7):
    """A norm alone with its reference batch, and that batch."""
    reference, norm = drawn("reference", rows, shape), cls(3)
    with torch.no_grad():
        norm.weight.copy_(torch.tensor([1.0, 2.0, -1.0])), norm.bias.copy_(torch.tensor([0.0, 1.0, 2.0]))
    return Referenced(norm, reference).double(), reference


def normalised(norm, examples, batch):
    """Examples by the statistics of a batch, as batch norm that has learnt them has it."""
    over = [0, *range(2, batch.ndim)]
    variance, mean = torch.var_mean(batch, over, correction=0)
    return nn.functional.batch_norm(examples, mean, variance, norm.weight, norm.bias, eps=norm.eps)


@pytest.mark.parametrize("shape", SHAPES.values(), ids=SHAPES)
def test_reference_batch_norm_has_the_statistics_of_the_reference_batch(shape):
    network, reference = pair(ReferenceBatchNorm, shape)
    x = drawn("x", 5, shape)
    torch.testing.assert_close(network(x), normalised(network.network, x, reference))


@pytest.mark.parametrize("shape", SHAPES.values(), ids=SHAPES)
def test_virtual_batch_norm_has_those_of_the_example_and_the_reference_batch_together(shape):
    """A batch made for each example, whose statistics torch computes."""
    network, reference = pair(VirtualBatchNorm, shape)
    x = drawn("x", 5, shape)
    rows = [normalised(network.network, one, torch.cat([reference, one])) for one in x.split(1)]
    torch.testing.assert_close(network(x), torch.cat(rows))


@pytest.mark.parametrize("cls", NORMS)
def test_the_reference_batch_is_normalised_by_its_own_statistics_alone(cls):
    """As torch's batch norm in training has it, in every layer."""
    layers = [nn.Conv2d(2, 3, 3), cls(3), nn.LeakyReLU(0.2), nn.Conv2d(3, 4, 2), cls(4)]
    network = nn.Sequential(*layers).double()
    plain = nn.Sequential(layers[0], nn.BatchNorm2d(3), nn.LeakyReLU(0.2), layers[3], nn.BatchNorm2d(4)).double()
    reference = drawn("reference", 6, (2, 7, 6))
    Referenced(network, reference)
    for x in (drawn("x", 5, (2, 7, 6)), 100 * drawn("y", 2, (2, 7, 6))):
        torch.testing.assert_close(network(torch.cat([reference, x]))[:6], plain(reference))


def deep(cls):
    torch.manual_seed(0)
    network = nn.Sequential(nn.Linear(4, 5), cls(5), nn.Tanh(), nn.Linear(5, 3), cls(3), nn.Tanh(), nn.Linear(3, 1))
    return Referenced(network, drawn("reference", 6, (4,))).double()


@pytest.mark.parametrize("cls", NORMS)
def test_examples_do_not_depend_on_each_other(cls):
    network, x = deep(cls), drawn("x", 5, (4,))
    torch.testing.assert_close(network(x)[:2], network(torch.cat([x[:2], 100 * x[2:]]))[:2])
    jacobian = torch.autograd.functional.jacobian(network, x)[:, 0]
    assert jacobian[range(5), range(5)].abs().min() > 0
    jacobian[range(5), range(5)] = 0
    assert not jacobian.any()


@pytest.mark.parametrize("cls", NORMS)
def test_derivatives_of_first_and_second_order_against_finite_differences(cls):
    """Through the statistics of the reference batch, in the parameters and in the examples."""
    network, x = deep(cls), drawn("x", 2, (4,))
    parameters = [p.detach().requires_grad_() for p in network.parameters()]
    assert gradcheck(lambda *there: at(network, there)(x).sin().sum(), parameters)
    assert gradgradcheck(lambda *there: at(network, there)(x).sin().sum(), parameters)
    assert gradgradcheck(lambda x: network(x).sin().sum(), x.requires_grad_())


def test_a_large_reference_batch_makes_both_batch_norm():
    x = drawn("x", 400)
    for cls in NORMS:
        network, reference = pair(cls, rows=4000)
        expected = normalised(network.network, x, torch.cat([reference, x]))
        torch.testing.assert_close(network(x), expected, rtol=0, atol=0.3)


def players():
    torch.manual_seed(0)
    generator = nn.Sequential(nn.Linear(3, 8), VirtualBatchNorm(8), nn.Tanh(), nn.Linear(8, 2))
    critic = nn.Sequential(nn.Linear(2, 8), ReferenceBatchNorm(8), nn.Tanh(), nn.Linear(8, 1), nn.Flatten(0))
    data = InMemory(KEY.normal("data", (64, 2)))
    networks = Referenced(generator, KEY.normal("latents", (8, 3))), Referenced(critic, data.x[:8])
    game = GAN(*networks, Normal(3)).double()
    adams = {name: torch.optim.Adam(game.strategy(name).values(), 0.01) for name in game.players()}
    return Trainer(Phase(game, adams, {"real": data}, 5, batch=8))


def test_the_reference_batch_is_saved_and_never_moves():
    trainer = players()
    before = copy.deepcopy(dict(trainer.game.named_buffers()))
    trainer.play()
    assert len(before) == 2
    for name, buffer in trainer.game.named_buffers():
        assert torch.equal(buffer, before[name])
        assert name in trainer.game.state_dict()


def test_a_gradient_in_parts_is_that_of_the_whole():
    """Unlike that of batch norm, which is refused: nothing looks across the batch."""
    trainer = players()
    round = next(trainer.turns())
    for player in trainer.game.players():
        whole, parts = (gradient(trainer.game, player, round, micro=micro)[1] for micro in (1, 4))
        for name, value in whole.items():
            torch.testing.assert_close(parts[name], value)


def test_samples_are_the_same_one_at_a_time():
    sampler = GeneratorSampler(players().play().game.generator, Normal(3))
    settled = sampler.settled()
    torch.testing.assert_close(settled.sample(5, seed=1), sampler.sample(9, seed=1)[:5])


def test_a_network_of_two_inputs_has_a_reference_of_two():
    class Told(nn.Module):
        def __init__(self):
            super().__init__()
            self.table, self.norm = nn.Embedding(3, 4), VirtualBatchNorm(4)

        def forward(self, x, y):
            return self.norm(x + self.table(y))

    x, y = drawn("x", 8, (4,)), torch.arange(8) % 3
    network = Referenced(Told(), x[:5], y[:5]).double()
    inner = network.network
    with torch.no_grad():
        told = x + inner.table(y)
        expected = normalised(inner.norm, told[7:], told[[*range(5), 7]])
    torch.testing.assert_close(network(x[5:], y[5:])[2:], expected)


def test_what_has_no_reference_is_told_so():
    with pytest.raises(RuntimeError, match=r"VirtualBatchNorm has no reference batch: put the network into"):
        VirtualBatchNorm(3)(torch.zeros(2, 3))
    with pytest.raises(ValueError, match="got 0 reference or virtual batch norms and 8 reference examples"):
        Referenced(MLP(3, 2), torch.zeros(8, 3))
    with pytest.raises(ValueError, match="and 1 reference examples; expected"):
        Referenced(VirtualBatchNorm(3), torch.zeros(1, 3))
