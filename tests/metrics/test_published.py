import hashlib
import re

import numpy as np
import pytest
import torch
from PIL import Image
from safetensors.torch import save_file
from torch import nn
from torchmetrics.image.fid import FrechetInceptionDistance

from sparring import Key
from sparring.kinds.drawing import from_bytes
from sparring.metrics import published, states
from sparring.metrics.extractors import extract
from sparring.metrics.frechet import frechet_distance
from sparring.metrics.published import clip, dinov2, inception, open_published
from sparring.networks import vit
from sparring.networks.inception import InceptionV3, prepared


def randomised(network, seed=0):
    for name, p in network.named_parameters():
        scale = (p[0].numel() / 2) ** -0.5 if p.ndim in (2, 4) else 0.2
        p.data.copy_(scale * Key(seed).normal(name, tuple(p.shape)) + float("norm" in name or "bn.weight" in name))
    return network.eval().requires_grad_(False)


def digest(path):
    return hashlib.sha256(path.read_bytes()).hexdigest()


def saved(state, path):
    if path.suffix == ".safetensors":
        save_file({name: value.contiguous() for name, value in state.items()}, path)
    else:
        torch.save(state, path)
    return path


def bytes_of(n, side, channels=3, seed=0):
    return Key(seed).integers("pictures", (n, channels, side, side), 256).byte()


THEIRS = {
    "cls_token": "embeddings.class_embedding",
    "pos_embed": "embeddings.position_embedding.weight",
    "patch_embed.proj.weight": "embeddings.patch_embedding.weight",
    "norm_pre": "pre_layrnorm",
    "norm": "post_layernorm",
}
INSIDE = {"norm1": "layer_norm1", "norm2": "layer_norm2", "attn.proj": "self_attn.out_proj"}


def as_hugging_face(state):
    """Weights of the image tower with the names that CLIP's files have, after transformers' modules."""
    result = {}
    for name, value in state.items():
        stem, _, kind = name.rpartition(".")
        if name == "head.weight":
            result["visual_projection.weight"] = value
        elif not name.startswith("blocks."):
            theirs = THEIRS.get(name) or f"{THEIRS[stem]}.{kind}"
            result[f"vision_model.{theirs}"] = value.squeeze() if value.ndim == 3 else value
        else:
            _, i, inside = stem.split(".", 2)
            layer = f"vision_model.encoder.layers.{i}"
            pieces = value.chunk(3) if inside == "attn.qkv" else ()
            result |= {f"{layer}.self_attn.{p}_proj.{kind}": x for p, x in zip("qkv", pieces, strict=False)}
            if not pieces:
                result[f"{layer}.{INSIDE.get(inside, inside)}.{kind}"] = value
    return result


def text_tower():
    """What else is in such a file."""
    names = ("text_model.final_layer_norm.weight", "text_projection.weight", "logit_scale")
    places = {"vision_model.embeddings.position_ids": torch.arange(257)[None]}
    return {name: torch.ones(2, 2) for name in names} | places


def test_inception(tmp_path):
    """Older files do not count batches; either loads."""
    network = randomised(InceptionV3())
    state = {name: value for name, value in network.state_dict().items() if "num_batches" not in name}
    path = saved(state, tmp_path / "weights.pth")
    extractor, pictures = inception(path, digest(path)[:8]), bytes_of(2, 20)
    features = extractor(from_bytes(pictures))
    assert torch.equal(features, network.features(prepared(pictures)))
    assert features.shape == (2, 2048)
    assert extractor.identity.name == "Inception-2015"
    assert extractor.identity.weights == digest(path)
    assert "TensorFlow 1" in extractor.identity.resize
    for name, change in (("Missing", lambda s: s.pop("fc.bias")), ("Unexpected", lambda s: s.update(x=torch.ones(1)))):
        other = dict(state)
        change(other)
        saved(other, path)
        with pytest.raises(ValueError, match=rf"weights.pth' are those of another network: .*{name}.*") as refused:
            inception(path, digest(path))
        assert "\n" not in str(refused.value)


