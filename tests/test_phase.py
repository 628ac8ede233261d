"""What a phase is given by the wrong kind is told the right one."""

import re

import pytest
import torch
from torch.utils.data import DataLoader, TensorDataset

from sparring import Phase
from sparring.games import gan

X = torch.zeros(8, 2)


@pytest.mark.parametrize(
    ("streams", "said"),
    [
        (X, "streams is a Tensor; expected them by name: write {'real': open_data(x)}"),
        ({"real": X}, "the stream 'real' is a Tensor; expected a source of batches: write {'real': open_data(x)}"),
        ({"real": X.numpy()}, "the stream 'real' is a ndarray; expected a source"),
        ({"real": TensorDataset(X)}, "the stream 'real' is a TensorDataset; expected a source"),
        ({"real": DataLoader(TensorDataset(X))}, "the stream 'real' is a DataLoader; expected a source"),
        ({"real": "photos"}, "the stream 'real' is a str; expected a source"),
    ],
)
def test_streams_that_are_no_sources(streams, said):
    game, _ = gan.tiny()
    optimizers = {name: torch.optim.SGD(game.strategy(name).values(), 0.1) for name in game.players()}
    with pytest.raises(TypeError, match=re.escape(said)):
        Phase(game, optimizers, streams, 1)


def test_optimizers_without_names():
    game, streams = gan.tiny()
    optimizer = torch.optim.SGD(game.parameters(), 0.1)
    for given in (optimizer, [optimizer]):
        with pytest.raises(TypeError, match=r"optimizers is a \w+; expected them by name: write \{'discriminator': "):
            Phase(game, given, streams, 1)
