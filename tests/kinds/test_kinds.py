"""The contract of every kind: shown, saved, read back; and back from a run's config.json."""

import io
import json

import numpy as np
import pytest
import torch
from PIL import Image

from small_recipes import letters, survey
from sparring import Key
from sparring.evaluation.measures import FEATURES, MEASURES, QUICK, suited
from sparring.kinds import drawing
from sparring.kinds.columns import Number
from sparring.kinds.kind import Kind
from sparring.kinds.molecules import Molecules
from sparring.kinds.pictures import Pictures
from sparring.kinds.points import Points
from sparring.kinds.rows import Rows
from sparring.kinds.series import Series
from sparring.kinds.tokens import Tokens
from sparring.machine.plain import describe, restore

NORMAL = Key(0)
WORDS = Tokens(vocabulary=("the", "cat", "sat", "<end>"), length=4, between=" ")
BREAKS = Tokens(vocabulary=("\r", "\n", "\\", "n", "r", "\u2028"), length=4)
MOLECULES = Molecules(vocabulary=("C", "O", "(", ")", "\n"), length=8, end=4)
CHANNELS = Series((Number("x", -1e6, 1e6), Number("y", 0.0, 1e-3, 6)))
NUMBERS = Rows((Number("x", -1e6, 1e6), Number("y", 0.0, 1e-3, 6)))

CASES = {
    "grey": (Pictures(), 2 * NORMAL.normal("grey", (12, 1, 8, 8))),
    "colour": (Pictures(), NORMAL.normal("colour", (3, 3, 28, 20))),
    "alpha": (Pictures(), NORMAL.normal("alpha", (2, 4, 5, 5))),
    "plane": (Points((-2.0, 2.0)), NORMAL.normal("plane", (40, 2))),
    "line": (Points(), NORMAL.normal("line", (40, 1))),
    "space": (Points(), 1e6 * NORMAL.normal("space", (40, 5))),
    "arrays": (Points(), NORMAL.normal("arrays", (7, 2, 3))),
    "letters": (letters.KIND, NORMAL.integers("letters", (30, 5), 6)),
    "breaks": (BREAKS, NORMAL.integers("breaks", (30, 4), 6)),
    "molecules": (MOLECULES, NORMAL.integers("molecules", (30, 8), 5)),
    "words": (WORDS, NORMAL.integers("words", (30, 4), 4)),
    "survey": (survey.KIND, survey.rows(30) + 0.1 * NORMAL.normal("survey", (30, 6))),
    "numbers": (NUMBERS, NORMAL.normal("numbers", (30, 2))),
    "series": (CHANNELS, NORMAL.normal("series", (30, 6, 2))),
}


@pytest.fixture(params=CASES)
def case(request):
    return CASES[request.param]


def test_it_is_shown(case):
    kind, samples = case
    for sets in ({"generated": samples}, {"real": samples, "generated": samples[:5]}):
        with Image.open(io.BytesIO(drawing.encode(kind.show(sets)))) as image:
            assert image.format == "PNG"
            assert min(image.size) > 30
    other = kind.show({"generated": samples[:1].expand_as(samples)})
    assert other.tobytes() != kind.show({"generated": samples}).tobytes(), "other samples, another picture"


def test_what_is_saved_is_read_back(case, tmp_path):
    kind, samples = case
    clean = kind.clean(samples)
    paths = kind.save(clean, tmp_path / "first")
    assert sorted(paths) == sorted((tmp_path / "first").iterdir())
    again = kind.load(tmp_path / "first")
    if isinstance(kind, Pictures):
        assert np.array_equal(kind.array(again), kind.array(clean))
    else:
        torch.testing.assert_close(again.flatten(1), clean.flatten(1), rtol=1e-6, atol=1e-6)
    copies = kind.save(again, tmp_path / "second")
    assert [path.read_bytes() for path in copies] == [path.read_bytes() for path in paths]


def test_clean_is_clean(case):
    kind, samples = case
    clean = kind.clean(samples)
    assert clean.shape == samples.shape
    assert torch.equal(kind.clean(clean), clean)


def test_vectors_are_numbers_of_each_sample(case):
    kind, samples = case
    vectors = kind.vectors(kind.clean(samples))
    assert vectors.ndim == 2
    assert vectors.dtype == torch.float32
    torch.testing.assert_close(kind.vectors(kind.clean(samples)[:3]), vectors[:3])


def test_what_it_names_is_there(case):
    kind, samples = case
    assert set(kind.measures) <= MEASURES.keys()
    assert kind.quick in QUICK
    assert kind.features(tuple(samples.shape[1:])) in FEATURES
    named = {"efflite0-320": "EffLite0-320"}.get(kind.features(tuple(samples.shape[1:])), kind.vector)
    assert suited(kind, tuple(samples.shape[1:])).identity.name == named


def test_figures_of_samples_are_numbers(case):
    kind, samples = case
    clean = kind.clean(samples)
    found = kind.summary(clean, clean, clean)
    assert all(np.isfinite(value) for value in found.values())


def test_it_comes_back_from_json(case):
    kind, _ = case
    assert restore(Kind, json.loads(json.dumps(describe(kind)))) == kind


def test_a_single_example(case):
    kind, samples = case
    single = kind.single(kind.clean(samples)[0])
    assert (single is None) == isinstance(kind, Points)
    assert single is None or min(single.size) >= 5


