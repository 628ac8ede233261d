"""Our Inception, DINOv2 and CLIP against other people's, on the same random weights and pictures.

Usage: python benchmarks/records/published.py      (some minutes on one core, 3 GB of memory)

Needs transformers and torch-fidelity, best in an environment of their own: `pip install transformers torch-fidelity .`.
Weights are written to a file with the names of published ones and come back through `sparring.metrics.published`, so
reading and names are checked too, and Inception's resizing; that of the others is compared with Pillow's in
tests/metrics/test_published.py. No published weights were used. Results: published.json beside this file, the largest
difference of a feature over the largest feature, and as a control the same to the features of another picture; the
script fails above 1e-4.
"""

from __future__ import annotations

import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from importlib.util import find_spec
from pathlib import Path
from types import ModuleType
from typing import Any
from unittest import mock

import torch
from torch import Tensor, nn
from torch.nn.functional import interpolate

from sparring import Key
from sparring.evaluation.record import Claim, Figure, Record, stamp
from sparring.kinds.drawing import from_bytes
from sparring.metrics import foreign, published
from sparring.networks import vit
from sparring.networks.inception import InceptionV3, prepared

OUT = Path(__file__).with_suffix(".json")
LIMIT = 1e-4
NEEDED = {"transformers": "transformers", "torch_fidelity": "torch-fidelity"}


def randomise(network: nn.Module, key: Key) -> nn.Module:
    """All weights and statistics random, of a size that keeps features near 1."""
    for name, value in network.state_dict().items():
        if not value.is_floating_point():
            continue
        draw = key.normal(name, tuple(value.shape))
        if name.endswith("running_var"):
            draw = 0.5 + draw.square()
        elif value.ndim > 1 and not name.endswith(("position_embedding.weight", "pos_embed", "cls_token")):
            draw = draw / (value[0].numel() / 2) ** 0.5
        elif name.endswith(("weight", "gamma")):
            draw = 1 + 0.1 * draw
        else:
            draw = 0.1 * draw
        value.copy_(draw)
    return network.eval()


def calibrated(network: InceptionV3, pictures: Tensor) -> InceptionV3:
    """With the statistics of these pictures: with random ones, what pictures differ in is lost on the way."""
    for module in network.modules():
        if isinstance(module, nn.BatchNorm2d):
            module.reset_running_stats()
            module.momentum = None  # the mean over all that it sees
    network.train()(prepared(pictures))
    return network.eval()


def bytes_of(key: Key, n: int, height: int, width: int) -> Tensor:
    """Pictures of 3 x 3 coloured areas, each somewhat noisy; of noise alone all have the same features."""
    areas = interpolate(key.uniform("areas", (n, 3, 3, 3)), (height, width), mode="nearest")
    return (areas * 200 + key.uniform("noise", (n, 3, height, width)) * 55).byte()


def difference(ours: Tensor, theirs: Tensor) -> float:
    """The largest difference over the largest feature."""
    assert ours.shape == theirs.shape, (ours.shape, theirs.shape)
    return ((ours - theirs).abs().max() / theirs.abs().max()).item()


def compared(ours: Tensor, theirs: Tensor) -> dict[str, float]:
    """The difference, and as a control that of ours to theirs of another picture."""
    return {"difference": difference(ours, theirs), "of another picture": difference(ours.roll(1, dims=0), theirs)}


def saved(
    state: dict[str, Tensor], folder: Path, opener: Callable[[Path, str], published.Published]
) -> published.Published:
    path = folder / "weights.pth"
    torch.save(state, path)
    return opener(path, foreign.digest(path))


def their_inception() -> type[Any]:
    """torch-fidelity's class; empty modules stand in for torchvision, which it imports for other things alone."""
    names = ("torchvision", "torchvision.datasets", "torchvision.transforms", "torchvision.transforms.functional")
    modules = {name: ModuleType(name) for name in names}
    vars(modules["torchvision.datasets"]).update(CIFAR10=object, CIFAR100=object, STL10=object)
    with mock.patch.dict(sys.modules, modules):
        from torch_fidelity.feature_extractor_inceptionv3 import FeatureExtractorInceptionV3
    return FeatureExtractorInceptionV3


