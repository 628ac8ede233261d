"""Games that make pictures, a method a file."""

from typing import TYPE_CHECKING

from sparring.machine.lazy import submodules

if TYPE_CHECKING:
    from sparring.games.images import acgan as acgan
    from sparring.games.images import bigan as bigan
    from sparring.games.images import catgan as catgan
    from sparring.games.images import cgan as cgan
    from sparring.games.images import infogan as infogan
    from sparring.games.images import recognition as recognition
    from sparring.games.images import semi as semi
else:
    __getattr__, __dir__ = submodules(__name__)
