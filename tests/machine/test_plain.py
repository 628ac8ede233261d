import json
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass

import pytest

from sparring.machine.plain import describe, read_json, restore


@pytest.mark.parametrize("text", ["[" * 100_000, '{"a":' * 100_000, b"{", b"\xff", "1" * 5000])
def test_what_is_no_json_is_one_kind_of_error(text):
    with pytest.raises(ValueError, match=r"^[^\n]+$"):
        read_json(text)


class Shape:
    """Abstract: a field may hold any class below it."""


@dataclass(frozen=True)
class Circle(Shape):
    radius: float


@dataclass(frozen=True)
class Named:
    shapes: tuple[int, ...] = ()


def below():
    """A class of the same name as the one it is made from."""

    @dataclass(frozen=True)
    class Named(globals()["Named"]):
        more: int = 0

    return Named


@dataclass(frozen=True)
class Box(Shape):
    sides: tuple[int, int] | None = None


@dataclass(frozen=True)
class Drawing:
    shapes: tuple[Shape, ...]
    names: Mapping[str, Box]
    spare: Shape | None
    path: tuple[tuple[float, ...], ...] = ()


def test_there_and_back():
    drawing = Drawing((Circle(1.5), Box((1, 2))), {"b": Box(), "a": Box((3, 4))}, Circle(2.0), ((1.0,), (2.0, 3.0)))
    again = restore(Drawing, json.loads(json.dumps(describe(drawing))))
    assert again == drawing
    assert list(again.names) == ["b", "a"], "the order counts"
    assert restore(Drawing, json.loads(json.dumps(describe(Drawing((), {}, None))))) == Drawing((), {}, None)


def test_what_is_not_there_is_not_made():
    with pytest.raises(ValueError, match="0 classes 'Path' of Shape; expected one"):
        restore(Shape, {"type": "Path", "args": ["x"]})
    with pytest.raises(ValueError, match="0 classes 'Box' of Circle"):
        restore(Circle, {"type": "Box"})
    with pytest.raises(TypeError, match="sides"):
        restore(Circle, {"sides": [1, 2]})
    assert restore(Circle, {"radius": 1.0}) == Circle(1.0)


def test_without_a_name_the_class_is_meant():
    named = below()
    assert restore(Named, {"shapes": [1]}) == Named((1,))
    with pytest.raises(ValueError, match="2 classes 'Named'"):
        restore(Named, {"type": "Named"})
    assert restore(named, {"more": 1}) == named(more=1)


def test_a_class_in_a_module_beside_need_not_be_imported():
    code = (
        "import sys; from sparring.machine.plain import restore; from sparring.conditions.condition import Condition\n"
        "assert 'sparring.conditions.classes' not in sys.modules\n"
        "print(restore(Condition, {'type': 'Classes', 'names': ['a', 'b'], 'counts': [2, 1]}))"
    )
    said = subprocess.check_output([sys.executable, "-c", code], text=True)
    assert said == "Classes(names=('a', 'b'), counts=(2, 1), found=False)\n"


def test_a_value_of_another_type_is_refused():
    with pytest.raises(TypeError, match="radius is '1'; expected float"):
        restore(Shape, {"type": "Circle", "radius": "1"})
    with pytest.raises(TypeError, match=r"sides is \(1, 'x'\); expected tuple"):
        restore(Box, {"sides": [1, "x"]})
    with pytest.raises(TypeError, match=r"names is {'a': 3}; expected"):
        restore(Drawing, {"shapes": [], "names": {"a": 3}, "spare": None})