def of_inception(folder: Path) -> dict[str, Any]:
    """Against torch-fidelity's FeatureExtractorInceptionV3, resizing included."""
    network = InceptionV3()
    randomise(network, Key(0))
    calibrated(network, bytes_of(Key(0), 8, 64, 64))
    ours = saved(network.state_dict(), folder, published.inception)
    theirs = their_inception()("random", ["2048"], str(folder / "weights.pth"))
    result = {}
    for height, width in ((28, 28), (32, 48), (299, 299), (360, 300)):
        pictures = bytes_of(Key(height), 4, height, width)
        result[f"{height} x {width}"] = compared(ours(from_bytes(pictures)), theirs(pictures)[0])
    largest = max(found["difference"] for found in result.values())
    other = min(found["of another picture"] for found in result.values())
    return {"difference": largest, "of another picture": other, "by size": result}


def as_transformers(state: dict[str, Tensor]) -> dict[str, Tensor]:
    """DINOv2's weights with the names that transformers has for them."""
    names = {
        "cls_token": "embeddings.cls_token",
        "mask_token": "embeddings.mask_token",
        "pos_embed": "embeddings.position_embeddings",
        "patch_embed.proj.": "embeddings.patch_embeddings.projection.",
        "blocks.": "encoder.layer.",
        ".attn.proj.": ".attention.o_proj.",
        ".ls1.gamma": ".layer_scale1.lambda1",
        ".ls2.gamma": ".layer_scale2.lambda1",
    }
    result = {}
    for name, value in state.items():
        new = "layernorm." + name.removeprefix("norm.") if name.startswith("norm.") else name
        for ours, theirs in names.items():
            new = new.replace(ours, theirs)
        if ".attn.qkv." in new:
            for part, piece in zip("qkv", value.chunk(3), strict=True):
                result[new.replace(".attn.qkv.", f".attention.{part}_proj.")] = piece
        else:
            result[new] = value
    return result


