import pytest
import torch

from sparring import MLP


def test_layers_by_hand():
    network = MLP(2, 3, 1, logits=True)
    x = torch.tensor([[1.0, -2.0], [0.5, 0.0]])
    _, first, _, second, _ = network.layers
    hidden = (x @ first.weight.T + first.bias).clamp(min=0)
    torch.testing.assert_close(network(x), (hidden @ second.weight.T + second.bias)[:, 0])


@pytest.mark.parametrize(("sizes", "logits"), [((3,), False), ((3, 0), False), ((3, 2), True)])
def test_wrong_sizes(sizes, logits):
    with pytest.raises(ValueError, match="expected two or more"):
        MLP(*sizes, logits=logits)
