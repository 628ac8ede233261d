"""The closed forms of the Dirac-GAN (Mescheder et al. 2018)."""

import cmath
import itertools
import math

import numpy as np
import pytest
import torch
from scipy.integrate import solve_ivp

from sparring import Alternating, Phase, Simultaneous, Trainer
from sparring.dynamics.gradients import gradient_field
from sparring.equilibrium import examine, round_of
from sparring.games.theory.dirac import DiracGAN, data
from sparring.losses import Minimax, NonSaturating, Wasserstein
from sparring.penalties import interpolated, r1, r2


def eigenvalues(batch=8, **how):
    game = DiracGAN(0.0, 0.0, **how)
    return examine(game, round_of(game, {"real": data()}, batch=batch)).motion.eigenvalues


def pair(middle, square):
    """The two solutions middle +- sqrt(square), by falling real part."""
    root = cmath.sqrt(square)
    return sorted((middle + root, middle - root), key=lambda v: (-v.real, v.imag))


def played(game, rounds, step=0.1, dynamics=None, batch=1):
    """Where it is after each round."""
    optimizers = {player: torch.optim.SGD(game.strategy(player).values(), step) for player in game.players()}
    trainer = Trainer(Phase(game, optimizers, {"real": data()}, rounds, dynamics or Simultaneous(), batch))
    path = [game.point]
    for _ in range(rounds):
        trainer.play_round()
        path.append(game.point)
    return path


def radii(*args, **how):
    return np.array([math.hypot(*point) for point in played(*args, **how)])


def same(found, expected, tolerance=1e-12):
    for one, other in zip(sorted(found, key=lambda v: (-v.real, v.imag)), expected, strict=True):
        assert abs(one - other) <= tolerance, (found, expected)


class TestEigenvalues:
    @pytest.mark.parametrize("loss", [Minimax(), NonSaturating()], ids=str)
    def test_without_help_they_are_imaginary(self, loss):
        same(eigenvalues(loss=loss), pair(0.0, -0.25))

    def test_of_the_wasserstein_game(self):
        """f is the identity, and f'(0) = 1."""
        same(eigenvalues(loss=Wasserstein()), pair(0.0, -1.0))

    @pytest.mark.parametrize("gamma", [0.3, 0.9, 1.1, 2.0])
    @pytest.mark.parametrize("penalty", [r1, r2])
    def test_with_a_gradient_penalty(self, penalty, gamma):
        expected = pair(-gamma / 2, gamma**2 / 4 - 0.25)
        same(eigenvalues(penalties={penalty: gamma / 2}), expected)
        assert (expected[0].imag == 0) == (gamma > 1)  # 1 is critical

    def test_both_penalties_double_gamma(self):
        both, alone = eigenvalues(penalties={r1: 0.2, r2: 0.2}), eigenvalues(penalties={r1: 0.4})
        same(both, pair(-0.4, 0.16 - 0.25))
        same(alone, pair(-0.4, 0.16 - 0.25))

    def test_at_the_critical_weight_they_meet(self):
        same(eigenvalues(penalties={r1: 0.5}), (-0.5, -0.5), 1e-7)  # a double root: half the digits

    @pytest.mark.parametrize("noise", [0.5, 1.0, 3.0])
    def test_with_instance_noise(self, noise):
        """f''(0) = -1/4. The noise is a sample: 100,000 numbers leave an error of half a hundredth."""
        expected = pair(-(noise**2) / 4, noise**4 / 16 - 0.25)
        same(eigenvalues(noise=noise, batch=100_000), expected, 0.01 * max(1.0, noise**2))

    @pytest.mark.parametrize(
        ("how", "verdict"),
        [({}, "circles"), ({"penalties": {r1: 0.5}}, "converges"), ({"loss": Wasserstein()}, "circles")],
    )
    def test_it_is_said_in_words(self, how, verdict):
        game = DiracGAN(0.0, 0.0, **how)
        told = examine(game, round_of(game, {"real": data()}))
        assert f"gradient play {verdict}" in str(told)
        assert told.verdict.startswith("degenerate")  # G's cost is flat where psi = 0