@pytest.fixture(scope="module")
def dino(tmp_path_factory):
    """A small network's file, and the network."""
    network = randomised(vit.dinov2(64, 2, grid=17))
    path = tmp_path_factory.mktemp("dino") / "weights.pth"
    return saved(network.state_dict() | {"mask_token": torch.zeros(1, 64)}, path), network


@pytest.fixture(scope="module")
def tower(tmp_path_factory):
    network = randomised(vit.clip(64, 2, 14, 16, 5))
    path = tmp_path_factory.mktemp("clip") / "model.safetensors"
    return saved(as_hugging_face(network.state_dict()) | text_tower(), path), network


@pytest.mark.parametrize(
    ("kind", "mean", "std"),
    [
        ("dinov2", [0.485, 0.456, 0.406], [0.229, 0.224, 0.225]),
        ("clip", [0.48145466, 0.4578275, 0.40821073], [0.26862954, 0.26130258, 0.27577711]),
    ],
)
def test_transformers(kind, mean, std, dino, tower):
    path, network = {"dinov2": dino, "clip": tower}[kind]
    extractor, pictures = open_published(kind, path, digest(path)), bytes_of(3, 224)
    x = np.float32(pictures.permute(0, 2, 3, 1).numpy() / 255 - mean) / np.float32(std)
    expected = network(torch.from_numpy(x).permute(0, 3, 1, 2))
    torch.testing.assert_close(extractor(from_bytes(pictures)), expected, rtol=1e-4, atol=1e-4)
    assert expected.std(dim=0).min() > 0.01
    assert extractor.identity.weights == digest(path)
    assert extractor.identity.name == {"dinov2": "DINOv2 ViT-64/14", "clip": "CLIP ViT-64/14"}[kind]


def test_names_follow_from_the_shapes(tmp_path):
    for kind, network, name in (
        ("dinov2", vit.dinov2(384, 1, grid=4), "DINOv2 ViT-S/14"),
        ("clip", vit.clip(768, 1, 32, 7, 512), "CLIP ViT-B/32"),
        ("clip", vit.clip(1024, 1, 14, 24, 768), "CLIP ViT-L/14@336"),
    ):
        state = network.state_dict() if kind == "dinov2" else as_hugging_face(network.state_dict())
        path = saved(state, tmp_path / "weights.bin")
        assert open_published(kind, path, digest(path)).identity.name == name


@pytest.mark.parametrize(("height", "width"), [(28, 28), (20, 31), (224, 50), (224, 224), (260, 300), (400, 400)])
def test_bytes_are_resized_as_by_pillow(height, width):
    """Not taller than wide: there new versions of Pillow begin with the height."""
    pictures = Key(0).integers("pictures", (2, 3, height, width), 256).byte()
    pictures[1] = 255 * (pictures[1] > 127)
    ours = published._squared(pictures, 224).permute(0, 2, 3, 1)
    images = [Image.fromarray(picture.permute(1, 2, 0).numpy()) for picture in pictures]
    theirs = np.stack([image.resize((224, 224), Image.Resampling.BICUBIC) for image in images])
    away = (ours - torch.from_numpy(theirs)).abs()
    assert away.max() <= 2
    assert (away > 0).double().mean() < 0.001


def test_grey_is_three_equal_channels_and_pictures_do_not_mix(dino):
    path, _ = dino
    extractor = dinov2(path, digest(path))
    grey = from_bytes(bytes_of(35, 9, channels=1))
    whole = extractor(grey)
    torch.testing.assert_close(extractor(grey.expand(-1, 3, -1, -1)), whole)
    torch.testing.assert_close(extractor(grey[33:]), whole[33:], rtol=1e-4, atol=1e-5)
    torch.testing.assert_close(extract(extractor, grey.flip(0)), whole.flip(0), rtol=1e-4, atol=1e-5)


def test_pictures_are_rounded_to_bytes(dino):
    path, _ = dino
    extractor, pictures = dinov2(path, digest(path)), from_bytes(bytes_of(2, 12))
    assert torch.equal(extractor((pictures + 0.4 / 127.5).clamp(-1, 1)), extractor(pictures))


