import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from rounds import round_of
from sparring import InMemory, Key
from sparring.data.source import Mirrored, Shifted
from sparring.kinds.points import Points


@given(st.integers(1, 30), st.integers(1, 70), st.integers(1, 6))
def test_every_epoch_shows_each_example_once(count, n, batches):
    source = InMemory(torch.arange(count))
    drawn = torch.cat([source.draw(n, Key(0, ("s", k))).x for k in range(batches)])
    assert len(drawn) == n * batches
    for start in range(0, len(drawn) - count + 1, count):
        assert sorted(drawn[start : start + count].tolist()) == list(range(count))


def test_a_batch_is_a_pure_function_of_its_number():
    source, other = InMemory(torch.arange(100)), InMemory(torch.arange(100))
    later = source.draw(16, Key(0, ("s", 9))).x
    assert torch.equal(other.draw(16, Key(0, ("s", 9))).x, later)
    assert not torch.equal(other.draw(16, Key(1, ("s", 9))).x, later)
    assert not torch.equal(other.draw(16, Key(0, ("t", 9))).x, later)


def test_labels_stay_with_their_examples():
    batch = InMemory(torch.arange(50.0), torch.arange(50)).draw(20, Key(0, ("s", 1)))
    assert torch.equal(batch.x.long(), batch.y)


def test_examples_that_have_the_labels_asked_for():
    x, y = torch.arange(10), torch.tensor([2, 0, 1, 1, 1, 0, 1, 1, 1, 1])
    source = InMemory(x, y).view(torch.arange(1, 10))
    places = source.labelled(torch.tensor([1, 0, 1, 0, 0, 1]))
    assert source.examples(places).tolist() == [2, 1, 6, 1, 5, 9], "spread over all of a label, and again if too few"
    assert source.labelled(torch.tensor([0, 2])) is None, "the only one is not in view"
    assert InMemory(x).labelled(torch.tensor([0])) is None
    assert InMemory(x, torch.zeros(10, 3)).labelled(torch.tensor([0])) is None, "partners are not labels"


def test_bytes_become_pictures_on_the_device():
    source = InMemory(torch.tensor([0, 51, 255], dtype=torch.uint8).reshape(3, 1, 1, 1))
    round = round_of(lambda name: source.draw(3, Key(0, ("s", 0))), 3)
    torch.testing.assert_close(round.stream("real").x.flatten().sort().values, torch.tensor([-1.0, -0.6, 1.0]))


def test_empty_and_uneven_data_are_refused():
    with pytest.raises(ValueError, match="got 0 examples"):
        InMemory(torch.zeros(0, 2))
    with pytest.raises(ValueError, match="3 examples and 2 labels"):
        InMemory(torch.zeros(3, 2), torch.zeros(2))


def test_digest_sees_values_and_shape():
    x = torch.arange(6, dtype=torch.uint8)
    sets = [(x,), (x.reshape(2, 3),), (x.flip(0),), (x, x), (x, x.flip(0))]
    assert len({InMemory(*one).digest() for one in sets}) == len(sets)


def test_captions_are_one_an_example():
    with pytest.raises(ValueError, match="3 examples and 2 captions"):
        InMemory(torch.zeros(3, 2), captions=["a", "b"])


def test_mirrored_pictures_are_the_source_or_its_mirror_image():
    x = torch.randint(0, 256, (400, 1, 4, 5), dtype=torch.uint8)
    source = InMemory(x, torch.arange(400))
    batch, plain = (s.draw(400, Key(3, ("real", 0))) for s in (Mirrored(source), source))
    assert torch.equal(batch.y, plain.y)
    same = (batch.x == plain.x).flatten(1).all(1)
    flipped = (batch.x == plain.x.flip(3)).flatten(1).all(1)
    assert (same ^ flipped).all()
    assert 160 < flipped.sum() < 240  # four standard deviations of a fair coin
    assert torch.equal(Mirrored(source).draw(400, Key(3, ("real", 0))).x, batch.x)
    assert not torch.equal(Mirrored(source).draw(400, Key(3, ("real", 1))).x, batch.x)


