"""The game in function space: closed forms, enumeration, and convergence where a game of parameters goes round."""

import math

import numpy as np
import pytest
import torch
from scipy.optimize import minimize

from sparring import Phase, Simultaneous, Trainer
from sparring.equilibrium import examine, round_of
from sparring.games.theory import dirac
from sparring.games.theory.tabular import Tabular
from sparring.losses import Hinge, NonSaturating, Relativistic, RelativisticAverage, Wasserstein

P = [0.5, 0.3, 0.2]
SURE = 40.0
"""A logit at which D is 1 in float64."""


def tensor(values):
    return torch.tensor(values, dtype=torch.float64)


def single(k, size):
    """The density of a generator that has chosen one point."""
    return torch.eye(size, dtype=torch.float64)[k]


class TestCosts:
    def test_value_is_the_zero_sum_cost(self):
        game = Tabular(P, [0.3, -1.0, 2.0], [0.2, 0.2, 0.6])
        d = 1 / (1 + np.exp(-np.array([0.3, -1.0, 2.0])))
        expected = P @ np.log(d) + np.array([0.2, 0.2, 0.6]) @ np.log(1 - d)
        assert game.value().item() == pytest.approx(expected, rel=1e-12)
        round = round_of(game)
        assert game("discriminator", round).total.item() == pytest.approx(-expected, rel=1e-12)
        generator = np.array([0.2, 0.2, 0.6]) @ np.log(1 - d)
        assert game("generator", round).total.item() == pytest.approx(generator, rel=1e-12)

    @pytest.mark.parametrize("loss", [Relativistic(), Hinge(), NonSaturating(), Wasserstein()], ids=str)
    def test_costs_are_expectations_over_all_pairs(self, loss):
        a, q = tensor([0.3, -1.0, 2.0]), [0.2, 0.2, 0.6]
        game = Tabular(P, a.tolist(), q, loss)
        for player, side in (("discriminator", loss.discriminator), ("generator", loss.generator)):
            expected = sum(P[i] * q[j] * side(a[i : i + 1], a[j : j + 1]).item() for i in range(3) for j in range(3))
            assert game(player, round_of(game)).total.item() == pytest.approx(expected, rel=1e-12)

    def test_the_best_answer_is_the_log_ratio(self):
        """And its value 2 JS - log 4."""
        q = tensor([0.1, 0.1, 0.8])
        game = Tabular(P)
        best = game.value((tensor(P) / q).log(), q).item()
        middle = (tensor(P) + q) / 2
        js = sum((each * (each / middle).log()).sum().item() / 2 for each in (tensor(P), q))
        assert best == pytest.approx(2 * js - math.log(4), rel=1e-12)
        assert all(game.value((tensor(P) / q).log() + 0.1 * single(k, 3), q) < best for k in range(3))


class TestOrderOfMinAndMax:
    """Report, equations 16 and 17, with a generator that chooses one of K points."""

    def min_max(self, game):
        """For each point the best D is p/(p + 1) there and 1 elsewhere; G takes the smallest value."""
        size = len(game.p)
        pure = [single(k, size) for k in range(size)]
        answers = [torch.where(q > 0, (game.p / (game.p + 1)).logit(), tensor(SURE)) for q in pure]
        return min(game.value(a, q).item() for a, q in zip(answers, pure, strict=True))

    def max_min(self, game):
        """The largest t that is at most V(a, k) for every k, over all a; V is concave in a."""
        size = len(game.p)

        def values(a):
            return np.array([game.value(tensor(a), single(k, size)).item() for k in range(size)])

        rule = {"type": "ineq", "fun": lambda u: values(u[1:]) - u[0]}
        start = np.concatenate([[-3.0], np.linspace(-0.5, 0.5, size)])
        found = minimize(lambda u: -u[0], start, method="SLSQP", constraints=rule, options={"ftol": 1e-12})
        assert found.success
        return -found.fun

    @pytest.mark.parametrize("size", [2, 3, 8])
    def test_they_differ_for_a_generator_of_one_point(self, size):
        game = Tabular([1 / size] * size)
        expected = math.log(1 / (size + 1)) / size + math.log(size / (size + 1))
        assert self.min_max(game) == pytest.approx(expected, rel=1e-12)
        assert self.max_min(game) == pytest.approx(-math.log(4), abs=1e-5)
        if size == 8:
            assert self.min_max(game) == pytest.approx(-0.3924, abs=5e-5)

    @pytest.mark.parametrize("p", [P, [0.25] * 4], ids=str)
    def test_they_are_equal_on_densities(self, p):
        """In the inner loop a density does no better than its best point; in the outer one q = p reaches -log 4."""
        game = Tabular(p)
        assert game.value(tensor(p).log() - tensor(p).log(), tensor(p)).item() == pytest.approx(-math.log(4))
        assert self.max_min(game) == pytest.approx(-math.log(4), abs=1e-5)


