"""The equilibrium test against games whose Hessians and Jacobians are known, or made by finite differences."""

import math

import numpy as np
import pytest
import torch
from torch import nn

import discover
from sparring import GAN, MLP, Cost, Game, InMemory, Key, Normal, Phase, Player, Simultaneous, Trainer
from sparring.dynamics.gradients import gradient_field
from sparring.equilibrium import Search, examine, round_of
from sparring.games import gan
from sparring.games.theory import quadratic
from sparring.games.theory.quadratic import Quadratic, zero_sum
from sparring.games.theory.xy import XY
from sparring.networks import dcgan
from sparring.ranks import Threads

KRYLOV = Search(exact=1, steps=400, accuracy=1e-12)
TOGETHER = {"x": [0.0], "y": [0.0]}


def found(game, streams=None, **how):
    batch, micro = how.pop("batch", 8), how.pop("micro", 1)
    return examine(game, round_of(game, streams, batch=batch, micro=micro), **how)


class Network:
    """A small GAN in float64 with everything that `examine` computes, by finite differences of first gradients."""

    def __init__(self, make=gan.tiny, batch=8):
        torch.manual_seed(0)
        self.game, self.streams = make()
        self.game.double()
        for name, p in self.game.named_parameters():
            p.data += 0.1 * Key(3).normal(name, tuple(p.shape), p.dtype)
        self.round = round_of(self.game, self.streams, batch=batch)
        self.names = {player: list(self.game.strategy(player)) for player in self.game.players()}
        self.here = {name: p.detach().clone() for name, p in self.game.named_parameters()}
        self.field(torch.zeros(self.size()))  # draws the streams

    def size(self, player=None):
        players = [player] if player else self.names
        return sum(self.here[name].numel() for p in players for name in self.names[p])

    def field(self, step):
        """The gradients of all at the parameters moved by a vector [n]."""
        there, k = dict(self.here), 0
        for name in [name for names in self.names.values() for name in names]:
            size = self.here[name].numel()
            there[name] = self.here[name] + step[k : k + size].view_as(self.here[name])
            k += size
        slopes = gradient_field(self.game, self.round.again(), at=there)
        return torch.cat([slopes[p][1][name].flatten() for p in self.names for name in self.names[p]])

    def jacobian(self, step=1e-6):
        rows = torch.eye(self.size(), dtype=torch.float64) * step
        columns = [(self.field(row) - self.field(-row)) / (2 * step) for row in rows]
        return torch.stack(columns, dim=1).numpy()

    def blocks(self):
        """The Hessian of each player's cost in its own parameters."""
        whole, ends = self.jacobian(), np.cumsum([0, *map(self.size, self.names)])
        return {p: whole[a:b, a:b] for p, a, b in zip(self.names, ends, ends[1:], strict=False)}


def smooth():
    """A GAN of tanh units, 50 numbers in all."""
    game = GAN(MLP(2, 4, 2, activation=nn.Tanh), MLP(2, 4, 1, activation=nn.Tanh, logits=True), Normal(2))
    return game, {"real": InMemory(Key(1).normal("data", (64, 2)))}


def same_values(values, expected, tolerance):
    """Each once, in whatever order."""
    left = list(values)
    for value in expected:
        nearest = min(left, key=lambda other, value=value: abs(other - value))
        assert abs(nearest - value) <= tolerance, (value, left)
        left.remove(nearest)
    assert not left


