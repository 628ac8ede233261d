"""A round: the only door through which a cost gets data, chance, and what other ranks have."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, nullcontext
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any, Protocol, TypeVar, cast

import torch
from torch import Tensor, nn

from sparring.chance import Draws
from sparring.ranks import ALONE, Ranks

__all__ = ["PLAYING", "Actions", "Batch", "Round"]

T = TypeVar("T")
Actions = dict[object, Callable[[], None]]

PLAYING: ContextVar[Round | None] = ContextVar("the round of the cost that is being evaluated", default=None)


@dataclass(frozen=True)
class Batch:
    """What a stream yields: examples `x` [B, ...] and, where there are any, labels or partners `y` [B, ...].

    Pictures [B, C, H, W] may be uint8 in 0..255; a round hands them to the players as floats in [-1, 1].
    """

    x: Tensor
    y: Tensor | None = None


class Table(Protocol):
    """What a round asks of a game: where the parameters of its modules are."""

    training: bool

    def places(self, modules: tuple[nn.Module, ...] = ()) -> list[tuple[dict[str, Any], str]]:
        """A dictionary of parameters and a name in it, for each parameter of the modules, or of all."""
        ...


@dataclass(frozen=True)
class Shared:
    """A value that was computed for all players.

    Attributes:
        value: The value.
        parameters: On which it depends; held, so that their ids are not used again.
        state: As they were.
    """

    value: Any
    parameters: Sequence[Tensor]
    state: object


class Round:
    """The data and the chance of one turn. Evaluating a cost twice in the same round gives the same value.

    A round of play has one or more of these: `Simultaneous` takes one for all players, `Alternating` a new one for each
    step unless it is told to share.

    Attributes:
        chance: Latents and their like, by name: `round.chance.normal("latent", 64)` is [B, 64].
        number: How many rounds of its phase the trainer has finished.
        progress: The share of the phase's rounds that is finished, 0 to 1; weights may be functions of it.
        ranks: The processes that play together.
        micro: In how many parts a gradient is computed, one after the other.
    """

    def __init__(
        self,
        draw: Callable[[str], Batch],
        chance: Draws,
        *,
        number: int = 0,
        progress: float = 0.0,
        ranks: Ranks = ALONE,
        micro: int = 1,
        fast: torch.dtype | None = None,
        later: Actions | None = None,
    ) -> None:
        self.chance, self.number, self.progress, self.ranks, self.micro = chance, number, progress, ranks, micro
        self._draw, self._fast, self._split = draw, fast, False
        self._whole: dict[str, Batch] = {}
        self._drawn: dict[str, Batch] = {}
        self._shared: dict[str, Shared] = {}
        self._later: Actions = {} if later is None else later
        self._game: Table | None = None

    def stream(self, name: str) -> Batch:
        """The batch of the stream `name`, drawn when it is first asked for, on the game's device."""
        if name not in self._drawn:
            if name not in self._whole:
                self._whole[name] = self._draw_whole(name)
            whole = self._whole[name]
            self._drawn[name] = Batch(self._mine(name, whole.x), None if whole.y is None else self._mine(name, whole.y))
        return self._drawn[name]

    def labels(self, name: str) -> Tensor:
        """The labels [B, ...] of the batch of the stream `name`.

        Raises:
            ValueError: It has none.
        """
        y = self.stream(name).y
        if y is None:
            raise ValueError(f"the stream {name!r} has no labels; expected a source with y [N], such as classes 0..K-1")
        return y

    def _draw_whole(self, name: str) -> Batch:
        """The batch of all ranks; a source that evaluates a player does so as if it were alone."""
        shared = self.chance.share[1] > 1
        alone = self._like(self.chance.part((0, 1))) if shared else self
        token = PLAYING.set(alone)
        try:
            with torch.no_grad():
                return alone.chance.seeding(f"stream {name}", lambda: self._draw(name))
        finally:
            PLAYING.reset(token)

    def _mine(self, name: str, value: Tensor) -> Tensor:
        """This part's rows, placed."""
        index, count = self.chance.share
        if len(value) % count:
            raise ValueError(f"the stream {name!r} gave {len(value)} rows; expected a multiple of {count}, the parts")
        return self.place(value if count == 1 else value.chunk(count)[index])

    def place(self, value: Tensor) -> Tensor:
        """`value` on the game's device: floats in its precision, bytes as pictures in [-1, 1] or else as int64."""
        value = value if value.device == self.chance.device else value.to(self.chance.device, non_blocking=True)
        if value.dtype == self.chance.dtype:
            return value
        if value.dtype == torch.uint8:
            return value.to(self.chance.dtype).div_(127.5).sub_(1.0) if value.ndim >= 3 else value.long()
        return value.to(self.chance.dtype) if value.is_floating_point() else value

    def autocast(self) -> AbstractContextManager[object]:
        """A context in which matrix products have the precision `fast`, if there is one."""
        return torch.autocast(self.chance.device.type, self._fast) if self._fast else nullcontext()

    def gather(self, x: Tensor) -> Tensor:
        """The rows [B, ...] of every rank, [ranks B, ...], for what looks across examples; differentiable.

        Raises:
            ValueError: The gradient is computed in parts, which cannot look at each other's examples.
        """
        self._refuse_parts()
        return self.ranks.gather(x)

    def _refuse_parts(self) -> None:
        if self._split:
            raise ValueError(
                "this cost looks across examples (batch norm, feature matching and the like). Its gradient is not the "
                "mean over parts of a batch: play it with micro=1"
            )

    def once(self, name: str, compute: Callable[[], T], of: Sequence[nn.Module] = ()) -> T:
        """The value of `compute()`, shared by all players of the game.

        It is kept while the parameters it depends on have not moved. `gradient` uses up the graph behind it, and makes
        the round forget it; your own `backward` does not. Writes through `p.data` are not seen.

        Args:
            name: A name of the value, the same for all players.
            compute: A function of data, chance and the parameters of `of`.
            of: Every module whose parameters it reads. Leave it out if unsure: the whole game. A missing one gives old
                values without an error; `check_game` finds it.
        """
        parameters, state = self._look(tuple(of))
        shared = self._shared.get(name)
        if shared is None or shared.state != state:
            shared = self._shared[name] = Shared(self.chance.within(name, compute), parameters, state)
        return cast("T", shared.value)

    def _look(self, modules: tuple[nn.Module, ...]) -> tuple[list[Tensor], object]:
        """The present parameters of these modules, and what they are like."""
        game = self._game
        if game is None:
            raise RuntimeError("a cost that shares values was called by itself: call game(player, round)")
        parameters = [held[name] for held, name in game.places(modules)]
        state = [(id(p), p._version, p.requires_grad) for p in parameters]  # noqa: SLF001
        return parameters, (state, game.training, torch.is_grad_enabled())

    def enter(self, game: Table) -> None:
        """Remembers whose cost is evaluated; `Game.forward` calls it."""
        self._game = game

    def forget(self, used: Sequence[Tensor]) -> None:
        """Forgets what depends on the parameters `used`: the graphs that lead to them have been used up."""
        ids = set(map(id, used))
        for name in [name for name, shared in self._shared.items() if not ids.isdisjoint(map(id, shared.parameters))]:
            del self._shared[name]

    def parts(self, micro: int) -> Iterator[Round]:
        """This round in `micro` parts, one after the other, each with its share of the data and the chance."""
        index, count = self.chance.share
        yield from (self,) if micro == 1 else (self._part((index * micro + i, count * micro)) for i in range(micro))

    def _part(self, share: tuple[int, int]) -> Round:
        part = self._like(self.chance.part(share), ranks=self.ranks, fast=self._fast)
        part._split, part._whole, part._later = True, self._whole, self._later  # noqa: SLF001
        return part

    def _like(self, chance: Draws, **others: Any) -> Round:
        """A round of the same number."""
        return Round(self._draw, chance, number=self.number, progress=self.progress, **others)

    def again(self) -> Round:
        """The same data and chance, with nothing shared yet."""
        again = self._part(self.chance.share)
        again._split, again.micro = self._split, self.micro  # noqa: SLF001
        return again

    def later(self, owner: object, action: Callable[[], None]) -> None:
        """Runs `action`, without gradients, after everybody has moved: so a penalty moves its buffers.

        Args:
            owner: Whose action it is, such as the penalty itself; the last one of an owner counts.
            action: What to run. Detach what it holds.

        Raises:
            ValueError: The gradient is computed in parts, which each see another batch.
        """
        self._refuse_parts()
        self.afterwards(owner, action)

    def afterwards(self, owner: object, action: Callable[[], None]) -> None:
        """As `later`, for an action that is the same whatever the batch is: each part of one may ask for it."""
        self._later[owner] = action
