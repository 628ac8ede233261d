import pytest
import torch
from torch.nn.utils import parameters_to_vector

import contract_games.conditional as conditional
import contract_games.cyclegan as cyclegan
import contract_games.dcgan as dcgan
import contract_games.gail as gail
import contract_games.pyramid as pyramid
import contract_games.r3gan as r3gan
import contract_games.rbm as rbm
import contract_games.relativistic_average as relativistic_average
import contract_games.semi_supervised as semi_supervised
import contract_games.two_phase as two_phase
import contract_games.warm_up as warm_up
import discover
from discover import short
from same import same
from sparring import Alternating, Batch, Key, Phase, Trainer
from sparring.checks.game import DYNAMICS
from sparring.dynamics.fictitious_play import FictitiousPlay
from sparring.dynamics.gradients import gradient
from sparring.games import gan
from sparring.games.theory import finite
from sparring.hooks import Average, Every, LearningRate
from sparring.phase import ClipNorm
from sparring.runs import checkpoint

GAMES = discover.games()


def build(module, dynamics, rounds):
    torch.manual_seed(0)
    game, streams = module.tiny()
    optimizers = {
        name: torch.optim.Adam(game.strategy(name).values(), 0.01, betas=(0.5, 0.9), fused=True)
        for name in game.players()
    }
    hooks = [LearningRate({name: lambda share: 1 - share for name in optimizers}, rounds)]
    try:
        hooks.append(Average(game.sampler(), half_life=20))
    except TypeError:
        assert "sampler" not in type(game).__dict__
    return Trainer(Phase(game, optimizers, streams, rounds, dynamics, batch=16), hooks=hooks)


def resumed_equals_uninterrupted(make, path, cuts=(1, 3), rounds=6):
    """A trainer made anew from a checkpoint, twice, ends with the very bits of one that never stopped."""
    whole = make().play()
    assert whole.state.round == rounds
    for cut in cuts:
        first = make()
        if checkpoint.latest(path):
            first.load_state_dict(checkpoint.load(checkpoint.latest(path)))
        first.play(cut)
        checkpoint.save(path / f"{first.state.round:08d}", first.state_dict())
    last = make()
    last.load_state_dict(checkpoint.load(checkpoint.latest(path)))
    last.play()
    checkpoint.save(path / "a", whole.state_dict())
    checkpoint.save(path / "b", last.state_dict())
    return same(checkpoint.load(path / "a"), checkpoint.load(path / "b"))


RULES = dict(zip(("alternating", "shared", "simultaneous"), DYNAMICS, strict=True)) | discover.rules()


REMEMBERING = ("alternating", "shared", "simultaneous")
REMEMBERING += ("Lookahead", "NegativeMomentum", "Optimistic", "PastExtrapolation")
"""Files of the others hold nothing more; `check_game` resumes every game under every rule without a file."""


@pytest.mark.parametrize("rule", REMEMBERING)
@pytest.mark.parametrize("name", GAMES)
def test_resume_is_exact(name, rule, tmp_path):
    assert resumed_equals_uninterrupted(lambda: build(GAMES[name], RULES[rule], 6), tmp_path)


def test_resume_is_exact_in_fictitious_play(tmp_path):
    def make():
        game, streams = finite.tiny()
        return Trainer(Phase(game, {}, streams, 6, FictitiousPlay()))

    assert resumed_equals_uninterrupted(make, tmp_path)


def test_resume_is_exact_in_a_warm_up(tmp_path):
    """The critic is alone for five rounds; a parameter that has not moved for so long stops nobody."""
    seen = []
    watch = lambda: Every(1, lambda trainer, costs: seen.append(sorted(costs)))  # noqa: E731
    assert resumed_equals_uninterrupted(lambda: warm_up.build([watch()], 8), tmp_path, cuts=(4, 2), rounds=8)
    assert seen[:8] == seen[8:] == 5 * [["discriminator"]] + 3 * [["discriminator", "generator"]]


@pytest.mark.parametrize("cuts", [(1, 3), (3, 1)], ids=["within the second", "at the border"])
@pytest.mark.parametrize("recipe", [two_phase, pyramid], ids=["shared generator", "pyramid"])
def test_resume_is_exact_across_phases(recipe, cuts, tmp_path):
    def make():
        trainer = recipe.build(rounds=3)
        trainer.hooks.append(Average(trainer.game.sampler(), half_life=20))
        return trainer

    assert resumed_equals_uninterrupted(make, tmp_path, cuts)


def test_a_difference_would_be_seen(tmp_path):
    """The comparison above is not blind: other seeds, other bits."""

    def make(seed=iter(range(9))):  # noqa: B008
        trainer = build(gan, Alternating(), 6)
        trainer.phases[0].streams["real"].x = trainer.phases[0].streams["real"].x + next(seed) * 1e-6
        return trainer

    assert not resumed_equals_uninterrupted(make, tmp_path)


