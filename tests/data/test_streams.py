import json

import pytest
import torch

from sparring import InMemory, Key
from sparring.conditions.classes import Classes
from sparring.conditions.condition import Nothing
from sparring.data.streams import Data, Numbers, Spec
from sparring.kinds.pictures import Pictures
from sparring.kinds.points import Points
from sparring.machine.plain import describe, restore


def pairs(n=10):
    x = torch.arange(n * 4, dtype=torch.uint8).reshape(n, 1, 2, 2)
    return InMemory(x, 255 - x)


def test_one_digest_of_all_streams():
    x, y = InMemory(torch.zeros(5, 2)), InMemory(torch.ones(5, 2))
    data = Data({"x": x, "y": y})
    assert data.digest() == Data({"x": x, "y": y}).digest()
    others = [Data({"x": x}), Data({"y": y}), Data({"x": y, "y": x}), Data({"a": x, "y": y}), Data({"x": x, "y": x})]
    assert len({each.digest() for each in [data, *others]}) == 6
    changed = InMemory(torch.cat([torch.ones(4, 2), torch.zeros(1, 2)]))
    assert Data({"x": x, "y": changed}).digest() != data.digest()


def test_pairs_are_held_out_together():
    data = Data({"pairs": pairs(), "more": InMemory(torch.zeros(3, 2))})
    left, held_out = data.split(4, seed=1)
    assert (len(data), len(left), len(held_out)) == (10, 6, 4)
    assert left.count == 9
    for part in (left.main, held_out):
        batch = part.batch()
        torch.testing.assert_close(batch.x, -batch.y)
    assert not {x.sum().item() for x in left.main.examples()} & {x.sum().item() for x in held_out.examples()}


def test_a_spec_comes_back_from_json_and_makes_a_stand_in():
    labels = InMemory(torch.zeros(4, 3, 8, 8, dtype=torch.uint8), torch.arange(4))
    data = Data({"labelled": labels, "points": InMemory(torch.zeros(9, 2))}, Classes.of(torch.arange(4)))
    spec = restore(Spec, json.loads(json.dumps(describe(data.spec))))
    assert spec == data.spec
    assert spec.shape == (3, 8, 8)
    stand_in = spec.stand_in()
    assert stand_in.spec == spec
    assert [len(part) for part in stand_in.streams.values()] == [1, 1]
    assert stand_in.main.y.dtype == torch.long


def test_only_types_of_numbers_are_made():
    with pytest.raises(ValueError, match="'load' is not a type of numbers"):
        Numbers((2,), "load").blank()


def test_bytes_are_pictures_unless_somebody_says_otherwise():
    assert Data({"x": pairs()}).kind == Pictures()
    assert Data({"x": InMemory(torch.zeros(2, 1, 4, 4))}).kind == Points()
    assert Data({"x": InMemory(torch.zeros(2, 1, 4, 4), kind=Pictures())}).kind == Pictures()
    assert pairs().split(3, 0)[1].kind == Pictures()
    assert Data({"x": pairs()}).condition == Nothing()


def test_what_there_is_besides_examples():
    data = Data({"x": pairs(), "y": InMemory(torch.zeros(2, 1), torch.zeros(2), classes=("a",), captions=("b", "c"))})
    assert data.has == {"labels", "captions"}
    assert data.reports == {}
    with pytest.raises(ValueError, match="no streams"):
        Data({})


def test_labels_are_as_a_round_has_them():
    x = Key(0).normal("x", (4, 2))
    batch = InMemory(x, torch.tensor([3, 2, 1, 0], dtype=torch.uint8)).batch(torch.tensor([1, 3]))
    assert torch.equal(batch.x, x[[1, 3]])
    assert batch.y.tolist() == [2, 0]
    assert batch.y.dtype == torch.long
    assert InMemory(x).batch().y is None
