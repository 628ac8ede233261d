"""What makes each preset what it is, looked for in what has been played, not in its options."""

import dataclasses
import itertools

import pytest
import torch

from sparring import losses, recipes
from sparring.layers.batch_norm import BatchNorm2d
from sparring.recipes.images import costs, gan2014
from sparring.samplers import settle


def played(name, rounds=3, **values):
    """The trainer of a preset after some rounds of 8 pictures."""
    recipe = recipes.find(name)
    config = recipe.Config(rounds=rounds, batch=8, width=8, device="cpu", threads=1, **values)
    data = recipe.open_data(config)
    few = {stream: part.view(torch.arange(32)) for stream, part in data.streams.items()}
    return recipe.build(config, dataclasses.replace(data, streams=few)).play(rounds)


@pytest.mark.parametrize(("name", "turns"), [("lsgan", 2), ("wgan", 6), ("wgan-gp", 6), ("hinge", 6), ("cramer", 6)])
def test_turns_of_a_round(name, turns):
    assert played(name, rounds=2).state.turn == 2 * (turns - 1), "the generator shares the critic's last turn"


def test_weights_of_wgan_stay_between_bounds():
    critic = list(played("wgan", clip=0.003).game.discriminator.parameters())
    assert max(p.abs().max().item() for p in critic) == pytest.approx(0.003)


def test_layers_of_the_hinge_have_the_spectral_norm_1():
    critic = settle(played("hinge").game.discriminator)
    convolutions = [layer for layer in critic.modules() if isinstance(layer, torch.nn.Conv2d)]
    for layer in convolutions:
        norm = torch.linalg.matrix_norm(layer.weight.flatten(1), 2).item()
        assert norm == pytest.approx(1, abs=1e-4)
    assert convolutions


@pytest.mark.parametrize("name", ["wgan-gp", "hinge", "cramer", "r3gan"])
def test_no_batch_norm_under_a_penalty(name):
    assert not [m for m in played(name, rounds=1).game.discriminator.modules() if isinstance(m, BatchNorm2d)]


@pytest.mark.parametrize("name", ["wgan-gp", "cramer"])
def test_the_penalty_is_in_the_cost_with_its_weight(name):
    terms = []
    for weight in (1.0, 3.0):
        trainer = played(name, rounds=1, penalty=weight)
        game = played(name, rounds=1, penalty=1.0).game
        trainer.game.load_state_dict(game.state_dict())
        terms.append(trainer.game("discriminator", next(trainer.turns())).terms["interpolated"].item())
    assert terms[1] == pytest.approx(3 * terms[0], rel=1e-5)


def test_gamma_of_r3gan_falls_to_a_tenth():
    parts = costs.R3GAN(gamma=2.0).parts()
    assert len(parts.penalties) == 2
    for weight in parts.penalties.values():
        assert (weight(0.0), weight(0.2), weight(1.0)) == pytest.approx((1.0, 0.1, 0.1))


def test_fgan_knows_every_divergence():
    source = recipes.find("fgan").Config
    for name in losses.DIVERGENCES:
        assert type(source(divergence=name).parts().loss).name == name
    with pytest.raises(ValueError, match="did you mean 'hellinger'"):
        source(divergence="helinger").parts()


def test_rates_fall_if_they_are_told_to():
    for falling, expected in ((False, 1e-3), (True, 1e-5)):
        optimizers = played("lsgan", rounds=4, falling=falling).phases[0].optimizers
        assert [o.param_groups[0]["lr"] for o in optimizers.values()] == pytest.approx([expected] * 2)


def test_the_first_gan_begins_at_the_mean_picture():
    recipe = recipes.find("gan2014")
    config = recipe.Config(width=10, device="cpu", threads=1)
    data = recipe.open_data(config)
    generator = recipe.build(config, data).game.generator
    mean = data.main.x.float().mean(0) / 127.5 - 1
    made = generator(torch.zeros(1, config.latent))[0]
    torch.testing.assert_close(made, mean, atol=1e-4, rtol=0)


def test_momentum_and_rates_of_the_first_gan():
    """Epochs of 500 rounds, as with the authors' 50,000 digits in batches of 100."""
    hook, group = gan2014.momentum(500.0), {}
    phase = type("Phase", (), {"optimizers": {"any": type("Rule", (), {"param_groups": [group]})()}})()
    seen = []
    for number in (0, 500, 500 * 125.5, 500 * 250, 10**6):
        hook(type("Trainer", (), {"upcoming": lambda self, number=number: (phase, number)})(), {})
        seen.append(group["momentum"])
    assert seen == pytest.approx([0.5, 0.5, 0.6, 0.7, 0.7])
    rates = [o.param_groups[0]["lr"] for o in played("gan2014", rounds=3).phases[0].optimizers.values()]
    assert rates == pytest.approx([0.05 / 1.000004**3, 0.1 / 1.000004**3], rel=1e-9)


def test_each_preset_has_a_loss_of_its_own():
    made = [repr(preset.Config().parts().loss) for preset in costs.RECIPES.values()]
    shared = {frozenset(pair) for pair in itertools.combinations(made, 2) if pair[0] == pair[1]}
    assert {next(iter(pair)) for pair in shared} == {"Wasserstein()"}
