"""On a GPU: the same numbers as on the CPU, the same run after a stop, and no waiting for the device in a round."""

import dataclasses
from contextlib import contextmanager

import pytest
import torch

import discover
from same import same
from sparring import Phase, Trainer, recipes
from sparring.chance import Draws
from sparring.hooks import Every
from sparring.recipes.images import costs
from sparring.runs import files
from sparring.runs.session import Session

pytestmark = pytest.mark.gpu

ON_CPU = {"contract_games.rbm", "contract_games.tokens"}
"""Games of the tests that hold tensors of their own, on the CPU."""

GAMES = {name: module for name, module in discover.games().items() if name not in ON_CPU}
PICTURES = ("dcgan", "gan2014", *costs.RECIPES)


@contextmanager
def cpu_chance(monkeypatch):
    """Every draw is made on the CPU and then moved: both devices see the same numbers."""
    with monkeypatch.context() as patch:
        makers = {"normal": torch.randn, "uniform": torch.rand}

        def draw(kind, low):
            def drawn(self, name, *row, **_):
                made = makers[kind]((self.total, *row), generator=on_cpu(self, (kind, name, row)), dtype=self.dtype)
                return self._mine(made.clamp_(min=low).to(self.device))

            return drawn

        def on_cpu(self, name):
            return torch.Generator().manual_seed(self._seed(name))

        def integers(self, name, *row, high):
            made = torch.randint(high, (self.total, *row), generator=on_cpu(self, ("integers", name, row)))
            return self._mine(made.to(self.device))

        def like(self, name, size):
            return torch.rand(size, generator=on_cpu(self, ("uniform", name, size)), dtype=self.dtype).to(self.device)

        patch.setattr(Draws, "normal", draw("normal", -torch.inf))
        patch.setattr(Draws, "uniform", draw("uniform", 1e-12))
        patch.setattr(Draws, "integers", integers)
        patch.setattr(Draws, "_uniform", like)
        yield


@pytest.mark.parametrize("name", GAMES)
def test_two_rounds_of_every_game_are_those_of_the_cpu(name, monkeypatch):
    ends = []
    with cpu_chance(monkeypatch):
        for device in ("cpu", "cuda"):
            torch.manual_seed(0)
            game, streams = GAMES[name].tiny()
            game.double().to(device)
            optimizers = {player: torch.optim.SGD(game.strategy(player).values(), 0.05) for player in game.players()}
            Trainer(Phase(game, optimizers, streams, 2, batch=8)).play()
            ends.append(torch.cat([p.detach().flatten().cpu() for p in game.parameters()]))
    torch.testing.assert_close(*ends, rtol=1e-9, atol=1e-9)


def trainer(name, **values):
    """A small trainer of a recipe on the GPU, at its usual precision."""
    recipe = recipes.find(name)
    config = dataclasses.replace(recipe.Config(), **{"rounds": 40, "batch": 16, "device": "cuda", **values})
    data = recipe.open_data(config)
    few = {stream: part.view(torch.arange(min(2000, len(part)))) for stream, part in data.streams.items()}
    return recipe.build(config, dataclasses.replace(data, streams=few))


@pytest.mark.parametrize("name", recipes.names())
def test_every_recipe_plays_and_its_sampler_is_right_on_the_cpu(name):
    played, recipe = trainer(name).play(3), recipes.find(name)
    sampler = recipe.sampler(dataclasses.replace(recipe.Config(), device="cpu"), recipe.open_data(recipe.Config()).spec)
    sampler.load_state_dict(played.game.sampler().state_dict())
    here, there = sampler.sample(6, seed=1), played.game.sampler().sample(6, seed=1)
    assert here.device == there.device == torch.device("cpu")
    torch.testing.assert_close(here, there, rtol=2e-2, atol=2e-2)  # convolutions in TF32


@pytest.mark.parametrize("name", PICTURES)
def test_no_round_waits_for_the_device(name):
    played = trainer(name, rounds=60).play(30)  # the first moves are looked at, and so is what ranks begin with
    played.hooks.append(Every(1, lambda game, _: torch.cuda.set_sync_debug_mode("error")))
    try:
        played.play(8)
    finally:
        torch.cuda.set_sync_debug_mode("default")
    assert played.state.round == 38


@pytest.mark.parametrize("name", PICTURES)
def test_a_stopped_run_goes_on_exactly(name, tmp_path, monkeypatch):
    """With deterministic convolutions: weights, moments and log, bit for bit. The generator is seeded at each draw."""
    monkeypatch.setattr(torch.backends.cudnn, "deterministic", True)
    recipe, ends = recipes.find(name), []
    config = recipe.Config(rounds=120, batch=16, device="cuda", checkpoint_every=61, hold_out=16)
    for stops in ((), (61,)):  # between two lines of the log
        path = tmp_path / str(len(stops))
        session = Session.create(path, name, config)
        for stop in stops:
            session.play([Every(stop, lambda game, _: game.stop())])
            session = Session.resume(path)
        session.play()
        assert session.complete
        ends.append({key: value for key, value in session.trainer.state_dict().items() if key != "generator"})
    assert same(*ends)
    logs = [files.read_log(tmp_path / name / files.LOG) for name in "01"]
    timeless = [[{k: v for k, v in line.items() if "/" in k} for line in log] for log in logs]
    assert timeless[0] == timeless[1]
