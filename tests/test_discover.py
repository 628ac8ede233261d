"""What finds everything misses nothing."""

import pytest

import discover


@pytest.fixture
def root(tmp_path, monkeypatch, request):
    """A folder with a package of its own, whose name no other test imports."""
    monkeypatch.syspath_prepend(tmp_path)
    name = f"room_{request.node.name}"
    (tmp_path / name / "inner").mkdir(parents=True)
    (tmp_path / name / "__init__.py").touch()
    (tmp_path / name / "inner" / "method.py").write_text("VALUE = 1\n")
    return tmp_path / name


def test_a_folder_is_descended_into(root):
    (root / "inner" / "__init__.py").touch()
    [module] = discover.modules(root.name, root.parent)
    assert (module.__name__, module.VALUE) == (f"{root.name}.inner.method", 1)


def test_a_folder_that_is_no_package_is_an_error(root):
    with pytest.raises(AssertionError, match=r"inner\.method.*__init__"):
        discover.modules(root.name, root.parent)


def test_a_file_that_cannot_be_imported_is_an_error(root):
    (root / "inner" / "__init__.py").touch()
    (root / "inner" / "method.py").write_text("import nothing_of_that_name\n")
    with pytest.raises(ModuleNotFoundError, match="nothing_of_that_name"):
        discover.modules(root.name, root.parent)


def test_a_folder_whose_init_cannot_be_imported_is_an_error(root):
    (root / "inner" / "__init__.py").write_text("import nothing_of_that_name\n")
    with pytest.raises(ModuleNotFoundError, match="nothing_of_that_name"):
        discover.modules(root.name, root.parent)


def test_a_room_may_be_a_module_or_not_be_there(root):
    (root.parent / f"{root.name}_alone.py").touch()
    assert [m.__name__ for m in discover.modules(f"{root.name}_alone", root.parent)] == [f"{root.name}_alone"]
    assert not discover.modules("not_there", root.parent)


@pytest.mark.parametrize("what", ["games", "networks", "losses", "penalties", "projections", "dynamics", "recipes"])
def test_something_is_found_of_each(what):
    assert getattr(discover, what)()
