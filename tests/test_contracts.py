"""Every game, network and loss keeps its contract."""

import ast
import inspect

import pytest

import discover
from sparring.checks import check_game, check_loss, check_network
from sparring.checks.game import DYNAMICS, NOTHING

GAMES, NETWORKS, LOSSES = discover.games(), discover.networks(), discover.losses()
RULES = (*DYNAMICS, *discover.contract_dynamics().values())


def test_something_was_found():
    assert {"games.gan", "games.theory.xy", "contract_games.cyclegan", "contract_games.rbm"} <= GAMES.keys()
    assert {"Minimax", "NonSaturating", "Wasserstein", "Relativistic"} <= LOSSES.keys()
    assert len(NETWORKS) >= 10
    assert len(RULES) >= 9


@pytest.mark.parametrize("name", GAMES)
def test_game(name):
    check_game(GAMES[name].tiny, declared=getattr(GAMES[name], "DECLARED", NOTHING), dynamics=RULES)


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
