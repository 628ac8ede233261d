import pytest
import torch

from sparring.dynamics.gradients import gradient_field
from sparring.equilibrium import round_of
from sparring.games.theory import quadratic
from sparring.games.theory.quadratic import Quadratic, zero_sum


def test_the_field_is_linear():
    """F(z) = J z + b, and each player's cost is the quadratic form written out."""
    game, _ = quadratic.tiny()
    game.z["second"].data.fill_(-2.0)
    field = gradient_field(game, round_of(game))
    z = torch.cat([p.detach() for p in game.z.values()])
    slope = torch.tensor([0.0, 0.0, 0.0, 0.2], dtype=torch.float64)
    found = torch.cat([value for _, slopes in field.values() for value in slopes.values()])
    torch.testing.assert_close(found, game.jacobian() @ z + slope, rtol=1e-12, atol=1e-12)
    first = z[0] ** 2 + z[1] ** 2 / 2 + z[0] * z[2] + 0.5 * z[0] * z[3] + z[1] * z[3]
    torch.testing.assert_close(field["first"][0].total.detach(), first)


def test_only_the_symmetric_part_counts():
    lopsided = Quadratic({"x": [[0.0, 2.0], [0.0, 0.0]], "y": [[0.0, 0.0], [-2.0, 0.0]]}, {"x": [3.0], "y": [5.0]})
    assert lopsided.value("x").item() == 15.0
    assert lopsided.value("y").item() == -15.0


def test_zero_sum():
    game = zero_sum([[1.0, 2.0], [2.0, -3.0]], {"x": [1.0], "y": [-2.0]})
    assert list(game.players()) == ["x", "y"]
    assert game.value("x").item() == -game.value("y").item() == 0.5 - 4.0 - 6.0


@pytest.mark.parametrize(
    ("matrices", "start", "said"),
    [
        ({"x": [[1.0]]}, {"y": [1.0]}, r"matrices for \['x'\] and starts for \['y'\]"),
        ({"x": [[1.0]]}, {"x": [1.0, 2.0]}, r"expected \[2, 2\] and \[2\]"),
    ],
)
def test_shapes_fit(matrices, start, said):
    with pytest.raises(ValueError, match=said):
        Quadratic(matrices, start)
