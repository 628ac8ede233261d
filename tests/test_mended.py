"""Faults that a reading of the core found, each with the case that showed it."""

import dataclasses

import pytest
import torch
from torch import nn

from rounds import draws_of
from sparring import GAN, MLP, Batch, Cost, Game, InMemory, Key, Normal, Phase, Player, Simultaneous, Trainer
from sparring.checks import check_game
from sparring.dynamics.gradients import gradient
from sparring.games import gan
from sparring.layers.batch_norm import BatchNorm1d
from sparring.layers.dropout import Dropout
from sparring.penalties import Lazy, r1, r2
from sparring.phase import ClipNorm
from sparring.ranks import Threads


class One(Game):
    """One player, who moves two numbers along a cost that a test gives."""

    def __init__(self, cost):
        super().__init__()
        self.a, self.b, self.make = nn.Parameter(torch.ones(2)), nn.Parameter(torch.ones(2)), cost

    def players(self):
        return {"one": Player((self.a, self.b), lambda turn: Cost({"loss": self.make(self, turn)}))}


def trainer_of(game, rounds=4, streams=None, **phase):
    optimizers = {name: torch.optim.SGD(game.strategy(name).values(), 0.1) for name in game.players()}
    return Trainer(Phase(game, optimizers, streams or {}, rounds, **{"batch": 8, **phase}))


def both(game, round):
    return (game.a + game.b).sum()


def test_a_parameter_that_is_frozen_stays():
    """Its last gradient was followed for ever."""
    trainer = trainer_of(One(both))
    trainer.play(1)
    before = trainer.game.a.detach().clone()
    trainer.game.a.requires_grad_(False)
    trainer.play()
    assert torch.equal(trainer.game.a, before)


def test_the_two_sides_of_a_sum_have_gradients_of_their_own():
    """autograd gives both the same tensor, and clipping in place shortened it twice."""
    trainer = trainer_of(One(both), updates={"one": ClipNorm(1.0)})
    trainer.play(1)
    step = torch.cat([1 - trainer.game.a, 1 - trainer.game.b]).norm().item()
    assert step == pytest.approx(0.1, rel=1e-4)


def test_updates_belong_to_their_phase():
    seen = []
    trainer = trainer_of(One(both), updates={"one": lambda parameters: seen.append(1)})
    phase = trainer.phases[0]
    Trainer(dataclasses.replace(phase, rounds=2)).play()
    assert len(seen) == 2
    Trainer(dataclasses.replace(phase, rounds=2, updates={})).play()
    assert len(seen) == 2
    with pytest.raises(ValueError, match=r"updates for \['one'\], which have no optimizer"):
        dataclasses.replace(phase, optimizers={})


class Kept(nn.Module):
    """A penalty with a parameter and a buffer."""

    def __init__(self):
        super().__init__()
        self.scale, self.count = nn.Parameter(torch.ones(())), nn.Buffer(torch.zeros(()))

    def forward(self, critique):
        critique.round.later(self, lambda: self.count.add_(1))
        return self.scale * critique.real_logits.square()


def test_a_module_in_a_lazy_penalty_is_part_of_the_game():
    kept = Kept()
    game = GAN(MLP(3, 8, 2), MLP(2, 8, 1, logits=True), Normal(3), penalties={Lazy(kept, 4): 0.1})
    assert any(p is kept.scale for p in game.strategy("discriminator").values())
    trainer_of(game, 9, {"real": InMemory(Key(0).normal("x", (32, 2)))}).play()
    assert kept.count == 3  # in the rounds 0, 4 and 8


def test_two_owners_put_off_two_actions():
    first, second = Kept(), Kept()
    second.__name__ = "Other"
    game = GAN(MLP(3, 8, 2), MLP(2, 8, 1, logits=True), Normal(3), penalties={first: 0.1, second: 0.1})
    trainer_of(game, 2, {"real": InMemory(Key(0).normal("x", (32, 2)))}).play()
    assert first.count == second.count == 2


def test_a_value_shared_while_a_player_was_frozen_is_made_again():
    game, streams = gan.tiny()
    round = next(trainer_of(game, 1, streams).turns())
    game.generator.requires_grad_(False)
    game("discriminator", round)
    game.generator.requires_grad_(True)
    _, slope = gradient(game, "generator", round)
    assert all(value is not None for value in slope.values())


def test_r2_is_that_of_the_discriminator_alone_when_it_looks_ahead():
    """Inside an unrolled step the discriminator depends on the samples; the penalty holds it fixed."""
    game, streams = gan.tiny()
    game = GAN(game.generator, game.discriminator, Normal(3), penalties={r2: 0.5})
    round = next(trainer_of(game, 1, streams).turns())
    _, slope = gradient(game, "discriminator", round, create_graph=True)
    there = {name: p - 0.5 * slope[name] for name, p in game.strategy("discriminator").items()}
    ahead = gradient(game, "discriminator", round, at=there, create_graph=True)[0]
    fixed = {name: p.detach() for name, p in there.items()}
    alone = gradient(game, "discriminator", round.again(), at=fixed)[0]
    torch.testing.assert_close(ahead.terms["r2"], alone.terms["r2"])


