from itertools import pairwise

import torch
from torch.nn.functional import cosine_similarity, mse_loss

from sparring import Key
from sparring.networks.gan2016 import Classifier, Generator


def parameters(network):
    return {name: p for name, p in network.named_parameters() if p.requires_grad}


def test_the_lengths_of_hidden_weights_do_not_train_and_the_last_ones_do():
    names = [name for name in parameters(Classifier((1, 28, 28))) if name.endswith("original0")]
    assert names == ["layers.17.parametrizations.weight.original0"]
    names = [name for name in parameters(Generator((1, 28, 28))) if "original0" in name or name == "hidden.1.weight"]
    assert names == ["last.parametrizations.weight.original0"]


def test_sizes():
    classifier = Classifier((1, 28, 28))
    weights = [p for name, p in parameters(classifier).items() if name.endswith("original1")]
    sizes = [(n_out, n_in) for n_in, n_out in pairwise((784, 1000, 500, 250, 250, 250, 10))]
    assert [tuple(p.shape) for p in weights] == sizes
    assert classifier.get_submodule(classifier.features)(torch.tensor([-1.0])).item() == 0.0
    generator = Generator((1, 28, 28))
    assert torch.allclose(generator.last.weight.norm(dim=1), torch.ones(784))


def test_initialised_by_data_every_unit_has_mean_0_and_variance_1_with_noise_on():
    classifier = Classifier((1, 4, 4), 3, (8, 6))
    x = torch.rand(500, 1, 4, 4) * 2 - 1
    torch.manual_seed(0)
    classifier.initialise(x)
    torch.manual_seed(0)
    logits = classifier(x)
    torch.testing.assert_close(logits.mean(0), torch.zeros(3), atol=1e-5, rtol=0)
    torch.testing.assert_close(logits.std(0, correction=0), torch.ones(3))


def test_a_generator_begins_near_pictures():
    """Their mean and covariance, up to what sigmoids do to them; without it both are far from them."""
    torch.manual_seed(0)
    shade = torch.rand(40, 1, 1, 1)
    pictures = (0.2 + 0.6 * shade * torch.linspace(0, 1, 16).view(1, 1, 4, 4)) * 2 - 1
    generator = Generator((1, 4, 4), 20, 40)
    z = Key(0).uniform("z", (2000, 20)) - 0.5

    def apart():
        made = generator(z).flatten(1)
        return mse_loss(made.mean(0), pictures.flatten(1).mean(0)), mse_loss(made.T.cov(), pictures.flatten(1).T.cov())

    before = apart()
    generator.begin_at(pictures)
    after = apart()
    assert after[0] < before[0] / 20
    assert after[1] < before[1] / 4


def test_a_step_after_the_beginning_turns_no_weight_far():
    """Directions as long as pictures are in logits: with shorter ones the discriminator wins after two epochs."""
    torch.manual_seed(0)
    generator = Generator((1, 4, 4), 20, 64)
    generator.begin_at(torch.rand(64, 1, 4, 4) * 2 - 1)
    before = generator.last.weight.detach().clone()
    generator(torch.rand(50, 20)).square().sum().backward()
    torch.optim.Adam(generator.last.parameters(), 0.01).step()
    assert (cosine_similarity(before, generator.last.weight) > 0.9999).all()
