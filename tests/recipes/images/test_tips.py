"""Each tip plays, changes what it says, and is in docs/tips.md."""

import pytest
import torch
from torch import nn

import discover
import sparring as sp
from sparring.layers.scaled import Scaled
from sparring.recipes.images import dcgan, tips

PAGE = (discover.TESTS.parent / "docs" / "tips.md").read_text(encoding="utf-8")


def data():
    return sp.Data({"real": sp.InMemory(sp.Key(0).normal("x", (32, 1, 12, 9)).clamp(-1, 1))})


def trainer(tip, **values):
    return tips.build(tips.Config(tip=tip, rounds=3, width=4, latent=5, batch=8, **values), data())


def weights(game):
    return torch.cat([p.detach().flatten() for p in game.parameters()])


def test_each_name_has_a_tip():
    assert list(tips.tips()) == list(tips.ABOUT)


@pytest.mark.parametrize("name", tips.ABOUT)
def test_a_tip_plays(name):
    game = trainer(name).play().game
    assert weights(game).isfinite().all()
    samples = game.sampler().settled().sample(4, seed=0)
    assert samples.shape == (4, 1, 12, 9)
    assert samples.abs().max() <= 1
    assert f"| `{name}` | {tips.ABOUT[name]} |" in PAGE


def test_no_two_tips_play_alike():
    plain = dcgan.build(dcgan.Config(rounds=3, width=4, latent=5, batch=8), data())
    names = tips.ABOUT.keys() - {"held-back"}  # nobody is ahead so soon
    found = [weights(each.play().game) for each in (plain, *map(trainer, names))]
    assert len({(*each[:50].tolist(), len(each)) for each in found}) == len(found)


def test_what_is_put_in():
    slow, fast = (trainer(name).phase.optimizers for name in ("slow-d", "fast-d"))
    assert 16 * slow["discriminator"].defaults["lr"] == fast["discriminator"].defaults["lr"] == 4e-3
    assert slow["generator"].defaults["lr"] == fast["generator"].defaults["lr"] == 2e-3
    sgd = trainer("sgd-for-d").phase.optimizers
    assert [type(sgd[name]) for name in ("discriminator", "generator")] == [torch.optim.SGD, torch.optim.Adam]
    assert isinstance(trainer("no-tanh").game.discriminator[0], Scaled)
    assert not any(isinstance(part, nn.Conv2d) for part in trainer("perceptrons").game.modules())
    near = trainer("minibatch-discrimination").game.discriminator[-3]
    assert near.log_scale.any(), "it begins with a batch of data"


def test_an_unknown_tip_is_named():
    with pytest.raises(ValueError, match="--tip is 'soft'; expected one of no-tanh, "):
        tips.Config(tip="soft")
