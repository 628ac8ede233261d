"""Games that make text: sequences of tokens."""

from typing import TYPE_CHECKING

from sparring.machine.lazy import submodules

if TYPE_CHECKING:
    from sparring.games.text import embeddings as embeddings
    from sparring.games.text import gumbel as gumbel
    from sparring.games.text import seqgan as seqgan
else:
    __getattr__, __dir__ = submodules(__name__)
