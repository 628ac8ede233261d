from importlib import resources, util

import numpy as np
import pytest
import torch
from PIL import Image
from torch.nn.functional import conv2d

from sparring import Key
from sparring.metrics.extractors import efficientnet_lite0
from sparring.metrics.resizing import resized
from sparring.networks.efficientnet_lite import STAGES, EfficientNetLite


def convolved(state, convolution, norm, x, *, stride=1, relu=True):
    """Batch norm folded into a convolution, padded by hand so that output i is centred as TensorFlow centres it."""
    weight = state[f"{convolution}.weight"]
    scale = state[f"{norm}.weight"] / (state[f"{norm}.running_var"] + 1e-3).sqrt()
    shift = state[f"{norm}.bias"] - scale * state[f"{norm}.running_mean"]
    kernel, groups = weight.shape[-1], x.shape[1] // weight.shape[1]
    pads = [max((-(-side // stride) - 1) * stride + kernel - side, 0) for side in x.shape[2:]]
    room = torch.zeros(*x.shape[:2], *(side + more for side, more in zip(x.shape[2:], pads, strict=True))).double()
    top, left = (more // 2 for more in pads)
    room[:, :, top : top + x.shape[2], left : left + x.shape[3]] = x
    y = conv2d(room, scale[:, None, None, None] * weight, shift, stride, groups=groups)
    return y.clip(0, 6) if relu else y


def by_hand(state, x):
    """The 320 and 1,280 features and the logits from the state dictionary alone, in double precision."""
    state = {name: value.double() for name, value in state.items()}
    y = convolved(state, "_conv_stem", "_bn0", ((x.double() + 1) * 127.5 - 127) / 128, stride=2)
    strides = [stride if place == 0 else 1 for _, stride, _, _, count in STAGES for place in range(count)]
    for place, stride in enumerate(strides):
        block, before = f"_blocks.{place}", y
        if f"{block}._expand_conv.weight" in state:
            y = convolved(state, f"{block}._expand_conv", f"{block}._bn0", y)
        y = convolved(state, f"{block}._depthwise_conv", f"{block}._bn1", y, stride=stride)
        y = convolved(state, f"{block}._project_conv", f"{block}._bn2", y, relu=False)
        y = y + before if y.shape == before.shape else y
    wide = convolved(state, "_conv_head", "_bn1", y).mean((2, 3))
    return y.mean((2, 3)), wide, wide @ state["_fc.weight"].T + state["_fc.bias"]


@pytest.fixture(scope="module")
def lite0():
    return efficientnet_lite0()


@pytest.mark.parametrize("shape", [(224, 224), (65, 96), (33, 47)])
def test_against_a_second_implementation(lite0, shape):
    x = 2 * Key(0).uniform("x", (2, 3, *shape)) - 1
    narrow, wide, logits = by_hand(lite0.state_dict(), x)
    for found, expected in ((lite0.narrow(x), narrow), (lite0.features(x), wide), (lite0(x), logits)):
        assert ((found - expected).abs().max() / expected.abs().max()).item() < 1e-5
    double = EfficientNetLite()
    double.load_state_dict(lite0.state_dict())
    torch.testing.assert_close(double.double().eval()(x.double()), logits, rtol=1e-10, atol=1e-10)


def test_size(lite0):
    """4.7 million parameters, as its authors' table says."""
    assert round(sum(p.numel() for p in lite0.parameters()) / 1e6, 1) == 4.7


@pytest.mark.skipif(util.find_spec("skimage") is None, reason="needs the photographs of scikit-image")
@pytest.mark.parametrize(
    ("name", "classes"),
    [("chelsea.png", {281, 282, 285}), ("coffee.png", {967}), ("motorcycle_left.png", {665, 670})],
)
def test_photographs_are_recognised(lite0, name, classes):
    """A cat, an espresso, and a moped or scooter, by ImageNet's numbers: what is done before the network is right."""
    file = resources.files("skimage.data").joinpath(name)
    if not file.is_file():
        pytest.skip("this version of scikit-image does not ship it")
    with file.open("rb") as stream:
        x = torch.from_numpy(np.array(Image.open(stream).convert("RGB"))).permute(2, 0, 1)[None] / 127.5 - 1
    chances = lite0(resized(x, 224)).softmax(1)[0]
    assert int(chances.argmax()) in classes
    assert chances[list(classes)].sum() > 0.75
