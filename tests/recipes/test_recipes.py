"""Every recipe plays, on its own data or on something small, and its sampler takes its weights."""

import dataclasses

import pytest
import torch

from sparring import recipes


@pytest.mark.parametrize("name", recipes.names())
def test_two_rounds(name):
    recipe = recipes.find(name)
    config = dataclasses.replace(recipe.Config(), rounds=2, batch=4, device="cpu", width=4)
    data = recipe.open_data(config)
    few = {stream: part.view(torch.arange(16)) for stream, part in data.streams.items()}
    trainer = recipe.build(config, dataclasses.replace(data, streams=few)).play()
    assert trainer.state.round == 2
    sampler = recipe.sampler(config, data.spec)
    sampler.load_state_dict(trainer.game.sampler().state_dict())
    samples = sampler.sample(6, seed=1)
    assert samples.shape == (6, *data.spec.shape)
    assert torch.equal(samples, trainer.game.sampler().sample(6, seed=1))
    assert not torch.equal(samples, sampler.sample(6, seed=2))


def test_names_are_a_closed_set():
    assert {"dcgan", "ring"} <= set(recipes.names())
    with pytest.raises(ValueError, match="did you mean 'dcgan'"):
        recipes.find("dcgam")
    for evil in ("os", "../run", "sparring.runs.run", ""):
        with pytest.raises(ValueError, match="there is no recipe"):
            recipes.find(evil)


@pytest.mark.parametrize(
    ("option", "value"),
    [("rounds", 0), ("batch", 1), ("threads", -1), ("checkpoint_every", -1), ("half_life", -5.0), ("width", 0),
     ("generator_rate", -1.0), ("generator_rate", float("nan"))],
)  # fmt: skip
def test_nonsense_is_refused(option, value):
    with pytest.raises(ValueError, match=f"--{option.replace('_', '-')} is .*; expected"):
        recipes.find("dcgan").Config(**{option: value})
