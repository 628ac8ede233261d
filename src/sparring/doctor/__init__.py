"""What is wrong with an environment, and how to mend it."""

from typing import TYPE_CHECKING

from sparring.machine.lazy import submodules

if TYPE_CHECKING:
    from sparring.doctor import diagnosis as diagnosis
    from sparring.doctor import environment as environment
    from sparring.doctor import packages as packages
else:
    __getattr__, __dir__ = submodules(__name__)
