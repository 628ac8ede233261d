import torch
from torch import nn
from torch.func import functional_call

from sparring import GAN, MLP, InMemory, Key, Normal, Phase, Trainer, Uniform
from sparring.games import gan
from sparring.penalties import r1, r2


def test_weights_of_penalties_may_follow_the_round():
    costs = []
    for weight in (0.5, lambda share: 0.25 * (1 + 3 * share)):
        torch.manual_seed(0)
        game = GAN(MLP(3, 8, 2), MLP(2, 8, 1, logits=True), Normal(3), penalties={r1: weight})
        trainer = Trainer(Phase(game, {}, gan.tiny()[1], 3))
        trainer.state.within = 1
        costs.append(game("discriminator", next(trainer.turns())).terms["r1"])
    assert torch.equal(*costs)


def test_penalties_hold_a_discriminator_that_looks_ahead_fixed():
    """Its parameters may be functions of the samples, as in unrolled play; R2's gradient is at the samples alone."""
    game = GAN(MLP(3, 8, 2), MLP(2, 8, 1, logits=True), Normal(3), penalties={r2: 1.0}).double()
    round = next(Trainer(Phase(game, {}, gan.tiny()[1], 1)).turns())
    game("discriminator", round)
    made = game.generated(round)[1].mean()
    ahead = {name: p + made for name, p in game.named_parameters() if name.startswith("discriminator")}
    fixed = {name: p.detach() for name, p in ahead.items()}
    found = functional_call(game, ahead, ("discriminator", round)).terms["r2"]
    expected = functional_call(game, fixed, ("discriminator", round.again())).terms["r2"]
    torch.testing.assert_close(found, expected, rtol=1e-12, atol=0)


def test_sample_depends_on_the_seed_and_the_index_only():
    sampler = gan.tiny()[0].sampler()
    torch.testing.assert_close(sampler.sample(300, seed=2)[:7], sampler.sample(7, seed=2))
    assert not torch.equal(sampler.sample(7, seed=2), sampler.sample(7, seed=3))


def test_sampling_leaves_the_mode_as_it_was():
    game = gan.tiny()[0]
    for mode in (True, False):
        game.train(mode)
        game.sampler().sample(2)
        assert game.generator.training is mode


def test_settled_batch_norm_holds_the_statistics_of_the_samples():
    torch.manual_seed(0)
    generator = nn.Sequential(nn.Linear(3, 4), nn.BatchNorm1d(4), nn.ReLU(), nn.Linear(4, 2))
    sampler = GAN(generator, MLP(2, 1, logits=True), Normal(3)).sampler()
    hidden = generator[0](Normal(3)(Key(0).rows(20_000)))
    settled = sampler.settled(20_000)
    torch.testing.assert_close(settled.generator[1].running_mean, hidden.mean(0), atol=0.03, rtol=0)
    torch.testing.assert_close(settled.generator[1].running_var, hidden.var(0), atol=0, rtol=0.05)
    assert torch.equal(generator[1].running_mean, torch.zeros(4)), "the live one is as it was"
    assert settled.generator[1].momentum == generator[1].momentum


def test_other_latents():
    game = GAN(MLP(3, 8, 2), MLP(2, 8, 1, logits=True), Uniform(3))
    cost = game("generator", next(Trainer(Phase(game, {}, {"real": InMemory(torch.zeros(4, 2))}, 1)).turns()))
    assert cost.total.ndim == 0