@pytest.mark.parametrize(
    ("x", "message"),
    [
        (
            torch.zeros(2, 4, 8, 8),
            r"\[2, 4, 8, 8\]; expected \[n, 1, H, W\] or \[n, 3, H, W\]: put pictures with alpha",
        ),
        (torch.zeros(0, 3, 8, 8), r"\[0, 3, 8, 8\]"),
        (torch.zeros(5, 2), r"\[5, 2\]; expected"),
        (torch.full((2, 3, 8, 8), torch.nan), "reach from nan to nan; expected -1 to 1"),
        (torch.full((2, 3, 8, 8), 2.0), "reach from 2 to 2; expected -1 to 1"),
    ],
)
def test_what_is_no_picture_is_refused(x, message, dino):
    path, _ = dino
    with pytest.raises(ValueError, match=message):
        dinov2(path, digest(path))(x)


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("resnet", "no published features are called 'resnet'; expected one of inception, dinov2, clip"),
        ("inception", r"download https://github.com/mseitzer/.*6726825d.pth \(96 MB\) and give its path"),
        ("dinov2", r"download https://dl.fbaipublicfiles.com/dinov2/.*vitl14_pretrain.pth \(1218 MB\)"),
        ("clip", r"download https://huggingface.co/openai/clip-vit-large-patch14/.*model.safetensors \(1711 MB\)"),
    ],
)
def test_no_such_name_or_no_file(name, message):
    with pytest.raises(ValueError, match=message):
        open_published(name, None)


def test_an_unknown_file_is_not_read_unless_its_hash_is_stated(dino, monkeypatch):
    path, _ = dino
    found = digest(path)
    message = f"has SHA-256 {found}; expected that of dinov2_vitl14_pretrain.pth (d5383ea8...), dinov2_vitb14"
    with pytest.raises(ValueError, match=re.escape(message)):
        dinov2(path)
    with pytest.raises(ValueError, match="expected 0123456789"):
        dinov2(path, "0123456789")
    monkeypatch.setitem(states.FILES, "dinov2", (states.File("https://host/weights.pth", 1, found),))
    assert dinov2(path).identity.weights == found
    with pytest.raises(ValueError, match=r"has SHA-256 .*expected that of pt_inception"):
        inception(path)


def test_weights_of_another_network(dino, tower, tmp_path):
    for opener, (path, _), message in (
        (inception, dino, "those of another network: .*InceptionV3"),
        (clip, dino, "holds no weights of CLIP by Hugging Face: 'cls_token' is missing"),
        (dinov2, tower, "holds no weights of a vision transformer: it has no 'pos_embed' of 3 axes"),
    ):
        with pytest.raises(ValueError, match=message):
            opener(path, digest(path))
    path, network = dino
    state = network.state_dict()
    for change in ({"register_tokens": torch.zeros(1, 4, 64)}, {"pos_embed": state["pos_embed"][:, 2:]}):
        path = saved(state | change, tmp_path / "weights.pth")
        with pytest.raises(ValueError, match="those of another network"):
            dinov2(path, digest(path))


def test_no_such_file(tmp_path):
    with pytest.raises(OSError, match="nowhere"):
        open_published("clip", tmp_path / "nowhere.pth")


def test_known_files_are_well_formed():
    for files in states.FILES.values():
        for file in files:
            assert re.fullmatch("[0-9a-f]{64}", file.sha256)
            assert file.url.startswith("https://")


def test_the_frechet_distance_is_torchmetrics_fid():
    """With our network in it, on 40 pictures, in every 64th feature, without enlarging them, which takes long."""
    network = randomised(InceptionV3())

    class Few(nn.Module):
        def forward(self, pictures):
            return network.features((pictures.float() - 128) / 128)[:, ::64]

    metric = FrechetInceptionDistance(feature=Few(), input_img_size=(3, 75, 75))
    real, generated = bytes_of(40, 75), bytes_of(40, 75, seed=1) // 2
    metric.update(real, real=True)
    metric.update(generated, real=False)
    assert frechet_distance(Few()(real), Few()(generated)) == pytest.approx(metric.compute().item(), rel=1e-5)