class TestQuadratic:
    """Hessians are blocks of the matrices, the motion is z' = -J z."""

    def game(self, seed=0):
        numbers = np.random.default_rng(seed)
        sizes = {"a": 3, "b": 2, "c": 4}
        matrices = {player: numbers.normal(size=(9, 9)) for player in sizes}
        return Quadratic(matrices, {player: [0.0] * size for player, size in sizes.items()}), matrices, sizes

    @pytest.mark.parametrize("search", [None, KRYLOV], ids=["made", "Krylov"])
    def test_curvatures_and_eigenvalues(self, search):
        game, matrices, sizes = self.game()
        told, first, rows = found(game, search=search), 0, []
        for player, size in sizes.items():
            whole = (matrices[player] + matrices[player].T) / 2
            own = np.linalg.eigvalsh(whole[first : first + size, first : first + size])
            assert told.sides[player].smallest == pytest.approx(own[0], abs=1e-9)
            assert told.sides[player].largest == pytest.approx(own[-1], abs=1e-9)
            assert told.sides[player].parameters == size
            rows.append(whole[first : first + size])
            first += size
        same_values(told.motion.eigenvalues, np.linalg.eigvals(-np.concatenate(rows)), 1e-9)
        np.testing.assert_allclose(game.jacobian().numpy(), np.concatenate(rows), rtol=1e-12)

    def test_gradients(self):
        game, _ = quadratic.tiny()
        told = found(game)
        for player in game.players():
            z = game.z[player]
            expected = torch.autograd.grad(game.value(player), z)[0].norm().item()
            assert told.sides[player].gradient == pytest.approx(expected, rel=1e-12)
            assert not told.sides[player].stationary

    def test_motion_is_the_motion(self):
        """A step of simultaneous play multiplies the distance by `factor`, in the end."""
        game = zero_sum([[1.0, 2.0], [2.0, -0.5]], {"x": [1.0], "y": [1.0]})
        told = found(game)
        optimizers = {p: torch.optim.SGD(game.strategy(p).values(), 0.1) for p in game.players()}
        trainer = Trainer(Phase(game, optimizers, {}, 400, Simultaneous()))
        logs = []
        for _ in range(400):
            trainer.play_round()
            logs.append(math.log(math.hypot(*(game.z[p].item() for p in "xy"))))
        assert math.exp(np.polyfit(range(300), logs[100:], 1)[0]) == pytest.approx(told.motion.factor(0.1), abs=1e-4)

    @pytest.mark.parametrize("share", [0.98, 1.02])
    def test_the_largest_step(self, share):
        """Below it simultaneous steps converge, above it they do not."""
        told = found(zero_sum([[1.0, 2.0], [2.0, -0.5]], TOGETHER)).motion
        assert told.converges
        assert (told.factor(share * told.step) < 1) == (share < 1)
        assert told.step == pytest.approx(
            min(-2 * v.real / abs(v) ** 2 for v in np.linalg.eigvals([[-1, -2], [2, -0.5]]))
        )


