from pathlib import Path

import pytest

from sparring.data.preparation import Preparation


@pytest.mark.parametrize(
    ("option", "value"), [("size", (0, 8)), ("size", (8, 8, 8)), ("alpha", "whyte"), ("alpha", "#12"), ("alpha", "")]
)
def test_nonsense_is_refused(option, value):
    with pytest.raises(ValueError, match=f"--{option} is .*; expected"):
        Preparation(**{option: value})


def test_colours():
    assert Preparation(alpha="#0102ff").background() == (1, 2, 255)
    assert Preparation(alpha="teal").background() == (0, 128, 128)


def test_tables_are_found_from_any_folder():
    assert Preparation(labels="x.csv").labels == str(Path("x.csv").absolute())
    assert Preparation(labels="none").labels == "none"