def play(game, rounds, step, look, streams=None):
    optimizers = {player: torch.optim.SGD(game.strategy(player).values(), step) for player in game.players()}
    trainer = Trainer(Phase(game, optimizers, streams or {}, rounds, Simultaneous(), batch=1))
    found = []
    for _ in range(rounds):
        trainer.play_round()
        found.append(look())
    return np.array(found)


class TestConvergence:
    def test_the_equilibrium(self):
        """Jacobian written out: D's Hessian is diag(p) / 2, G's is 0, and the rest is half of diag(q) - q q'."""
        game, p = Tabular(P, None, P), np.array(P)
        told = examine(game, round_of(game))
        mixed = (np.diag(p) - np.outer(p, p)) / 2
        expected = np.linalg.eigvals(-np.block([[np.diag(p) / 2, mixed], [-mixed, np.zeros((3, 3))]]))
        found = sorted(told.motion.eigenvalues, key=lambda v: (round(v.real, 9), v.imag))
        for one, other in zip(found, sorted(expected, key=lambda v: (round(v.real, 9), v.imag)), strict=True):
            assert abs(one - other) < 1e-9
        assert told.verdict.startswith("degenerate: the cost of 'generator' is flat")
        assert told.motion.neutral == 1  # the softmax does not see a shift
        assert told.motion.converges

    def test_steps_in_function_space_converge_to_the_data(self):
        game = Tabular(P, None, [0.2, 0.2, 0.6])
        target = Tabular(P, None, P)
        logs = np.log(play(game, 550, 1.0, lambda: (game.q() - game.p).abs().max().item()))
        assert logs[-1] < math.log(1e-8)
        rate = max(abs(1 + value) for value in examine(target, round_of(target)).motion.moving)
        assert math.exp(np.polyfit(range(450), logs[100:], 1)[0]) == pytest.approx(rate, abs=3e-3)

    def test_the_same_steps_in_parameters_do_not(self):
        """The Dirac-GAN, with the same loss."""
        game = dirac.DiracGAN(0.5, 0.5)
        radius = play(game, 300, 0.1, lambda: math.hypot(*game.point), {"real": dirac.data()})
        assert radius[-1] > radius[0] > math.hypot(0.5, 0.5)


@pytest.mark.parametrize("p", [[0.5, 0.6], [1.0, 0.0], [-0.5, 1.5]])
def test_a_density_is_one(p):
    with pytest.raises(ValueError, match="expected 2 positive numbers whose sum is 1"):
        Tabular(p)


def test_sizes_fit():
    with pytest.raises(ValueError, match=r"q is \[0.5, 0.5\]; expected 3"):
        Tabular(P, q=[0.5, 0.5])
    with pytest.raises(ValueError, match=r"a has 2 numbers; expected 3"):
        Tabular(P, [0.5, 0.5])


def test_a_loss_across_examples_is_refused():
    with pytest.raises(ValueError, match="expected one of logits that takes examples one by one"):
        Tabular(P, loss=RelativisticAverage())
