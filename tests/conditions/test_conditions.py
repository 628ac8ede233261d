"""The contract of every condition: rows drawn as the data have them, words read, itself in words and in JSON."""

import json

import pytest
import torch
from PIL import Image

from sparring import Key
from sparring.conditions.attributes import Attributes
from sparring.conditions.classes import Classes
from sparring.conditions.codes import Codes
from sparring.conditions.condition import Condition, Nothing
from sparring.conditions.images import Images
from sparring.conditions.measures import Measures
from sparring.conditions.texts import Texts
from sparring.machine.plain import describe, restore

LABELS = torch.tensor([0, 2, 2, 2])
MARKS = torch.tensor([[1, 0, 1], [0, 0, 0], [1, 0, 1], [0, 1, 0]])
PICTURES = torch.linspace(-1, 1, 2 * 3 * 4 * 5).reshape(2, 3, 4, 5)

CASES = {
    "classes": (Classes.of(LABELS, ("a", "b", "c d")), ["c d", "a"], [2, 0]),
    "classes without names": (Classes.of(LABELS), ["2"], [2]),
    "attributes": (Attributes.of(MARKS, ("hat", "tie", "wig")), ["wig+hat", "+"], [[1, 0, 1], [0, 0, 0]]),
    "codes": (Codes((3, 2), 1), ["2,0,-0.5"], [[0, 0, 1, 1, 0, -0.5]]),
    "numbers": (Codes(continuous=2), ["0,1"], [[0, 1]]),
    "a code": (Codes((3,)), ["1"], [[0, 1, 0]]),
    "measures": (
        Measures(("size", "age"), (2.0, 10.0), (0.5, 4.0), ((1.0, 0.5), (-1.0, 0.25))),
        ["2.5,8"],
        [[1, -0.5]],
    ),
    "texts": (Texts.of(["A red bag", "blue", "a blue bag"]), ["red bag", "A"], [[4, 2, 0], [1, 0, 0]]),
}


@pytest.fixture(params=CASES)
def case(request):
    return CASES[request.param]


def test_row_i_depends_on_the_chance_and_i_only(case):
    condition = case[0]
    few, many = (condition.draw(Key(3).rows(n)) for n in (5, 40))
    assert torch.equal(many[:5], few)
    assert not torch.equal(condition.draw(Key(4).rows(40)), many)


def test_words_are_read(case):
    condition, words, rows = case
    found = condition.parse(words)
    assert found.tolist() == rows
    drawn = condition.draw(Key(0).rows(2))
    assert (found.dtype, found.shape[1:]) == (drawn.dtype, drawn.shape[1:])


def test_it_comes_back_from_json_and_says_what_it_is(case):
    condition = case[0]
    assert restore(Condition, json.loads(json.dumps(describe(condition)))) == condition
    assert condition.describe()


def test_frequencies_are_those_of_the_data():
    drawn = Classes.of(LABELS, ("a", "b", "c")).draw(Key(0).rows(4000))
    assert (drawn.bincount(minlength=3) / 4000).tolist() == pytest.approx([0.25, 0, 0.75], abs=0.03)
    drawn = Attributes.of(MARKS, ("hat", "tie", "wig")).draw(Key(0).rows(4000))
    assert (drawn == torch.tensor([1.0, 0, 1])).all(dim=1).float().mean().item() == pytest.approx(0.5, abs=0.03)
    assert not ((drawn[:, 0] == 1) & (drawn[:, 1] == 1)).any(), "what does not occur together is not drawn"
    texts = Texts.of(["a red bag", "blue"])
    assert (texts.draw(Key(0).rows(4000))[:, 1] > 0).float().mean().item() == pytest.approx(0.5, abs=0.03)


def test_codes_are_drawn_alike():
    drawn = Codes((4,), 1).draw(Key(0).rows(4000))
    assert drawn[:, :4].mean(dim=0).tolist() == pytest.approx([0.25] * 4, abs=0.03)
    assert drawn[:, :4].sum(dim=1).unique().tolist() == [1]
    assert drawn[:, 4].abs().max() < 1
    assert drawn[:, 4].var().item() == pytest.approx(1 / 3, abs=0.03)


def test_nothing_is_nothing():
    assert Nothing().draw(Key(0).rows(3)) is None
    with pytest.raises(ValueError, match="got 'a bag', but the recipe has no condition"):
        Nothing().parse(["a", "bag"])
    assert restore(Condition, describe(Nothing())) == Nothing()


def test_pictures_are_read_from_files_and_kept_as_bytes(tmp_path):
    kept = Images.of(PICTURES)
    assert restore(Condition, json.loads(json.dumps(describe(kept)))) == kept
    drawn = kept.draw(Key(0).rows(20))
    torch.testing.assert_close(drawn.unique(dim=0), PICTURES, atol=1 / 127, rtol=0)
    Image.new("L", (50, 40), 255).save(tmp_path / "white.png")
    assert torch.equal(kept.parse([str(tmp_path / "white.png")]), torch.ones(1, 3, 4, 5))
    grey = Images.of(PICTURES[:, :1])
    assert grey.parse([str(tmp_path / "white.png")]).shape == (1, 1, 4, 5)


