"""A vision transformer for other people's weights: DINOv2's, and those of the image tower of OpenAI's CLIP.

Dosovitskiy et al. (2020, https://arxiv.org/abs/2010.11929), with what Oquab et al. (2023,
https://arxiv.org/abs/2304.07193) and Radford et al. (2021, https://arxiv.org/abs/2103.00020) add. Names are those of
DINOv2's files (https://github.com/facebookresearch/dinov2), with `norm_pre` and `head` for CLIP.
"""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor, nn
from torch.nn import functional

__all__ = ["ViT", "clip", "dinov2", "tiny"]


class QuickGELU(nn.Module):
    """x sigmoid(1.702 x), which CLIP has in place of the Gaussian error linear unit."""

    def forward(self, x: Tensor) -> Tensor:
        """Any shape."""
        return x * torch.sigmoid(1.702 * x)


class Scale(nn.Module):
    """A learned factor for each channel (Touvron et al. 2021, https://arxiv.org/abs/2103.17239)."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.gamma = nn.Parameter(torch.ones(width))

    def forward(self, x: Tensor) -> Tensor:
        """[n, tokens, width] to the same."""
        return x * self.gamma


class Attention(nn.Module):
    """Each token looks at all, with several heads."""

    def __init__(self, width: int, heads: int) -> None:
        super().__init__()
        self.heads = heads
        self.qkv = nn.Linear(width, 3 * width)
        self.proj = nn.Linear(width, width)

    def forward(self, x: Tensor) -> Tensor:
        """[n, tokens, width] to the same."""
        query, key, value = self.qkv(x).unflatten(2, (3, self.heads, -1)).permute(2, 0, 3, 1, 4)
        y: Tensor = functional.scaled_dot_product_attention(query, key, value)
        z: Tensor = self.proj(y.transpose(1, 2).flatten(2))
        return z


class MLP(nn.Module):
    """Each token alone, through four times as many units."""

    def __init__(self, width: int, activation: nn.Module) -> None:
        super().__init__()
        self.fc1 = nn.Linear(width, 4 * width)
        self.activation = activation
        self.fc2 = nn.Linear(4 * width, width)

    def forward(self, x: Tensor) -> Tensor:
        """[n, tokens, width] to the same."""
        y: Tensor = self.fc2(self.activation(self.fc1(x)))
        return y


class Block(nn.Module):
    """Attention and a perceptron, each after a norm and added to what came in."""

    def __init__(
        self, width: int, heads: int, eps: float, activation: nn.Module, scale: Callable[[int], nn.Module]
    ) -> None:
        super().__init__()
        self.norm1 = nn.LayerNorm(width, eps)
        self.attn = Attention(width, heads)
        self.ls1 = scale(width)
        self.norm2 = nn.LayerNorm(width, eps)
        self.mlp = MLP(width, activation)
        self.ls2 = scale(width)

    def forward(self, x: Tensor) -> Tensor:
        """[n, tokens, width] to the same."""
        x = x + self.ls1(self.attn(self.norm1(x)))
        y: Tensor = x + self.ls2(self.mlp(self.norm2(x)))
        return y


class PatchEmbed(nn.Module):
    """One token for each patch, row by row."""

    def __init__(self, width: int, patch: int, *, bias: bool) -> None:
        super().__init__()
        self.proj = nn.Conv2d(3, width, patch, patch, bias=bias)

    def forward(self, x: Tensor) -> Tensor:
        """[n, 3, H, W] to [n, H W / patch^2, width]."""
        y: Tensor = self.proj(x).flatten(2).transpose(1, 2)
        return y


class ViT(nn.Module):
    """From normalised pictures [n, 3, H, W] to what `head` makes of the class token, [n, features].

    Args:
        width: Size of a token.
        patch: Height and width of a patch, in pixels.
        grid: Patches a side of the pictures that positions were learned for; for others they are interpolated.
        blocks: What the tokens go through.
        eps: Of the last norm.
        patch_bias: The patches' projection has a bias.
        norm_pre: Before the blocks.
        head: After the last norm.
    """

    def __init__(
        self,
        width: int,
        patch: int,
        grid: int,
        blocks: list[Block],
        *,
        eps: float,
        patch_bias: bool,
        norm_pre: nn.Module,
        head: nn.Module,
    ) -> None:
        super().__init__()
        self.patch, self.grid = patch, grid
        self.patch_embed = PatchEmbed(width, patch, bias=patch_bias)
        self.cls_token = nn.Parameter(0.02 * torch.randn(1, 1, width))
        self.pos_embed = nn.Parameter(0.02 * torch.randn(1, 1 + grid * grid, width))
        self.norm_pre = norm_pre
        self.blocks = nn.Sequential(*blocks)
        self.norm = nn.LayerNorm(width, eps)
        self.head = head

    def positions(self, rows: int, columns: int) -> Tensor:
        """Of the class token and of patches, [1, 1 + rows columns, width].

        Interpolated to other grids as DINOv2's code does it, with a tenth of a patch too many: it moves all places a
        little (https://github.com/facebookresearch/dinov2, interpolate_pos_encoding), and the weights are used so.
        """
        if rows == columns == self.grid:
            return self.pos_embed
        square = self.pos_embed[:, 1:].transpose(1, 2).reshape(1, -1, self.grid, self.grid)
        factors = ((rows + 0.1) / self.grid, (columns + 0.1) / self.grid)
        patches = functional.interpolate(square, scale_factor=factors, mode="bicubic").flatten(2).transpose(1, 2)
        return torch.cat([self.pos_embed[:, :1], patches], dim=1)

    def forward(self, x: Tensor) -> Tensor:
        """[n, 3, H, W] to [n, features].

        Raises:
            ValueError: Height or width is no multiple of the patch.
        """
        height, width = x.shape[2:]
        if height % self.patch or width % self.patch:
            raise ValueError(f"got pictures of {height} x {width}; expected multiples of {self.patch}: resize them")
        tokens = torch.cat([self.cls_token.expand(len(x), -1, -1), self.patch_embed(x)], dim=1)
        tokens = tokens + self.positions(height // self.patch, width // self.patch)
        y: Tensor = self.head(self.norm(self.blocks(self.norm_pre(tokens))[:, 0]))
        return y


def dinov2(width: int, depth: int, patch: int = 14, grid: int = 37, heads: int | None = None) -> ViT:
    """DINOv2's: Gaussian error linear units and scaled branches; 64 numbers a head unless told.

    Small, base and large have widths of 384, 768 and 1,024 and depths of 12, 12 and 24.
    """
    blocks = [Block(width, heads or width // 64, 1e-6, nn.GELU(), Scale) for _ in range(depth)]
    return ViT(width, patch, grid, blocks, eps=1e-6, patch_bias=True, norm_pre=nn.Identity(), head=nn.Identity())


def clip(width: int, depth: int, patch: int, grid: int, projection: int, heads: int | None = None) -> ViT:
    """CLIP's image tower: a norm before the blocks and a projection to `projection` features after them.

    ViT-B/32 has a width of 768, a depth of 12, a grid of 7 and 512 features, ViT-L/14 1,024, 24, 16 and 768.
    """
    blocks = [Block(width, heads or width // 64, 1e-5, QuickGELU(), nn.Identity) for _ in range(depth)]
    head = nn.Linear(width, projection, bias=False)
    return ViT(width, patch, grid, blocks, eps=1e-5, patch_bias=False, norm_pre=nn.LayerNorm(width, 1e-5), head=head)


def tiny() -> list[tuple[nn.Module, tuple[int, ...], tuple[int, ...]]]:
    """Small networks of both kinds with the shapes of one input and one output; the first interpolates positions."""
    return [
        (dinov2(16, 2, 4, 5, heads=2), (3, 12, 16), (16,)),
        (clip(16, 2, 4, 3, 6, heads=2), (3, 12, 12), (6,)),
    ]
