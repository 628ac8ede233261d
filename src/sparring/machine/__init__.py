"""The machine: devices, and progress on its console."""

from typing import TYPE_CHECKING

from sparring.machine.lazy import submodules

if TYPE_CHECKING:
    from sparring.machine import console as console
    from sparring.machine import devices as devices
    from sparring.machine import files as files
    from sparring.machine import fitting as fitting
    from sparring.machine import lazy as lazy
    from sparring.machine import plain as plain
    from sparring.machine import progress as progress
    from sparring.machine import quota as quota
    from sparring.machine import signals as signals
    from sparring.machine import streams as streams
    from sparring.machine import trees as trees
    from sparring.machine import typed as typed
    from sparring.machine import words as words
else:
    __getattr__, __dir__ = submodules(__name__)