def test_parts_in_which_different_parameters_have_a_gradient():
    """Where one part of a batch gives none, its share is zero."""

    def cost(game, round):
        x = round.stream("x").x
        return (game.a if x[0, 0] > 0 else -game.b).sum() * x.abs().mean()

    x = torch.cat([torch.ones(4, 1), -3 * torch.ones(4, 1)])
    game = One(cost)
    round = next(trainer_of(game, 1, {"x": InMemory(x)}).turns())
    round._draw = lambda name: Batch(x)  # in this order
    _, slope = gradient(game, "one", round, micro=2)
    assert slope["a"].tolist() == [0.5, 0.5]
    assert slope["b"].tolist() == [-1.5, -1.5]


def test_ranks_with_other_parameters_are_refused():
    def play(ranks):
        trainer = trainers[ranks.index]
        trainer.ranks = ranks
        return trainer.play()

    trainers = [trainer_of(One(both)) for _ in range(2)]
    with torch.no_grad():
        trainers[1].game.a.add_(1)
    with pytest.raises(ValueError, match="different parameters"):
        Threads.run(2, play)


class Pool:
    """A source that evaluates a player with dropout."""

    def __init__(self, player):
        self.player = player

    def draw(self, n, key):
        return Batch(self.player(key.normal("z", (n, 2), torch.float64)))

    def state_dict(self):
        return {}

    def load_state_dict(self, state):
        pass


def test_a_source_that_evaluates_a_player_draws_for_all_ranks():
    def make():
        game = One(lambda game, turn: (turn.stream("pool").x @ game.a - game.b.sum()).square().mean())
        game.network = nn.Sequential(Dropout(0.5), nn.Linear(2, 2)).double().requires_grad_(False)
        return game, {"pool": Pool(game.network)}

    check_game(make, dynamics=(Simultaneous(),))


def test_what_was_put_into_evaluation_mode_stays_there():
    game, streams = gan.tiny()
    game.judge_of_old = nn.Sequential(BatchNorm1d(2)).eval().requires_grad_(False)
    trainer = trainer_of(game, 1, streams)
    trainer.play()
    assert not game.judge_of_old[0].training
    assert game.generator.training


def test_numbers_of_two_kinds_with_one_name_have_nothing_in_common():
    draws = draws_of(4000)
    normal, uniform = draws.normal("z").abs().log(), draws.uniform("z")
    assert abs(torch.corrcoef(torch.stack([normal, uniform]))[0, 1]) < 0.05
    assert not torch.equal(draws.normal("z", 2)[:, 0], draws.normal("z"))
    assert not torch.equal(Normal(3)(draws), Normal(3, name="second")(draws))


def test_a_cost_that_depends_on_nothing_its_player_moves_is_named():
    game, streams = gan.tiny()
    game.generated = lambda turn: (None, torch.zeros(8, 2))
    with pytest.raises(ValueError, match="'generator' does not depend on any parameter"):
        gradient(game, "generator", next(trainer_of(game, 1, streams).turns()))


def test_dropout_of_everything_is_zero():
    x = torch.ones(4, 3, requires_grad=True)
    assert torch.equal(Dropout(1.0)(x), torch.zeros(4, 3))


def test_integers_before_floats_do_not_decide_the_precision():
    game, streams = gan.tiny()
    table = nn.ParameterDict({"table": nn.Parameter(torch.arange(3), requires_grad=False)})
    game._modules = {"table": table, **game._modules}
    game.recount()
    assert next(trainer_of(game, 1, streams).turns()).stream("real").x.dtype == torch.float32


def test_whole_numbers_may_be_watched_in_parts():
    game, streams = gan.tiny()
    plain = game.discriminator_cost
    game.discriminator_cost = lambda turn: plain(turn).plus({"count": torch.tensor(3)})
    cost, _ = gradient(game, "discriminator", next(trainer_of(game, 1, streams).turns()), micro=2)
    assert cost.watch["count"] == 3


def test_graphs_end_with_their_turn():
    """Five steps of a critic held five generator passes until the end of the round."""
    game, streams = gan.tiny()
    alive = []

    class Watching(nn.Module):
        def __init__(self, network):
            super().__init__()
            self.network = network

        def forward(self, z):
            x = self.network(z)
            alive.append(torch.utils.weak.WeakTensorKeyDictionary({x: None}))
            most.append(sum(len(held) for held in alive))
            return x

    most = []
    game = GAN(Watching(game.generator), game.discriminator, Normal(3), penalties={r1: 0.1})
    from sparring import Alternating

    trainer_of(game, 1, streams, dynamics=Alternating({"discriminator": 5})).play()
    assert max(most) <= 2


def test_states_with_other_optimizers_are_refused_in_words():
    game, streams = gan.tiny()
    state = trainer_of(game, 1, streams).state_dict()
    with pytest.raises(ValueError, match="this state has the optimizers"):
        Trainer(Phase(game, {}, streams, 1)).load_state_dict(state)