def test_features_that_pictures_are_compared_by():
    assert Pictures().features((1, 28, 28)) == "classifier"
    for shape in [(3, 28, 28), (1, 32, 32), (3, 200, 100)]:
        assert Pictures().features(shape) == "efflite0-320"
    for shape in [(4, 32, 32), (2, 28, 28), (5, 1, 28, 28)]:
        assert Pictures().features(shape) == "pixels", "no network here takes alpha or videos"
    assert Points().features((1, 28, 28)) == "pixels"


@pytest.mark.parametrize(
    ("shape", "words"),
    [
        ((1, 28, 30), "30 x 28 pixels, grey"),
        ((3, 8, 8), "8 x 8 pixels, colour"),
        ((4, 2, 3), "3 x 2 pixels, 4 channels"),
    ],
)
def test_the_size_of_pictures_in_words(shape, words):
    assert Pictures().sized(shape) == words
    assert Points().sized(shape[1:]) == f"{shape[1]} x {shape[2]} numbers"


def test_clean_pictures_are_within_their_range():
    low, high = Pictures.range
    x = Pictures().clean(torch.tensor([-3.0, 0.5, 2.0]))
    assert (x.min(), x.max()) == (low, high)
    assert Points.range is None


def test_points_are_read_from_tables_too(tmp_path):
    x = NORMAL.normal("plane", (40, 2))
    table = Points().save(x, tmp_path)[0]
    assert table.read_text().startswith("x1,x2\n")
    assert torch.equal(Points().load(table), x), "nine digits tell floats apart"


def test_of_videos_frames_are_shown():
    x = NORMAL.normal("video", (4, 3, 1, 8, 8))
    assert Pictures().show({"x": x}).tobytes() == drawing.grid(x.flatten(0, 1)[:4]).tobytes()


def test_only_grids_of_pictures_have_words_above_their_columns():
    points, x, video = NORMAL.normal("p", (4, 2)), NORMAL.normal("x", (4, 1, 8, 8)), NORMAL.normal("v", (4, 3, 1, 8, 8))
    assert Points().show_columns({"x": points}, "ab").tobytes() == Points().show({"x": points}).tobytes()
    assert Pictures().show_columns({"x": video}, "ab").tobytes() == Pictures().show({"x": video}).tobytes()
    assert Pictures().show_columns({"x": x}, ()).tobytes() == Pictures().show({"x": x}).tobytes()
    made = Pictures().show_columns({"x": x, "y": x}, ["a", "b"])
    headed = drawing.headed(drawing.grid(x), ["a", "b"])
    assert made.tobytes() == drawing.beside({"x": headed, "y": headed}).tobytes()


def test_limits_have_room():
    assert Points.around(torch.tensor([[1.0, -2.0]])).limits == (-3.0, 3.0)
    assert Points.around(torch.zeros(3, 2)).limits is None


@pytest.mark.parametrize(
    ("kind", "content", "message"),
    [
        (letters.KIND, "abx\n", "'x' in 'abx' is not a token"),
        (letters.KIND, "abcabc\n", "has 6 tokens; expected 0 to 5"),
        (letters.KIND, "", "has no lines"),
        (WORDS, "the dog sat on\n", "'dog' in"),
        (WORDS, "the cat\n", "has 2 tokens; expected 4 to 4"),
        (survey.KIND, "age,town\n", "expected 'smokes' too"),
        (survey.KIND, 'age,town,smokes,"income, $"\n1,Ulm,no\n', "not a whole table"),
        (survey.KIND, 'age,town,smokes,"income, $"\n', "not a whole table"),
        (survey.KIND, 'age,town,smokes,"income, $"\n1,Rome,no,3\n', "'Rome' is not a category of the column 'town'"),
        (survey.KIND, 'age,town,smokes,"income, $"\nold,Ulm,no,3\n', "a cell of the column 'age' is not a number"),
        (survey.KIND, "", "expected 'age' too"),
        (Points(), "", "not a table of points"),
        (Points(), "x1,x2\n1\n", "not a table of points"),
    ],
)
def test_bad_files_are_explained(kind, content, message, tmp_path):
    file = tmp_path / "file"
    file.write_text(content)
    with pytest.raises(ValueError, match=message.replace("$", r"\$")):
        kind.load(file)


def test_a_folder_without_pictures_is_explained(tmp_path):
    with pytest.raises(ValueError, match=r"has no \.png files"):
        Pictures().load(tmp_path)


def test_a_table_may_have_more_columns_in_any_order(tmp_path):
    file = tmp_path / "table.csv"
    file.write_text('\ufeffsmokes,id,age,"income, $",town\nyes,7,90,0,Köln\n', encoding="utf-8")
    assert survey.KIND.load(file).tolist() == [[1.0, 0.0, 0.0, 1.0, 1.0, -1.0]]


def test_nonsense_is_refused():
    with pytest.raises(ValueError, match="expected different ones, none empty"):
        Tokens(("a", "a"), 3)
    with pytest.raises(ValueError, match="the end is token 2 of 2"):
        Tokens(("a", "b"), 3, end=2)
    with pytest.raises(ValueError, match="of different names"):
        Rows((Number("x", 0.0, 1.0), Number("x", 0.0, 1.0)))
    with pytest.raises(ValueError, match="a high end above the low one"):
        Number("x", 1.0, 1.0)
