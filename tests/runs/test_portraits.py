import pytest
import torch
from torch import nn

from sparring import InMemory, Normal
from sparring.conditions.classes import Classes
from sparring.conditions.condition import Nothing
from sparring.data.streams import Data
from sparring.kinds.pictures import Pictures
from sparring.runs import portraits
from sparring.samplers import GeneratorSampler


class Painted(nn.Module):
    """Pictures that are as bright as their class says."""

    def __init__(self):
        super().__init__()
        self.shift = nn.Parameter(torch.zeros(1))

    def forward(self, z, y=None):
        bright = self.shift + (torch.zeros(len(z)) if y is None else y / 10)
        return bright[:, None, None, None].expand(-1, 1, 4, 4)


@pytest.fixture
def shown(tmp_path, monkeypatch):
    """What stands side by side in the last picture of a run, by its data."""
    seen = {}

    def look(name):
        draw = getattr(Pictures, name)
        monkeypatch.setattr(Pictures, name, lambda self, sets, *more: (seen.update(sets), draw(self, sets, *more))[1])

    look("show")
    look("show_columns")

    def draw(data):
        portraits.finish(tmp_path, data, GeneratorSampler(Painted(), Normal(1), data.condition), 4)
        return seen["real"], seen["generated"]

    return draw


def test_a_real_picture_is_of_the_class_of_the_generated_one_in_its_place(shown):
    y = torch.arange(3).repeat_interleave(40)
    x = (y / 10)[:, None, None, None].expand(-1, 1, 4, 4)
    real, generated = shown(Data({"real": InMemory(x, y, kind=Pictures())}, Classes.of(y)))
    assert len(real) == 81
    assert torch.equal(real, generated)


def test_pictures_without_classes_are_spread_over_all(shown):
    x = torch.linspace(-1, 1, 20)[:, None, None, None].expand(-1, 1, 4, 4)
    real, generated = shown(Data({"real": InMemory(x, kind=Pictures())}, Nothing()))
    assert torch.equal(real, x)
    assert len(generated) == 20
