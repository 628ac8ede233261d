import dataclasses
import json
import random
import sys
import traceback
import typing

import pytest

from own_recipes import write
from sparring.runs.own import loading, source


def loaded(folder, recipe, **siblings):
    return loading.load(source.read(write(folder, recipe, **siblings)))


def test_what_was_read_is_run_whatever_happens_to_the_files(tmp_path):
    """A swap between hash and use, of the recipe and of a sibling."""
    file = write(tmp_path, "from helper import WIDTH\nvalue = 1", helper="WIDTH = 1")
    found = source.read(file)
    write(tmp_path, "raise SystemExit('swapped')", helper="raise SystemExit('swapped')")
    module = loading.load(found)
    assert (module.value, module.WIDTH) == (1, 1)


def test_the_same_bytes_are_run_once(tmp_path):
    assert loaded(tmp_path / "1", "x = []") is loaded(tmp_path / "2", "x = []")
    assert loaded(tmp_path / "3", "x = [1]").x == [1]


def test_siblings_are_found_by_every_form_of_import(tmp_path):
    recipe = """
import helper, parts.net
import parts.net as net
from parts import net as again
from parts.net import y
from . import helper as relative
from parts import *
def later():
    import deep
    return deep.x
values = helper.WIDTH, parts.net.y, net.y, again.y, y, relative.WIDTH, z, later()
"""
    write(tmp_path / "parts", "from . import below\nimport helper\ny = below.y + helper.WIDTH", name="net.py",
          __init__="z = 9\n__all__ = ['z']", below="y = 2")  # fmt: skip
    assert loaded(tmp_path, recipe, deep="import helper\nx = helper.WIDTH").values == (4, 6, 6, 6, 6, 4, 9, 4)


def test_nothing_joins_the_path_and_no_name_is_taken(tmp_path, monkeypatch):
    """Siblings called as modules of Python and of others are the recipe's alone."""
    monkeypatch.chdir(tmp_path)
    before, path = dict(sys.modules), list(sys.path)
    siblings = {"random": "x = 2", "json": "x = 1", "colorsys": "x = 3", "helper": "import json\ny = json.x"}
    module = loaded(tmp_path / "mine", "import json, random, helper\nfrom colorsys import x", **siblings)
    assert (module.json.x, module.random.x, module.x, module.helper.y) == (1, 2, 3, 1)
    assert sys.path == path
    new = {name: part for name, part in sys.modules.items() if name not in before}
    assert all(name.startswith(loading.PACKAGE) for name in new)
    assert sys.modules["json"] is json
    assert sys.modules["random"] is random
    import colorsys

    assert not hasattr(colorsys, "x")
    with pytest.raises(ModuleNotFoundError):
        __import__("helper")


def test_what_lies_in_the_current_folder_is_not_imported(tmp_path, monkeypatch):
    (tmp_path / "stray.py").write_text("raise SystemExit('run')")
    monkeypatch.chdir(tmp_path)
    with pytest.raises(ModuleNotFoundError, match="stray"):
        loaded(tmp_path / "mine", "import stray")


def test_dataclasses_and_hints_find_their_module(tmp_path):
    module = loaded(
        tmp_path,
        "from __future__ import annotations\nfrom dataclasses import dataclass\nfrom helper import Part\n"
        "@dataclass\nclass Whole:\n    part: Part\n    '''A part.'''\n",
        helper="from dataclasses import dataclass\n@dataclass\nclass Part:\n    x: int = 3",
    )
    assert typing.get_type_hints(module.Whole)["part"].__name__ == "Part"
    assert dataclasses.asdict(module.Whole(module.Part())) == {"part": {"x": 3}}


@pytest.mark.parametrize("name", ["my recipe.py", "v1.2.py", "1st.py", "class.py"])
def test_a_file_may_have_any_name(tmp_path, name):
    assert loading.load(source.read(write(tmp_path, f"x = {name!r}", name=name))).x == name


def test_an_error_points_into_the_file(tmp_path):
    module = loaded(
        tmp_path, "import helper\n\ndef f():\n    return helper.g(0)\n", helper="def g(x):\n    return 1 / x\n"
    )
    write(tmp_path, "# other lines now\n" * 4)
    with pytest.raises(ZeroDivisionError) as caught:
        module.f()
    for text in (loading.trace(caught.value), "".join(traceback.format_exception(caught.value))):
        assert f'"{tmp_path}/mine.py", line 4, in f\n    return helper.g(0)' in text
        assert f'"{tmp_path}/helper.py", line 2, in g\n    return 1 / x' in text
    assert "test_loading" not in loading.trace(caught.value)
    with pytest.raises(ValueError, match="no") as other:
        raise ValueError("no")
    assert loading.trace(other.value) == ""


def test_what_fails_leaves_nothing_behind(tmp_path):
    finders = list(sys.meta_path)
    for _ in range(2):
        with pytest.raises(KeyError):
            loaded(tmp_path, "import helper\nraise KeyError('mine')")
    assert sys.meta_path == finders
    assert not [name for name in sys.modules if name.startswith(loading.package(source.read(tmp_path / "mine.py")))]
