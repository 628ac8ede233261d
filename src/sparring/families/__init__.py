"""Games of one player: the other leaves of the tutorial's taxonomy."""

from typing import TYPE_CHECKING

from sparring.machine.lazy import submodules

if TYPE_CHECKING:
    from sparring.families import autoregression as autoregression
    from sparring.families import classifier as classifier
    from sparring.families import virtual_adversarial as virtual_adversarial
else:
    __getattr__, __dir__ = submodules(__name__)
