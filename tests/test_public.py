import ast
import importlib
import subprocess
import sys
from pathlib import Path

import pytest

import sparring
from sparring.machine import lazy

SOURCE = Path(sparring.__file__).parent
LAZY = sorted(file for file in SOURCE.rglob("__init__.py") if "TYPE_CHECKING" in file.read_text())


def test_every_public_name_is_there():
    assert sorted(sparring.__all__) == sorted(dir(sparring))
    for name in sparring.__all__:
        assert getattr(sparring, name) is not None
    with pytest.raises(AttributeError, match="'nothing'"):
        sparring.nothing  # noqa: B018


def test_every_package_is_lazy():
    """Or imports its modules at once."""
    assert SOURCE.joinpath("networks", "__init__.py") in LAZY
    others = {file.parent.name for file in SOURCE.rglob("__init__.py")} - {file.parent.name for file in LAZY}
    assert others == {"checks", "cli", "equilibrium", "figures", "losses", "penalties"}


@pytest.mark.parametrize("file", LAZY, ids=lambda p: str(p.relative_to(SOURCE).parent))
def test_type_checkers_know_what_is_below_a_package(file):
    package = ".".join(file.relative_to(SOURCE.parent).parent.parts)
    importlib.import_module(package)
    listed = {
        alias.name
        for node in ast.walk(ast.parse(file.read_text()))
        if isinstance(node, ast.ImportFrom) and node.module == package
        for alias in node.names
    }
    assert listed == set(lazy.below(package)), f"{file} lists the modules of its folder below `if TYPE_CHECKING`"


def test_modules_are_there_after_import_sparring_alone():
    """In a new process: in this one they have been imported."""
    code = """
import sys, sparring
before = set(sys.modules)
assert {"metrics", "hooks", "recipes", "networks", "dynamics", "Game"} <= set(dir(sparring))
assert {"dcgan", "mlp"} <= set(dir(sparring.networks)) and "gan" in dir(sparring.games)
assert "torch" not in sys.modules
print(sparring.networks.dcgan.Generator.__name__, sparring.hooks.Hook.__name__, sparring.games.images.cgan.__name__)
print("cgan" in sparring.recipes.names(), sparring.recipes.Config.__name__, hasattr(sparring.metrics, "nothing"))
"""
    said = subprocess.check_output([sys.executable, "-c", code], text=True)
    assert said.split() == ["Generator", "Hook", "sparring.games.images.cgan", "True", "Config", "False"]


def test_a_module_is_there_however_its_package_was_imported():
    code = "import sparring.networks.mlp; print(sparring.networks.dcgan.__name__)"
    assert subprocess.check_output([sys.executable, "-c", code], text=True) == "sparring.networks.dcgan\n"


def test_a_type_checker_knows_them_and_nothing_else(tmp_path):
    file, settings = tmp_path / "use.py", tmp_path / "mypy.ini"
    file.write_text("import sparring\nreveal_type(sparring.networks.dcgan.tiny)\nsparring.networks.nothing\n")
    others = ("torch", "numpy", "PIL", "rich", "tyro", "matplotlib", "scipy", "safetensors", "ot", "pyarrow")
    settings.write_text("[mypy]\nstrict = true\n" + "".join(f"[mypy-{o}.*]\nfollow_imports = skip\n" for o in others))
    check = [sys.executable, "-m", "mypy", "--config-file", settings, "--cache-dir", tmp_path / "cache", file]
    said = subprocess.run(check, capture_output=True, text=True, check=False, cwd=SOURCE.parent).stdout
    assert 'Revealed type is "def () -> ' in said
    assert 'Module has no attribute "nothing"' in said


@pytest.mark.parametrize("file", sorted(SOURCE.rglob("*.py")), ids=lambda p: str(p.relative_to(SOURCE)))
def test_files_are_data(file):
    """No call in the package runs or unpickles what a file holds, and every module says what it is."""
    tree = ast.parse(file.read_text())
    calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call)]
    names = {ast.unparse(node.func) for node in calls}
    if file == SOURCE / "metrics" / "foreign.py":  # the one place, and with the unpickler that knows tensors alone
        [call] = [call for call in calls if ast.unparse(call.func) == "torch.load"]
        assert "weights_only=True" in [ast.unparse(keyword) for keyword in call.keywords]
        names.remove("torch.load")
    if file == SOURCE / "runs" / "own" / "loading.py":  # bytes that a user has named, or that are on their list
        [call] = [call for call in calls if ast.unparse(call.func) == "exec"]
        assert ast.unparse(call.args[0]) == "compile(content, origin, 'exec', dont_inherit=True)"
        names -= {"exec", "compile"}
        assert sum(ast.unparse(call.func) == "compile" for call in calls) == 1
    assert not names & {"eval", "exec", "compile", "torch.load", "pickle.load", "pickle.loads", "yaml.load"}
    assert not {name for name in names if name.endswith((".extractall", "nan_to_num"))}
    assert ast.get_docstring(tree)