@pytest.mark.parametrize(
    ("condition", "word", "message"),
    [
        (Classes(("a", "b"), (1, 1)), "c", "there is no class 'c'; there are a, b"),
        (CASES["attributes"][0], "hat+shoe", "no attribute 'shoe'; there are hat, tie, wig"),
        (CASES["codes"][0], "3,0,0", "got '3,0,0'; expected codes, with commas between them: category1 0 to 2, whole"),
        (CASES["codes"][0], "1,0", "got '1,0'"),
        (CASES["codes"][0], "x", "got 'x'"),
        (CASES["codes"][0], "0.5,0,0", "got '0.5,0,0'"),
        (CASES["texts"][0], "a green bag", "no word 'green'"),
        (CASES["texts"][0], "a a a a", "has 4 words; expected 1 to 3"),
        (CASES["texts"][0], " ", "has 0 words"),
        (Images((1, 2, 2), ("00000000",)), "nowhere.png", "'nowhere.png' cannot be read as a picture"),
    ],
)
def test_words_that_ask_for_nothing_there_is(condition, word, message):
    with pytest.raises(ValueError, match=message):
        condition.parse([word])


def test_codes_have_names():
    assert list(Codes((3, 2), 2).dials()) == ["category1", "category2", "code1", "code2"]
    named = Codes((3,), 1, ("kind", "slant"))
    assert list(named.dials()) == ["kind", "slant"]
    rows = named.draw(Key(0).rows(4))
    kinds, slants = named.dials().values()
    assert kinds.turned(rows, 2)[:, :3].tolist() == [[0, 0, 1]] * 4
    assert torch.equal(kinds.turned(rows, 2)[:, 3], rows[:, 3])
    assert slants.turned(rows, -1.5)[:, 3].tolist() == [-1.5] * 4
    found = named.settings(["slant=-2:2", "kind=2:0"], 5)
    assert found == {"slant": [-2.0, -1.0, 0.0, 1.0, 2.0], "kind": [2.0, 1.0, 0.0]}
    with pytest.raises(ValueError, match="got the names a; expected 2 different ones"):
        Codes((3,), 1, ("a",))


@pytest.mark.parametrize(
    ("word", "message"),
    [
        ("size=1", r"'size' is none of them; there are kind \(0 to 2, whole\); slant \(-1 to 1\)"),
        ("slant", "expected a number, or two with a colon between them, such as slant=-1:1"),
        ("slant=1:2:3", "expected a number, or two"),
        ("slant=inf", "expected a number, or two"),
        ("kind=3", "such as kind=0:2"),
        ("kind=0.5", "such as kind=0:2"),
        ("kind=0", "'kind' is named twice"),
    ],
)
def test_settings_of_codes_that_there_are_not(word, message):
    with pytest.raises(ValueError, match=message):
        Codes((3,), 1, ("kind", "slant")).settings(["kind=1", word] if word == "kind=0" else [word], 5)


def test_measures_are_standardised_and_asked_for_as_they_were_measured():
    values = torch.tensor([[1.0, 10.0], [2.0, 30.0], [3.0, 10.0], [6.0, 50.0]])
    condition, rows = Measures.of(values, ("a", "b"))
    torch.testing.assert_close(rows.mean(0), torch.zeros(2), atol=1e-6, rtol=0)
    torch.testing.assert_close(rows.std(0, correction=0), torch.ones(2))
    torch.testing.assert_close(condition.measured(rows), values)
    drawn = condition.measured(condition.draw(Key(0).rows(50)))
    torch.testing.assert_close(drawn.unique(dim=0), values, atol=1e-3, rtol=0)
    dial = condition.dials()["b"]
    turned = dial.turned(rows, 30.0)
    torch.testing.assert_close(condition.measured(turned)[:, 1], torch.full((4,), 30.0))
    assert torch.equal(turned[:, 0], rows[:, 0])
    assert 10 <= dial.ends[0] < dial.ends[1] <= 50
    with pytest.raises(ValueError, match="a, b: a number is the same in all examples"):
        Measures.of(torch.ones(3, 2), ("a", "b"))
    with pytest.raises(ValueError, match="expected one of each, and rows"):
        Measures(("a",), (0.0,), (1.0,), ())


def test_in_a_grid_each_category_has_its_columns():
    found = Codes((10,), 2).sheet(64)
    assert torch.equal(found[:, :10].argmax(1), torch.arange(100) % 10)
    assert Codes((10,), 2).heads(64) == tuple(map(str, range(10)))
    assert Codes(continuous=2).sheet(64) is None
    assert Codes((50,)).heads(64) == ()


def test_nonsense_is_refused():
    with pytest.raises(ValueError, match="expected one for each"):
        Classes(("a",), (1, 2))
    with pytest.raises(ValueError, match="0 or more, and 1 in all"):
        Classes(("a", "b"), (0, 0))


@pytest.mark.parametrize(("classes", "side"), [(1, 8), (2, 8), (3, 9), (10, 10), (16, 16), (5, 10)])
def test_in_a_grid_each_class_has_its_columns(classes, side):
    found = Classes.of(torch.arange(classes)).sheet(64)
    assert torch.equal(found.reshape(side, side), (torch.arange(side) % classes).expand(side, side))
    assert Classes.of(torch.arange(classes)).heads(64) == tuple(map(str, found[:side].tolist()))


def test_too_many_classes_or_none_are_shown_as_the_data_have_them():
    assert Classes.of(torch.arange(17)).sheet(64) is None
    assert Nothing().sheet(64) is None
    assert Classes.of(torch.arange(17)).heads(64) == Nothing().heads(64) == ()
