"""Games small enough for closed forms."""

from typing import TYPE_CHECKING

from sparring.machine.lazy import submodules

if TYPE_CHECKING:
    from sparring.games.theory import avb as avb
    from sparring.games.theory import dirac as dirac
    from sparring.games.theory import finite as finite
    from sparring.games.theory import gaussian as gaussian
    from sparring.games.theory import quadratic as quadratic
    from sparring.games.theory import tabular as tabular
    from sparring.games.theory import xy as xy
else:
    __getattr__, __dir__ = submodules(__name__)
