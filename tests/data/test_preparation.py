import re
from pathlib import Path

import numpy as np
import pytest

from sparring.data.preparation import Preparation


@pytest.mark.parametrize(
    ("option", "value"),
    [
        ("size", (0, 8)),
        ("size", (8, 8, 8)),
        ("size", ()),
        ("size", -1),
        ("alpha", "whyte"),
        ("alpha", "#12"),
        ("alpha", ""),
        ("fit", "stretch"),
        ("colour", "gray"),
        ("range", (5, 5)),
        ("range", 4095),
        ("range", (1, 2, 3)),
        ("range", (0, float("nan"))),
    ],
)
def test_nonsense_is_refused(option, value):
    with pytest.raises(ValueError, match=f"--{option} is .*; expected"):
        Preparation(**{option: value})


@pytest.mark.parametrize("size", [32, (32,), [32], (32, 32), np.int64(32), np.array([32, 32])])
def test_a_side_may_be_one_number(size):
    assert Preparation(size=size) == Preparation(size=(32, 32))


@pytest.mark.parametrize(
    ("option", "value", "said"),
    [("size", "32", "whole numbers: a side, or (height, width)"), ("size", 32.5, "whole numbers"),
     ("size", (8, None), "whole numbers"), ("range", "0 1", "numbers: (black, white)"), ("range", (0, "1"), "numbers"),
     ("alpha", 3, "words, such as 'white'"), ("labels", None, "words, such as 'auto'")],
)  # fmt: skip
def test_other_types_are_named(option, value, said):
    with pytest.raises(TypeError, match=re.escape(f"{option} is {value!r}; expected {said}")):
        Preparation(**{option: value})


def test_colours():
    assert Preparation(alpha="#0102ff").background() == (1, 2, 255)
    assert Preparation(alpha="teal").background() == (0, 128, 128)


def test_tables_are_found_from_any_folder():
    assert Preparation(labels="x.csv").labels == str(Path("x.csv").absolute())
    assert Preparation(labels="none").labels == "none"
