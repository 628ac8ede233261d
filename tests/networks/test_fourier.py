import torch

from sparring.networks.fourier import Fourier


def test_features_by_hand_and_fixed():
    layer = Fourier(2, 5, lowest=1.0, highest=10.0)
    x = torch.tensor([[0.3, -1.2]])
    phases = x @ layer.frequencies
    torch.testing.assert_close(layer(x), torch.cat([x, phases.sin(), phases.cos()], 1))
    sizes = layer.frequencies.norm(dim=0)
    assert 1 <= sizes.min() < sizes.max() <= 10
    assert torch.equal(layer.frequencies, Fourier(2, 5, 1.0, 10.0).frequencies)
