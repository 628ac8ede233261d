"""Runs that make text: sequences of tokens."""

from typing import TYPE_CHECKING

from sparring.machine.lazy import submodules

if TYPE_CHECKING:
    from sparring.recipes.text import embeddings as embeddings
    from sparring.recipes.text import gumbel as gumbel
    from sparring.recipes.text import seqgan as seqgan
else:
    __getattr__, __dir__ = submodules(__name__)