def test_phases_share_a_generator_and_follow_each_other():
    trainer = two_phase.build(rounds=2)
    assert trainer.phases[0].game.generator is trainer.phases[1].game.generator
    seen = []
    trainer.hooks.append(Every(1, lambda t, costs: seen.append((t.state.round, sorted(costs)))))
    trainer.play()
    assert seen == [
        (1, ["generator"]),
        (2, ["generator"]),
        (3, ["discriminator", "generator"]),
        (4, ["discriminator", "generator"]),
    ]
    assert sum("generator.layers.1.weight" in name for name in trainer.state_dict()["games"]) == 1


def three_phases(*rounds):
    """Phases of one game, told apart by their batches."""
    torch.manual_seed(0)
    game, streams = gan.tiny()
    optimizers = {name: torch.optim.SGD(game.strategy(name).values(), 0.01) for name in game.players()}
    sizes = zip(rounds, (4, 8, 16), strict=True)
    return Trainer(*[Phase(game, optimizers, streams, count, Alternating(), batch) for count, batch in sizes])


@pytest.mark.parametrize(
    ("rounds", "played"),
    [
        ((3, 3, 3), [8, 16, 16, 16]),
        ((9, 5, 2), [8, 8, 8, 16, 16]),  # the first phase is over, however long it is now
        ((1, 1, 2), [16, 16]),
        ((3, 2, 0), []),
    ],
)
def test_phases_whose_lengths_have_changed_go_on_where_they_were(rounds, played):
    """Saved after two of the second phase's three rounds."""
    state = three_phases(3, 3, 3).play(5).state_dict()
    later, seen = three_phases(*rounds), []
    later.load_state_dict(state)
    later.hooks.append(Every(1, lambda trainer, costs: seen.append(trainer.phase.batch)))
    assert (later.state.phase, later.state.within, later.left) == (1, 2, len(played))
    assert later.play().state.round == 5 + len(played)
    assert seen == played


def test_a_clipped_gradient_makes_a_short_step():
    """The discriminator's step is as long as ClipNorm lets it be, in the same direction."""
    length, steps = 1e-3, []
    for updates in ({}, {"discriminator": ClipNorm(length)}):
        torch.manual_seed(0)
        game, streams = gan.tiny()
        game.double()
        optimizers = {name: torch.optim.SGD(game.strategy(name).values(), 1.0) for name in game.players()}
        before = parameters_to_vector(game.discriminator.parameters()).detach()
        rule = Alternating({"generator": 0})
        Trainer(Phase(game, optimizers, streams, 1, rule, updates=updates)).play()
        steps.append(parameters_to_vector(game.discriminator.parameters()).detach() - before)
    free, clipped = steps
    assert free.norm() > 10 * length
    torch.testing.assert_close(clipped, free * length / free.norm(), rtol=1e-4, atol=0)


def test_updates_are_of_players():
    game, streams = gan.tiny()
    with pytest.raises(ValueError, match="'critic', but the players are"):
        Phase(game, {}, streams, 1, updates={"critic": ClipNorm(1.0)})


PARTS = [(module, n) for module in (gan, r3gan, cyclegan) for n in RULES if discover.plays(RULES[n], module.tiny()[0])]


