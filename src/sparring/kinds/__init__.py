"""Kinds of examples: how each is shown and kept."""

from typing import TYPE_CHECKING

from sparring.machine.lazy import submodules

if TYPE_CHECKING:
    from sparring.kinds import columns as columns
    from sparring.kinds import drawing as drawing
    from sparring.kinds import formats as formats
    from sparring.kinds import kind as kind
    from sparring.kinds import molecules as molecules
    from sparring.kinds import moving as moving
    from sparring.kinds import pictures as pictures
    from sparring.kinds import points as points
    from sparring.kinds import rows as rows
    from sparring.kinds import series as series
    from sparring.kinds import tokens as tokens
else:
    __getattr__, __dir__ = submodules(__name__)
