import pytest
import torch

from sparring.metrics.features import checked, pair


@pytest.mark.parametrize(
    ("x", "message"),
    [
        (torch.zeros(3), r"real features have shape \[3\]; expected \[n, D\]"),
        (torch.zeros(0, 2), r"shape \[0, 2\]"),
        (torch.zeros(3, 0), r"shape \[3, 0\]"),
        (torch.zeros(4, 2), "got 4 real samples; expected at least 5, or take fewer dimensions"),
        (torch.tensor([[0.0], [1.0], [2.0], [torch.nan], [1.0]]), "NaN or infinity, first in row 3"),
    ],
)
def test_what_cannot_be_measured_is_refused(x, message):
    with pytest.raises(ValueError, match=message):
        checked(x, "real", 5, "take fewer dimensions")


def test_pairs_have_the_same_size():
    x, y = pair(torch.zeros(2, 1, 3, 4), torch.ones(5, 12))
    assert x.shape == (2, 12)
    assert y.dtype == torch.float64
    with pytest.raises(ValueError, match="12 dimensions, generated ones 3; expected the same"):
        pair(torch.zeros(2, 12), torch.zeros(2, 3))