@pytest.mark.parametrize(("module", "rule"), PARTS, ids=lambda value: value if isinstance(value, str) else short(value))
def test_parts_of_a_batch_are_the_whole(module, rule):
    """Three rounds in four parts, penalties and dropout too."""
    ends = []
    for micro in (1, 4):
        torch.manual_seed(0)
        game, streams = module.tiny()
        game.double()
        optimizers = {name: torch.optim.SGD(game.strategy(name).values(), 0.01) for name in game.players()}
        Trainer(Phase(game, optimizers, streams, 3, RULES[rule], batch=8, micro=micro)).play()
        ends.append(parameters_to_vector(game.parameters()))
    torch.testing.assert_close(*ends, rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize("module", [conditional, dcgan, relativistic_average, semi_supervised], ids=short)
def test_what_looks_across_examples_refuses_parts(module):
    game, streams = module.tiny()
    optimizers = {name: torch.optim.SGD(game.strategy(name).values(), 0.01) for name in game.players()}
    trainer = Trainer(Phase(game, optimizers, streams, 1, batch=8, micro=2))
    with pytest.raises(ValueError, match="play it with micro=1"):
        trainer.play()


def test_parts_are_equal():
    game, streams = gan.tiny()
    with pytest.raises(ValueError, match="a batch of 8 cannot be computed in 3 equal parts"):
        Phase(game, {}, streams, 1, batch=8, micro=3)


def test_play_in_parts_and_stop():
    trainer = build(gan, Alternating(), 10)
    assert trainer.play(4).state.round == 4
    trainer.hooks.append(Every(3, lambda t, costs: t.stop()))
    assert trainer.play().state.round == 6
    assert trainer.state.images == 6 * 16


def test_learning_rates_follow_the_round():
    trainer = build(gan, Alternating(), 3)
    rates = []
    trainer.hooks.append(Every(1, lambda t, c: rates.append(t.phases[0].optimizers["generator"].param_groups[0]["lr"])))
    trainer.play()
    assert rates == pytest.approx([0.01 * 2 / 3, 0.01 / 3, 0.0])


def test_states_of_other_runs_are_refused():
    trainer = build(gan, Alternating(), 3)
    state = trainer.state_dict()
    with pytest.raises(ValueError, match="its seed is 1"):
        trainer.load_state_dict({**state, "seed": 1})
    with pytest.raises(ValueError, match=r"from another game.*0\.generator"):
        trainer.load_state_dict({**state, "games": {k: v for k, v in state["games"].items() if "generator" not in k}})
    with pytest.raises(ValueError, match=r"does not have: \['Average 1'\]"):
        trainer.load_state_dict({**state, "hooks": {**state["hooks"], "Average 1": {}}})


def test_phase_refuses_wrong_optimizers():
    game, streams = gan.tiny()
    sgd = torch.optim.SGD(game.parameters(), 0.1)
    with pytest.raises(ValueError, match="must hold exactly the parameters it controls"):
        Phase(game, {"generator": sgd}, streams, 1)
    with pytest.raises(ValueError, match=r"named 'critic', but the players are \['discriminator', 'generator'\]"):
        Phase(game, {"critic": sgd}, streams, 1)


def test_a_missing_stream_is_named():
    game, streams = gan.tiny()
    trainer = Trainer(Phase(game, {}, {"x": streams["real"]}, 1))
    with pytest.raises(ValueError, match=r"asks for a stream 'real'; there are \['x'\]"):
        trainer.play()


def test_a_trainer_needs_a_phase():
    with pytest.raises(ValueError, match="at least one Phase"):
        Trainer()


def test_autocast_keeps_losses_and_penalties_in_float32():
    """The generator computes in bfloat16; what the discriminator makes of given samples is exactly as without."""
    outcomes = []
    for dtype in (torch.bfloat16, None):
        torch.manual_seed(0)
        game, streams = gan.tiny()
        seen = {}
        game.generator.layers[-1].register_forward_hook(lambda m, i, y, seen=seen: seen.update(dtype=y.dtype))
        trainer = Trainer(Phase(game, {}, streams, 1), autocast=dtype)
        game("generator", next(trainer.turns()))
        game.generated = lambda turn: (None, FAKE)  # the same samples for both
        cost, slope = gradient(game, "discriminator", next(trainer.turns()))
        outcomes.append((seen["dtype"], cost, slope))
    (low, cost, slope), (full, exact, expected) = outcomes
    assert (low, full) == (torch.bfloat16, torch.float32)
    assert all(torch.equal(value, exact.terms[name]) for name, value in cost.terms.items())
    assert all(torch.equal(value, other) for value, other in zip(slope.values(), expected.values(), strict=True))


FAKE = Key(2).normal("fake", (64, 2)).requires_grad_()


def test_a_state_is_a_copy():
    trainer = build(gan, Alternating(), 4)
    state = trainer.play(1).state_dict()
    ends = []
    for _ in range(2):
        trainer.load_state_dict(state)
        ends.append(trainer.play().state_dict())
    assert same(*ends)


def test_torch_chance_in_a_source_is_addressed_by_the_round():
    """A source that calls torch.randn: resumed exactly, and the masks of dropout do not depend on who drew it first."""

    class Noisy:
        def draw(self, n, key):
            return Batch(torch.randn(n, 2))

        def state_dict(self):
            return {}

    game, _ = r3gan.tiny()
    round = next(Trainer(Phase(game, {}, {"real": Noisy()}, 1)).turns())
    assert torch.equal(game("discriminator", round).total, game("discriminator", round).total)


def test_gail_learns_to_walk_right():
    """The policy, which makes its own data, ends up doing what the expert does."""
    torch.manual_seed(0)
    game, streams = gail.tiny()
    optimizers = {name: torch.optim.Adam(game.strategy(name).values(), 0.05) for name in game.players()}
    Trainer(Phase(game, optimizers, streams, 300, batch=48)).play()
    assert game.policy().softmax(1)[:, 1].min() > 0.9


def test_rbm_learns_both_patterns():
    """Persistent chains: all on and all off end up with almost all probability, about half each."""
    torch.manual_seed(0)
    game, streams = rbm.tiny()
    optimizers = {"machine": torch.optim.SGD(game.strategy("machine").values(), 0.1)}
    Trainer(Phase(game, optimizers, streams, 1500, batch=32)).play()
    states = torch.cartesian_prod(*[torch.tensor([0.0, 1.0])] * 6)
    probability = (-game.free_energy(states)).softmax(0)
    assert probability[0] + probability[-1] > 0.8
    assert 0.3 < probability[0] / (probability[0] + probability[-1]) < 0.7