def of_dinov2(folder: Path, width: int, depth: int, side: int) -> dict[str, Any]:
    """Against transformers' Dinov2Model.

    It interpolates positions otherwise than Meta's code, so at 224 it gets ours (tests/networks/test_vit.py has them by
    hand); at 518 both have the file's, and our network alone is compared, as the extractor resizes to 224.
    """
    from transformers import Dinov2Config, Dinov2Model

    state = randomise(vit.dinov2(width, depth), Key(width)).state_dict() | {"mask_token": torch.zeros(1, width)}
    ours = saved(state, folder, published.dinov2)
    network = vit.dinov2(width, depth)
    network.load_state_dict({name: value for name, value in state.items() if name != "mask_token"})
    network.requires_grad_(False)
    state["pos_embed"] = network.positions(side // 14, side // 14)
    sizes = {"hidden_size": width, "num_hidden_layers": depth, "num_attention_heads": width // 64, "image_size": side}
    theirs = Dinov2Model(Dinov2Config(**sizes, patch_size=14, attn_implementation="eager")).eval()
    theirs.load_state_dict(as_transformers(state))
    pictures = bytes_of(Key(side), 2, side, side)
    x = normalised(pictures, published.IMAGENET)
    features = ours(from_bytes(pictures)) if side == 224 else network.eval()(x)
    return {**compared(features, theirs(x).pooler_output), "parameters": count(theirs)}


def of_clip(folder: Path, width: int, depth: int, patch: int, features: int) -> dict[str, Any]:
    """Against transformers' CLIPVisionModelWithProjection."""
    from transformers import CLIPVisionConfig, CLIPVisionModelWithProjection

    sizes = {"hidden_size": width, "intermediate_size": 4 * width, "num_hidden_layers": depth, "image_size": 224}
    heads = {"num_attention_heads": width // 64, "patch_size": patch, "projection_dim": features}
    config = CLIPVisionConfig(**sizes, **heads, attn_implementation="eager")
    theirs = CLIPVisionModelWithProjection(config)
    randomise(theirs, Key(width))
    text = {"text_projection.weight": torch.zeros(2, 2), "logit_scale": torch.zeros(())}
    places = {"vision_model.embeddings.position_ids": torch.arange((224 // patch) ** 2 + 1)[None]}
    ours = saved(theirs.state_dict() | text | places, folder, published.clip)
    pictures = bytes_of(Key(patch), 2, 224, 224)
    expected = theirs(normalised(pictures, published.CLIPS)).image_embeds
    return {**compared(ours(from_bytes(pictures)), expected), "parameters": count(theirs)}


def normalised(pictures: Tensor, moments: tuple[tuple[float, ...], tuple[float, ...]]) -> Tensor:
    mean, std = (torch.tensor(values).reshape(3, 1, 1) for values in moments)
    return (pictures.float() / 255 - mean) / std


def count(network: nn.Module) -> int:
    return sum(p.numel() for p in network.parameters())


def absent() -> str:
    """A message, if packages are."""
    lost = [package for module, package in NEEDED.items() if find_spec(module) is None]
    return f"this check needs {' and '.join(lost)}: pip install {' '.join(lost)}" if lost else ""


CHECKS: dict[str, Callable[[Path], dict[str, Any]]] = {
    "Inception-2015": of_inception,
    "DINOv2 ViT-S/14 at 518": lambda folder: of_dinov2(folder, 384, 12, 518),
    "DINOv2 ViT-S/14": lambda folder: of_dinov2(folder, 384, 12, 224),
    "DINOv2 ViT-B/14": lambda folder: of_dinov2(folder, 768, 12, 224),
    "DINOv2 ViT-L/14": lambda folder: of_dinov2(folder, 1024, 24, 224),
    "CLIP ViT-B/32": lambda folder: of_clip(folder, 768, 12, 32, 512),
    "CLIP ViT-L/14": lambda folder: of_clip(folder, 1024, 24, 14, 768),
}


def of_itself(folder: Path) -> dict[str, Any]:
    """A small DINOv2 read from its file against the one that was written, which needs nobody else's package."""
    network = randomise(vit.dinov2(64, 1), Key(0))
    ours = saved(network.state_dict() | {"mask_token": torch.zeros(1, 64)}, folder, published.dinov2)
    pictures = bytes_of(Key(224), 2, 224, 224)
    theirs = network(normalised(pictures, published.IMAGENET))
    return {**compared(ours(from_bytes(pictures)), theirs), "parameters": count(network)}


def made(results: Mapping[str, Mapping[str, Any]], **about: Any) -> Record:
    """The record of these differences."""
    what = f"largest difference of a feature over the largest feature, {len(results)} networks"
    largest = max(result["difference"] for result in results.values())
    other = min(result["of another picture"] for result in results.values())
    return Record(
        command="python benchmarks/records/published.py",
        seeds=(0,),
        ours=(Figure(what=what, value=largest),),
        controls=(Figure(what="the same to their features of another picture, smallest", value=other),),
        claims=(
            Claim(words="Ours compute what theirs do.", left=largest, relation="<=", right=LIMIT),
            Claim(words="Features tell pictures apart.", left=largest, relation="<", right=other / 100),
        ),
        missing={
            "interval": "the largest of all differences",
            "published": "the comparison is with the other packages themselves",
        },
        details={"results": results},
        **about,
    )


@torch.no_grad()
def run(quick: bool = False) -> Record:
    """All networks; quickly a small one against itself."""
    start, packages = time.perf_counter(), () if quick else tuple(NEEDED.values())
    if not quick and (text := absent()):
        sys.exit(text)
    results = {}
    for name, check in ({"DINOv2, small": of_itself} if quick else CHECKS).items():
        with tempfile.TemporaryDirectory() as folder:
            results[name] = check(Path(folder))
        print(f"{name}: {results[name]['difference']:.1e}", flush=True)
    return made(results, **stamp(time.perf_counter() - start, *packages))


def main() -> None:
    record = run()
    record.write(OUT)
    sys.exit(0 if record.holds else f"some differ by more than {LIMIT}: see {OUT.name}")


if __name__ == "__main__":
    main()