def test_shifts_are_the_window_of_a_larger_picture():
    """Each of the 25 shifts of a picture by up to 2 pixels is cut from an array with a border, and all occur."""
    x = torch.randint(1, 256, (500, 2, 6, 5), dtype=torch.uint8)
    source = InMemory(x, torch.arange(500))
    batch, plain = (s.draw(500, Key(3, ("real", 0))) for s in (Shifted(source, 2, fill=7), source))
    assert torch.equal(batch.y, plain.y)
    seen = set()
    for moved, picture in zip(batch.x, plain.x, strict=True):
        wide = torch.full((2, 10, 9), 7, dtype=torch.uint8)
        wide[:, 2:8, 2:7] = picture
        fits = [(i, j) for i in range(5) for j in range(5) if torch.equal(wide[:, i : i + 6, j : j + 5], moved)]
        assert len(fits) == 1
        seen.update(fits)
    assert len(seen) == 25
    assert torch.equal(Shifted(source, 2, fill=7).draw(500, Key(3, ("real", 0))).x, batch.x)
    assert not torch.equal(Shifted(source, 2, fill=7).draw(500, Key(3, ("real", 1))).x, batch.x)


def test_floats_are_shifted_too():
    batch = Shifted(InMemory(torch.zeros(9, 1, 3, 3)), 1, fill=-1.0).draw(9, Key(0, ("real", 0)))
    assert set(batch.x.unique().tolist()) == {-1.0, 0.0}


def test_examples_are_as_a_sampler_gives_them():
    x = torch.tensor([[0, 255]], dtype=torch.uint8).reshape(1, 1, 1, 2).repeat(3, 1, 1, 1)
    assert InMemory(x).examples(torch.tensor([1])).flatten().tolist() == [-1.0, 1.0]
    assert InMemory(torch.full((3, 2), 0.25)).examples(torch.tensor([0, 2])).tolist() == [[0.25, 0.25]] * 2


def test_held_out_examples_are_never_drawn():
    data = InMemory(torch.arange(50.0)[:, None], torch.arange(50), name="numbers")
    kept, held_out = data.split(20, seed=3)
    assert (len(kept), len(held_out), kept.name) == (30, 20, "numbers")
    together = torch.cat([kept.examples(), held_out.examples()]).flatten()
    assert together.sort().values.tolist() == list(range(50))
    drawn = [kept.draw(7, Key(0, ("real", i))) for i in range(30)]  # 7 epochs
    numbers = torch.cat([batch.x for batch in drawn]).flatten()
    assert set(numbers.tolist()) == set(kept.examples().flatten().tolist())
    assert torch.equal(numbers, torch.cat([batch.y for batch in drawn]).float())
    assert numbers[:30].unique().numel() == 30, "each once an epoch"
    assert len({data.digest(), kept.digest(), held_out.digest(), data.split(20, seed=4)[1].digest()}) == 4
    assert held_out.digest() == data.split(20, seed=3)[1].digest()
    assert torch.equal(data.split(20, seed=3)[1].examples(), held_out.examples())
    assert not torch.equal(data.split(20, seed=4)[1].examples(), held_out.examples())
    again = held_out.split(5, seed=0)[1]
    assert set(again.examples().flatten().tolist()) < set(held_out.examples().flatten().tolist())


def test_held_out_examples_of_sorted_data_are_mixed():
    """The first of them are as good a sample as all."""
    held_out = InMemory(torch.arange(1000.0)[:, None]).split(500, seed=0)[1]
    assert held_out.examples(torch.arange(50)).mean().item() == pytest.approx(500, abs=4 * 289 / 50**0.5)
    assert InMemory(torch.arange(9.0)).view(torch.tensor([5, 2])).view(torch.tensor([1, 0])).examples().tolist() == [
        2,
        5,
    ]


@pytest.mark.parametrize("n", [0, 5, 6])
def test_some_must_be_left(n):
    with pytest.raises(ValueError, match=f"got {n} of 5 examples to hold out; expected 1 or more"):
        InMemory(torch.zeros(5, 1)).split(n, seed=0)


@pytest.mark.parametrize("x", [torch.zeros(3, 2).numpy(), [1.0, 2.0]])
def test_examples_are_a_tensor(x):
    with pytest.raises(TypeError, match=r"expected a tensor: write sparring.open_data\(x\)"):
        InMemory(x)


def test_pictures_as_floats_of_bytes_are_refused():
    x = torch.arange(48.0).reshape(1, 3, 4, 4)
    with pytest.raises(ValueError, match=r"pictures are floats from 0 to 47; expected \[-1, 1\]: write x / 127.5 - 1"):
        InMemory(x)
    for other in (x / 47, x - 1, x.reshape(1, 48), x.byte()):
        assert len(InMemory(other)) == 1
    assert len(InMemory(x, kind=Points())) == 1, "where somebody says that they are something else"


def test_a_view_of_all_examples_in_another_order_does_not_draw_in_the_old_one():
    whole = InMemory(torch.arange(8.0).reshape(8, 1))
    key = Key(0).fold("x", 0)
    first = whole.draw(8, key).x
    again = whole.view(torch.arange(8).flip(0)).draw(8, key).x
    assert torch.equal(again, 7 - first)
