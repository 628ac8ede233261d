"""Weights as others publish them: where the files are, what they hash to, and how they come into our networks."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from math import isqrt
from pathlib import Path
from typing import TypeVar

import torch
from torch import Tensor, nn

from sparring.metrics import foreign

__all__ = ["FILES", "File", "filled", "image_tower", "measures", "read"]

M = TypeVar("M", bound=nn.Module)


@dataclass(frozen=True)
class File:
    """A file of weights, as its authors publish it.

    Attributes:
        url: Where it is.
        megabytes: How large it is.
        sha256: Of its bytes.
    """

    url: str
    megabytes: int
    sha256: str


FID = "https://github.com/mseitzer/pytorch-fid/releases/download/fid_weights/pt_inception-2015-12-05-6726825d.pth"
META = "https://dl.fbaipublicfiles.com/dinov2/dinov2_vit{0}14/dinov2_vit{0}14_pretrain.pth"
LARGE = "https://huggingface.co/openai/clip-vit-large-patch14/resolve/main/model.safetensors"
BASE = "https://huggingface.co/openai/clip-vit-base-patch32/resolve/main/pytorch_model.bin"
FILES: Mapping[str, tuple[File, ...]] = {
    "inception": (File(FID, 96, "6726825d0af5f729cebd5821db510b11b1cfad8faad88a03f1befd49fb9129b2"),),
    "dinov2": (
        File(META.format("l"), 1218, "d5383ea8f4877b2472eb973e0fd72d557c7da5d3611bd527ceeb1d7162cbf428"),
        File(META.format("b"), 346, "0b8b82f85de91b424aded121c7e1dcc2b7bc6d0adeea651bf73a13307fad8c73"),
        File(META.format("s"), 88, "b938bf1bc15cd2ec0feacfe3a1bb553fe8ea9ca46a7e1d8d00217f29aef60cd9"),
    ),
    "clip": (
        File(LARGE, 1711, "a2bf730a0c7debf160f7a6b50b3aaf3703e7e88ac73de7a314903141db026dcb"),
        File(BASE, 605, "a63082132ba4f97a80bea76823f544493bffa8082296d62d71581a4feff1576f"),
    ),
}
"""What each kind of network has, the usual one first. Hashes are not the authors' but what many who use them record."""

NAMES = {
    "vision_model.embeddings.class_embedding": "cls_token",
    "vision_model.embeddings.position_embedding.weight": "pos_embed",
    "vision_model.embeddings.patch_embedding.": "patch_embed.proj.",
    "vision_model.pre_layrnorm.": "norm_pre.",
    "vision_model.encoder.layers.": "blocks.",
    ".self_attn.out_proj.": ".attn.proj.",
    ".self_attn.": ".attn.",
    ".layer_norm": ".norm",
    "vision_model.post_layernorm.": "norm.",
    "visual_projection.": "head.",
}
"""Parts of names in Hugging Face's files of CLIP, and in `sparring.networks.vit`."""


def read(kind: str, path: Path, sha256: str | None) -> tuple[dict[str, Tensor], str]:
    """The tensors in a file, by name, and its hash.

    Args:
        kind: One of `FILES`.
        path: The file.
        sha256: Its hash, whole or from 8 digits on; without it, it must be one of the published files.

    Raises:
        ValueError: It is another file, or holds more than tensors.
        OSError: It cannot be read.
    """
    found, files = foreign.digest(path), FILES[kind]
    if sha256 is None and found not in {file.sha256 for file in files}:
        names = ", ".join(f"{file.url.rsplit('/', 1)[1]} ({file.sha256[:8]}...)" for file in files)
        raise ValueError(
            f"{str(path)!r} has SHA-256 {found}; expected that of {names}. Download it again from {files[0].url}. "
            "Or, for a file that you trust, give its hash: --network-sha256 HEX"
        )
    return foreign.read_weights(path, sha256 or found), found


def filled(make: Callable[[], M], state: Mapping[str, Tensor], path: Path) -> M:
    """A network with just these weights in float32, in evaluation mode, frozen.

    Args:
        make: Makes the network.
        state: Its weights; they become the network's own.
        path: Where they come from, for the message.

    Raises:
        ValueError: There are others, fewer, or of other shapes.
    """
    with torch.device("meta"):  # takes no memory, and no time for numbers that are replaced
        network = make()
    try:
        network.load_state_dict(state, strict=True, assign=True)
    except RuntimeError as error:
        reason = " ".join(str(error).split())[:200]
        raise ValueError(f"the weights in {str(path)!r} are those of another network: {reason}") from error
    return network.float().eval().requires_grad_(False)


def measures(state: Mapping[str, Tensor], path: Path) -> tuple[int, int, int, int]:
    """Width, depth, patch and grid of the vision transformer that has these weights.

    Raises:
        ValueError: They are no vision transformer's.
    """
    for name, ndim in (("pos_embed", 3), ("patch_embed.proj.weight", 4)):
        if name not in state or state[name].ndim != ndim:
            raise ValueError(
                f"{str(path)!r} holds no weights of a vision transformer: it has no {name!r} of {ndim} axes"
            )
    positions, patches = state["pos_embed"], state["patch_embed.proj.weight"]
    depth = sum(name.endswith(".norm1.weight") for name in state)
    return positions.shape[2], depth, patches.shape[3], isqrt(positions.shape[1] - 1)


def image_tower(state: Mapping[str, Tensor], path: Path) -> dict[str, Tensor]:
    """What is the image tower's of Hugging Face's weights of CLIP, with the names of `sparring.networks.vit`.

    The rest is left out: the text tower, the temperature, and the numbers of positions, 0, 1, 2 ..., in older files.

    Raises:
        ValueError: They are not CLIP's.
    """
    tower = {
        _renamed(name): value
        for name, value in state.items()
        if name.startswith(("vision_model.", "visual_projection.")) and not name.endswith(".position_ids")
    }
    try:
        for name in [name for name in tower if ".q_proj." in name]:
            parts = [tower.pop(name.replace("q_proj", f"{part}_proj")) for part in "qkv"]
            tower[name.replace("q_proj", "qkv")] = torch.cat(parts)
        tower["cls_token"] = tower["cls_token"].reshape(1, 1, -1)
        tower["pos_embed"] = tower["pos_embed"].unsqueeze(0)
    except KeyError as error:
        raise ValueError(f"{str(path)!r} holds no weights of CLIP by Hugging Face: {error} is missing") from error
    return tower


def _renamed(name: str) -> str:
    for theirs, ours in NAMES.items():
        name = name.replace(theirs, ours)
    return name
