"""Games: one method a file."""

from typing import TYPE_CHECKING

from sparring.machine.lazy import submodules

if TYPE_CHECKING:
    from sparring.games import gan as gan
    from sparring.games import images as images
    from sparring.games import replay as replay
    from sparring.games import tables as tables
    from sparring.games import text as text
    from sparring.games import theory as theory
    from sparring.games import together as together
else:
    __getattr__, __dir__ = submodules(__name__)