class TestVerdicts:
    def test_xy_is_degenerate(self):
        told = found(XY(0.0, 0.0))
        assert not told.nash
        assert told.verdict.startswith("degenerate: the cost of 'x' is flat along x.value")
        same_values(told.motion.eigenvalues, (1j, -1j), 1e-15)
        assert told.motion.factor(0.3) == pytest.approx(math.sqrt(1.09))
        assert not told.motion.converges
        assert "circles" in str(told)

    def test_away_from_it_xy_is_no_equilibrium(self):
        told = found(XY(1.0, 0.0))
        assert told.verdict == "not an equilibrium: player 'y' could do better along y.value, against its gradient"
        assert told.sides["y"].direction["y.value"].item() == 1.0  # y maximises xy
        assert "does not rest here" in str(told)

    def test_a_saddle_that_is_an_equilibrium(self):
        """V = x^2 / 2 + xy - y^2: x minimises, y maximises."""
        told = found(zero_sum([[1.0, 1.0], [1.0, -2.0]], TOGETHER))
        assert told.nash
        assert told.verdict == "a differential Nash equilibrium"
        assert [told.sides[p].smallest for p in "xy"] == [1.0, 2.0]

    @pytest.mark.parametrize(
        ("matrix", "wrong"),
        [
            ([[-1.0, 1.0], [1.0, 2.0]], "xy"),  # the same saddle, each player at the wrong side of it
            ([[-1.0, 2.0], [2.0, 1.0]], "xy"),
            ([[1.0, 3.0], [3.0, 0.5]], "y"),
            ([[-1.0, 2.0], [2.0, -3.0]], "x"),
        ],
    )
    def test_not_every_saddle_is_an_equilibrium(self, matrix, wrong):
        """Section 8.2. All have V's Hessian indefinite, so each is a saddle of V."""
        assert np.linalg.det(matrix) < 0 or wrong == "x"
        told = found(zero_sum(matrix, TOGETHER))
        assert not told.nash
        assert "not an equilibrium" in told.verdict
        assert [p for p in "xy" if told.sides[p].better] == list(wrong)
        for p in wrong:
            assert f"player '{p}' could do better along z.{p}, where its cost bends down" in told.verdict

    def test_a_local_minimax_that_is_no_nash_equilibrium_attracts_gradient_play(self):
        """V = -x^2 / 2 + 2xy - 3y^2 / 2: y's answer 2x/3 makes it x^2 / 6 for x, but x's own curvature is -1."""
        told = found(zero_sum([[-1.0, 2.0], [2.0, -3.0]], TOGETHER))
        assert -1 - 2 * (1 / -3.0) * 2 > 0  # the Schur complement
        assert told.sides["x"].smallest == -1.0
        assert told.sides["x"].better
        assert not told.sides["y"].better
        assert told.motion.converges

    def test_an_equilibrium_that_gradient_play_leaves(self):
        """Three players whose costs all bend up, and who chase each other round."""
        ring = -np.roll(np.eye(3), 1, axis=1) * 4 + np.eye(3)
        matrices = {
            p: np.diag(np.eye(3)[i]) + np.outer(np.eye(3)[i], ring[i] - np.eye(3)[i]) for i, p in enumerate("abc")
        }
        matrices = {p: m + m.T - np.diag(np.diag(m)) for p, m in matrices.items()}
        told = found(Quadratic(matrices, {p: [0.0] for p in "abc"}))
        assert told.nash
        assert not told.motion.converges
        assert "leads away" in str(told)

    def test_tolerances_mean_what_they_say(self):
        game = zero_sum([[1e-3, 1.0], [1.0, -2.0]], TOGETHER)
        assert found(game).nash
        assert found(game, flat=0.1).verdict == "degenerate: the cost of 'x' is flat along z.x"
        game = zero_sum([[1.0, 0.0], [0.0, -2.0]], {"x": [1e-3], "y": [0.0]})
        assert not found(game).nash
        assert found(game, still=1e-2).nash

    def test_stepping_along_a_direction_is_better(self):
        it = Network(smooth)
        told = found(it.game, it.streams)
        for player, side in told.sides.items():
            assert side.better
            before = it.game(player, it.round.again()).total.item()
            for name, step in side.direction.items():
                it.game.get_parameter(name).data += 1e-3 * step
            after = it.game(player, it.round.again()).total.item()
            for name, step in side.direction.items():
                it.game.get_parameter(name).data -= 1e-3 * step
            assert (after - before) / 1e-3 == pytest.approx(-side.gradient, rel=0.02)


