"""Autocorrelation against NumPy and a process of which it is known; windows in their own units."""

import numpy as np
import pytest
import torch

from sparring import Key
from sparring.kinds.columns import Number
from sparring.kinds.series import Series, autocorrelation

KIND = Series((Number("rain, mm", 0.0, 20.0, 1), Number("wind", -4.0, 4.0)))


def autoregressive(phi, n=4000, steps=20):
    """Windows [n, steps, 1] of x' = phi x + noise, from its stationary distribution on."""
    noise = Key(0).normal("noise", (n, steps, 1), torch.float64)
    x = [noise[:, 0] / (1 - phi**2) ** 0.5]
    for step in range(1, steps):
        x.append(phi * x[-1] + noise[:, step])
    return torch.stack(x, 1)


def test_numpy_agrees():
    x = Key(1).normal("x", (7, 9, 3)) + torch.tensor([5.0, 0.0, -100.0])
    found = autocorrelation(x, 4)
    for channel in range(3):
        values = x[..., channel].double().numpy()
        values = values - values.mean()
        for lag in (1, 2, 3, 4):
            pairs = [row[t] * row[t + lag] for row in values for t in range(9 - lag)]
            np.testing.assert_allclose(found[lag - 1, channel], np.mean(pairs) / values.var(), rtol=1e-9)


@pytest.mark.parametrize("phi", [0.8, -0.5])
def test_an_autoregressive_process_has_the_powers_of_its_coefficient(phi):
    found = autocorrelation(autoregressive(phi), 5)[:, 0]
    torch.testing.assert_close(found, phi ** torch.arange(1.0, 6.0).double(), rtol=0, atol=0.03)


def test_what_never_changes_and_what_is_shifted_or_scaled():
    x = autoregressive(0.6, 50)
    torch.testing.assert_close(autocorrelation(3 - 7 * x, 4), autocorrelation(x, 4))
    assert not autocorrelation(torch.full((4, 6, 2), 3.3), 4).any()


def test_the_files_have_the_units_of_the_data(tmp_path):
    x = torch.tensor([[[-1.0, 0.0], [1.0, 0.5]], [[0.0, -1.0], [0.5, 1.0]]])
    [file] = KIND.save(x, tmp_path / "some.csv")
    lines = file.read_text().splitlines()
    assert lines[0] == 'window,step,"rain, mm",wind'
    assert lines[1:] == ["0,0,0.0,0", "0,1,20.0,2", "1,0,10.0,-4", "1,1,15.0,4"]
    assert torch.equal(KIND.load(file), x)
    assert KIND.array(x).tolist() == [[[0.0, 0.0], [20.0, 2.0]], [[10.0, -4.0], [15.0, 4.0]]]


@pytest.mark.parametrize(
    "text", ["", "window,step,a\n", "window,step,a\n0,0,1\n0,1,1\n1,0,1\n", "step,window,a\n0,0,1\n"]
)
def test_what_is_no_table_of_windows(tmp_path, text):
    file = tmp_path / "some.csv"
    file.write_text(text)
    with pytest.raises(ValueError, match="is no table of whole windows"):
        Series((Number("a", 0.0, 1.0),)).load(file)


def test_the_summary_of_others_is_further_from_the_real_ones():
    real, other = (torch.cat([autoregressive(phi, 200)] * 2, 2).float() for phi in (0.8, 0.0))
    near, far = (KIND.summary(KIND.clean(x), real, real) for x in (real, other))
    assert near["autocorrelation: mean difference"] < 0.01 < far["autocorrelation: mean difference"]
    assert near["nearest training window: median distance"] < 0.1
    assert near["wind: Kolmogorov-Smirnov"] < far["wind: Kolmogorov-Smirnov"]


@pytest.mark.parametrize("columns", [(), (Number("a", 0.0, 1.0), Number("a", 0.0, 2.0))])
def test_channels_have_names_of_their_own(columns):
    with pytest.raises(ValueError, match="the channels are"):
        Series(columns)
