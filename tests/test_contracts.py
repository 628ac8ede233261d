"""Every game, network and loss keeps its contract."""

import ast
import inspect

import pytest
import torch

import discover
from sparring import GAN, Phase, Round, Trainer
from sparring.checks import check_game, check_loss, check_network
from sparring.checks.declared import NOTHING
from sparring.checks.game import DYNAMICS
from sparring.games.images.bigan import ALI
from sparring.games.together import Together
from sparring.layers.augmented import Augmented
from sparring.layers.dropout import Dropout
from sparring.layers.gaussian_noise import GaussianNoise
from sparring.layers.instance_noise import InstanceNoise
from sparring.layers.packed import Packed

GAMES, NETWORKS, LOSSES = discover.games(), discover.networks(), discover.losses()
RULES = (*DYNAMICS, *discover.rules().values())


def test_something_was_found():
    assert {"games.gan", "games.theory.xy", "contract_games.cyclegan", "contract_games.rbm"} <= GAMES.keys()
    assert {"Minimax", "NonSaturating", "Wasserstein", "Relativistic"} <= LOSSES.keys()
    assert len(NETWORKS) >= 10
    assert len(RULES) >= 9


@pytest.mark.parametrize("name", GAMES)
def test_game(name):
    check_game(GAMES[name].tiny, declared=getattr(GAMES[name], "DECLARED", NOTHING), dynamics=rules_of(name))


def rules_of(name):
    """The rules that can play a game: the others refuse it before the first round."""
    game, _ = GAMES[name].tiny()
    return [rule for rule in RULES if discover.plays(rule, game)]


def test_most_rules_play_every_game():
    played = {name: rules_of(name) for name in GAMES}
    refused = {type(rule).__name__ for rules in played.values() for rule in RULES if rule not in rules}
    assert refused <= {"BestResponse", "CompetitiveGradient", "FictitiousPlay"}


@pytest.mark.parametrize("name", GAMES)
def test_sharing_forward_passes_changes_nothing(name, monkeypatch):
    """Two rounds under every rule, with what the players share and with everything computed anew."""
    for rule in rules_of(name):
        ends = []
        for once in (Round.once, lambda turn, name, compute, of=(): turn.chance.within(name, compute)):
            monkeypatch.setattr(Round, "once", once)
            torch.manual_seed(0)
            game, streams = GAMES[name].tiny()
            game.double()
            optimizers = {player: torch.optim.SGD(game.strategy(player).values(), 0.05) for player in game.players()}
            Trainer(Phase(game, optimizers, streams, 2, rule, batch=8)).play()
            ends.append(torch.cat([p.flatten() for p in game.parameters()]))
            monkeypatch.undo()
        torch.testing.assert_close(*ends, rtol=1e-12, atol=1e-12, msg=lambda text, rule=rule: f"under {rule}: {text}")


GANS = [name for name, module in GAMES.items() if isinstance(module.tiny()[0], GAN)]


@pytest.mark.parametrize("name", GANS)
def test_a_discriminator_judges_its_own_data(name):
    """With the labels or partners that the stream has; it is what the discriminator's cost watches."""
    game, streams = GAMES[name].tiny()
    round = next(Trainer(Phase(game.double(), {}, streams, 1, batch=8)).turns())
    batch = round.stream("real")
    logits, watched = game.train().judge(batch.x, batch.y), game("discriminator", round).watch
    layers = {type(layer) for layer in game.discriminator.modules()}
    none = game.loss.reads.logits(torch.zeros(1)) is None
    assert none == ("real_logit" not in watched)
    assert (logits is None) == (none or Packed in layers), "packs say nothing of one sample"
    if logits is not None:
        assert logits.shape == (8,)
        random = layers & {Augmented, Dropout, GaussianNoise, InstanceNoise}  # whose numbers are those of the round
        if not random and not isinstance(game, Together | ALI):
            torch.testing.assert_close(logits.mean(), watched["real_logit"])


@pytest.mark.parametrize("name", NETWORKS)
def test_network(name):
    check_network(*NETWORKS[name])


@pytest.mark.parametrize("name", LOSSES)
def test_loss(name):
    check_loss(LOSSES[name])


@pytest.mark.parametrize("module", [m for n, m in GAMES.items() if n.startswith("games.")], ids=lambda m: m.__name__)
def test_method_is_short(module):
    """A method is one readable file."""
    source = inspect.getsource(module)
    assert source.count("\n") < 150
    assert ast.get_docstring(ast.parse(source))
