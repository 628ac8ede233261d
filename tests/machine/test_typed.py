"""Values of any JSON against the types of fields."""

from collections.abc import Mapping, Sequence
from typing import Any, Literal

import pytest

from sparring.kinds.kind import Kind
from sparring.kinds.points import Points
from sparring.machine.typed import fits


@pytest.mark.parametrize(
    ("cls", "right", "wrong"),
    [
        (int, [1, -(10**30)], [True, 1.0, "1", None, []]),
        (float, [1, 0.5, float("nan")], [True, "1", None, {}, float("inf"), -(10**400)]),
        (bool, [True], [1, "yes"]),
        (str, ["", "a"], [1, ["a"], None]),
        (int | None, [1, None], ["1"]),
        (Literal["crop", "pad"], ["crop"], ["cut", 1]),
        (tuple[int, ...], [(), (1, 2)], [(1, "2"), [1], 1]),
        (tuple[int, int], [(1, 2)], [(1,), (1, 2, 3)]),
        (Mapping[str, int], [{}, {"a": 1}], [{"a": "1"}, [], 1]),
        (Sequence[str], [(), ("a",), ["a"]], ["a", (1,)]),
        (Sequence[Sequence[str]], [(("a",),)], [("a",)]),
        (Kind, [Points()], [{"name": "points"}, "points", None]),
        (Any, [1, None], []),
    ],
)
def test_what_fits(cls, right, wrong):
    assert [value for value in right if not fits(cls, value)] == []
    assert [value for value in wrong if fits(cls, value)] == []
