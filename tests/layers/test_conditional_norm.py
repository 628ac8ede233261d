import torch

from sparring import Key
from sparring.layers.conditional_norm import ConditionalBatchNorm2d


def test_it_begins_as_batch_norm_and_classes_differ_by_gain_and_bias():
    norm, x = ConditionalBatchNorm2d(2, 3).double(), Key(0).normal("x", (6, 2, 4, 5)).double() * 3 + 1
    plain, y = torch.nn.BatchNorm2d(2).double(), torch.tensor([0, 1, 2, 0, 1, 2])
    expected = plain(x)
    torch.testing.assert_close(norm(x, y), expected)
    with torch.no_grad():
        norm.gain.weight[1], norm.bias.weight[2] = 5, torch.tensor([1.0, -1.0])
    expected = torch.stack([expected[0], 5 * expected[1], expected[2] + torch.tensor([1, -1])[:, None, None]])
    torch.testing.assert_close(norm(x, y)[:3], expected)
    torch.testing.assert_close(norm.norm.running_mean, plain.running_mean * 1.9)