class TestPlay:
    @pytest.mark.parametrize("step", [0.05, 0.3])
    def test_a_simultaneous_round_multiplies_the_radius(self, step):
        """R^2 (1 + h^2 f'(t psi)^2), f' a sigmoid; with our sign of psi it is that of t psi."""
        path = played(DiracGAN(1.0, 0.7), 30, step)
        for (t, psi), after in itertools.pairwise(path):
            slope = 1 / (1 + math.exp(-t * psi))
            expected = (t**2 + psi**2) * (1 + step**2 * slope**2)
            assert math.hypot(*after) ** 2 == pytest.approx(expected, rel=1e-12)

    @pytest.mark.parametrize(
        ("how", "limit"),
        [({"penalties": {r1: 0.25}}, 0.5), ({"penalties": {r2: 0.25}}, 0.5), ({"penalties": {r1: 0.2, r2: 0.2}}, 0.8)],
        ids=["R1", "R2", "both"],
    )
    def test_these_converge_linearly(self, how, limit):
        """At the rate of the eigenvalues: the slope of the logarithm of the radius."""
        logs = np.log(radii(DiracGAN(1.0, 1.0, **how), 900))[200:]
        expected = max(abs(1 + 0.1 * value) for value in pair(-limit / 2, limit**2 / 4 - 0.25))
        assert math.exp(np.polyfit(range(len(logs)), logs, 1)[0]) == pytest.approx(expected, abs=1e-3)
        assert logs[-1] < math.log(1e-8)

    def test_instance_noise_leads_to_the_noise_of_its_sample(self):
        path = radii(DiracGAN(1.0, 1.0, noise=1.0), 200, batch=4096)
        assert path[-50:].max() < 0.05
        assert path[:1] == math.sqrt(2)

    @pytest.mark.parametrize(
        "how",
        [{}, {"loss": Wasserstein()}, {"loss": Wasserstein(), "penalties": {interpolated: 1.0}}],
        ids=["GAN", "WGAN", "WGAN-GP"],
    )
    @pytest.mark.parametrize("dynamics", [Simultaneous(), Alternating(fresh=False)], ids=["at once", "in turn"])
    def test_these_do_not_converge(self, how, dynamics):
        assert radii(DiracGAN(0.5, 0.5, **how), 600, dynamics=dynamics)[-150:].max() > 0.3

    def test_the_non_saturating_game_in_continuous_time(self):
        """Sublinear: the radius falls as sqrt(8 / time). From (1, 1), by the game's own field up to 200."""
        game = DiracGAN(1.0, 1.0, NonSaturating())
        round = round_of(game, {"real": data()}, batch=1)

        def field(_, point):
            with torch.no_grad():
                for p, value in zip(game.parameters(), point, strict=True):
                    p.fill_(value)
            slopes = gradient_field(game, round, ("generator", "discriminator"))
            return [-value.item() for _, slope in slopes.values() for value in slope.values()]

        def formula(_, point):
            t, psi = point
            return [psi / (1 + math.exp(t * psi)), -t / (1 + math.exp(-t * psi))]

        assert field(0.0, [0.3, -1.2]) == pytest.approx(formula(0.0, [0.3, -1.2]), rel=1e-12)
        for velocity, times in ((field, [20.0, 200.0]), (formula, [20.0, 200.0, 2000.0])):
            path = solve_ivp(velocity, (0.0, times[-1]), [1.0, 1.0], "DOP853", times, rtol=1e-6, atol=1e-9)
            assert np.hypot(*path.y) == pytest.approx([0.58, 0.20, 0.063][: len(times)], rel=0.02)

    def test_in_turn_the_non_saturating_game_converges_too(self):
        path = radii(DiracGAN(1.0, 1.0, NonSaturating()), 2100, dynamics=Alternating(fresh=False))
        assert path[200:300].max() == pytest.approx(0.58, abs=0.05)
        assert path[2000:].max() == pytest.approx(0.20, abs=0.02)

    @pytest.mark.parametrize("start", [0.3, 0.7], ids=["inside", "outside"])
    def test_at_once_it_settles_on_a_cycle(self, start):
        """Where a step's growth, h^2 r^2 / 4, is the fall: near r = sqrt(2 h). Its largest radius is .449."""
        path = radii(DiracGAN(start, 0.0, NonSaturating()), 2500)
        assert path[-300:].max() == pytest.approx(0.449, abs=2e-3)
        assert path[-300:].mean() == pytest.approx(math.sqrt(0.2), abs=2e-3)


def test_all_samples_are_at_t():
    game = DiracGAN(0.3, 2.0)
    assert game.generator(torch.randn(5, 1, dtype=torch.float64)).tolist() == [[0.3]] * 5
    assert game.judge(torch.tensor([[1.0], [-1.0]], dtype=torch.float64)).tolist() == [2.0, -2.0]
    assert game.point == (0.3, 2.0)