class TestNetworks:
    @pytest.mark.parametrize(
        "make", [smooth, discover.games()["contract_games.wgan_gp"].tiny], ids=["smooth", "wgan_gp"]
    )
    @pytest.mark.parametrize("search", [Search(exact=1000), KRYLOV], ids=["made", "Krylov"])
    def test_against_an_enumerated_jacobian(self, make, search):
        it = Network(make)
        told = examine(it.game, it.round, search=search)
        blocks, gradients = it.blocks(), it.field(torch.zeros(it.size()))
        scale = max(np.abs(block).max() for block in blocks.values())
        for player, block in blocks.items():
            values = np.linalg.eigvalsh((block + block.T) / 2)
            assert told.sides[player].smallest == pytest.approx(values[0], abs=1e-5 * scale)
            assert told.sides[player].largest == pytest.approx(values[-1], abs=1e-5 * scale)
        lengths = [told.sides[player].gradient for player in blocks]
        assert math.hypot(*lengths) == pytest.approx(gradients.norm().item(), rel=1e-9)
        expected = np.linalg.eigvals(-it.jacobian())
        ordered = sorted(expected.real, reverse=True)
        assert told.motion.eigenvalues[0].real == pytest.approx(ordered[0], abs=1e-4 * scale)
        assert max(map(abs, told.motion.eigenvalues)) == pytest.approx(np.abs(expected).max(), abs=1e-4 * scale)

    def test_parts_of_a_batch_give_what_the_whole_gives(self):
        it = Network(smooth)
        whole, parts = (found(it.game, it.streams, micro=micro) for micro in (1, 4))
        for player, side in whole.sides.items():
            assert parts.sides[player].smallest == pytest.approx(side.smallest, abs=1e-12)
            assert parts.sides[player].gradient == pytest.approx(side.gradient, rel=1e-12)
        same_values(parts.motion.eigenvalues, whole.motion.eigenvalues, 1e-10)

    def test_two_ranks_find_what_one_finds(self):
        it, *others = (Network(smooth) for _ in range(3))

        def look(ranks):
            other = others[ranks.index]
            phase = Phase(other.game, {}, other.streams, 1, batch=8)
            return examine(other.game, next(Trainer(phase, ranks=ranks).turns()))

        whole = found(it.game, it.streams)
        for told in Threads.run(2, look):
            for player, side in whole.sides.items():
                assert told.sides[player].smallest == pytest.approx(side.smallest, abs=1e-12)
                assert told.sides[player].gradient == pytest.approx(side.gradient, rel=1e-12)
            same_values(told.motion.eigenvalues, whole.motion.eigenvalues, 1e-10)

    def test_a_dcgan_at_28_pixels(self):
        torch.manual_seed(0)
        game = GAN(dcgan.Generator((1, 28, 28), 8, 4), dcgan.Discriminator((1, 28, 28), 4), Normal(8))
        data = InMemory(Key(0).integers("pictures", (16, 1, 28, 28), 256).to(torch.uint8))
        before = {name: value.clone() for name, value in game.state_dict().items()}
        told = found(game, {"real": data}, search=Search(steps=15))
        assert all(torch.equal(value, before[name]) for name, value in game.state_dict().items())
        assert all(p.grad is None for p in game.parameters())
        assert told.sides["discriminator"].parameters == sum(p.numel() for p in game.discriminator.parameters())
        for side in told.sides.values():
            assert side.smallest < side.largest
            assert f"player {side.player!r} could do better" in told.verdict
        assert not told.motion.exact

    def test_it_looks_no_longer_than_told(self):
        it = Network(smooth)
        short = found(it.game, it.streams, search=Search(exact=1, steps=3))
        side, whole = short.sides["discriminator"], found(it.game, it.streams).sides["discriminator"]
        assert side.residual > 0
        assert len(short.motion.eigenvalues) == 3
        assert whole.smallest - 1e-12 <= side.smallest <= side.largest <= whole.largest + 1e-12


class Loose(Game):
    """One player alone, and a cost that is not smooth."""

    def __init__(self):
        super().__init__()
        self.x = nn.Parameter(torch.tensor([0.0, 0.0], dtype=torch.float64))

    def players(self):
        return {"x": Player((self.x,), lambda _: Cost({"norm": self.x.norm() ** 1.5}))}


class Alone(Loose):
    def players(self):
        return {"x": Player((self.x,), lambda _: Cost({"bowl": 2 * self.x[0] ** 2 + self.x[1] ** 2 / 2}))}


class Straight(Loose):
    def players(self):
        return {"x": Player((self.x,), lambda _: Cost({"slope": 3 * self.x[0]}))}


def test_one_player():
    told = found(Alone())
    assert told.nash
    assert (told.sides["x"].smallest, told.sides["x"].largest) == (1.0, 4.0)
    assert told.motion.eigenvalues == (-1.0, -4.0)
    assert told.motion.step == 0.5


def test_a_cost_without_second_derivatives():
    told = found(Straight())
    assert (told.sides["x"].gradient, told.sides["x"].smallest) == (3.0, 0.0)
    assert told.sides["x"].better


def test_what_is_not_finite_is_told():
    with pytest.raises(FloatingPointError, match="not finite"):
        found(Loose())


@pytest.mark.parametrize("wrong", [{"still": -1.0}, {"flat": -1e-3}])
def test_tolerances_are_not_negative(wrong):
    with pytest.raises(ValueError, match="expected 0 or more"):
        found(XY(), **wrong)


@pytest.mark.parametrize("wrong", [{"exact": 0}, {"steps": 0}, {"accuracy": 0.0}])
def test_a_search_looks(wrong):
    with pytest.raises(ValueError, match="expected 1 or more for exact and steps"):
        Search(**wrong)


def test_the_table_reads_well():
    text = str(found(zero_sum([[1.0, 1.0], [1.0, -2.0]], TOGETHER)))
    assert text.splitlines() == [
        "a differential Nash equilibrium",
        "player  parameters  gradient  smallest curvature  largest curvature",
        "x                1         0                   1                  1",
        "y                1         0                   2                  2",
        "gradient play converges with steps below 1; eigenvalues of its motion: -1.5 ± 0.866i",
    ]
