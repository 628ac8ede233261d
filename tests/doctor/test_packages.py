"""A package that is missing, too old or broken is one line that says what to do."""

import pytest

from blocked import sparring
from sparring import cli
from sparring.doctor import environment, packages

TRAIN = ("train", "ring", "--rounds", "1", "--out", "run")


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("torch", 'torch is not installed: pip install "torch>=2.10"'),
        ("tyro", 'tyro is not installed: pip install "tyro>=0.9"'),
        ("rich", 'rich is not installed: pip install "rich>=13"'),
        ("PIL", 'pillow is not installed: pip install "pillow>=11"'),
        ("sympy", "sympy is not installed: pip install sympy, or install sparring again"),
    ],
)
def test_missing(name, said, tmp_path):
    """Also one that torch needs and sparring does not."""
    broken = {"torch": "ModuleNotFoundError('No module', name='sympy')"} if name == "sympy" else {}
    done = sparring(*TRAIN, missing=() if broken else [name], broken=broken, cwd=tmp_path)
    assert done.returncode == 1
    assert done.stderr == f"sparring: {said}. `sparring doctor` checks everything\n"
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("name", "error"),
    [
        ("torch", "OSError('libcudart.so.13: cannot open shared object file: No such file or directory')"),
        ("torch", "ImportError('libtorch.so: undefined symbol')"),
        ("numpy", "ValueError('numpy.dtype size changed')"),
    ],
)
def test_broken(name, error, tmp_path):
    done = sparring(*TRAIN, broken={name: error}, cwd=tmp_path)
    assert done.returncode == 1
    kind, _, text = error.partition("('")
    assert done.stderr.startswith(f"sparring: {name} cannot be imported ({kind}: {text.removesuffix(chr(39) + ')')}): ")
    assert "install" in done.stderr.partition("): ")[2]
    assert done.stderr.endswith("`sparring doctor` checks everything\n")
    assert done.stderr.count("\n") == 1


@pytest.mark.parametrize("verb", [verb for verb in cli.VERBS if verb != "doctor"])
def test_too_old(verb, monkeypatch, capsys):
    monkeypatch.setattr(packages, "version", lambda name: {"torch": "2.9.1+cpu"}.get(name, "999"))
    assert cli.run(verb, ["--help"]) == 1
    said = 'sparring: torch is 2.9.1+cpu; sparring needs 2.10 or newer: pip install -U "torch>=2.10". '
    assert capsys.readouterr().err == f"{said}`sparring doctor` checks everything\n"


def test_an_extra_has_its_own_command():
    assert packages.of(ModuleNotFoundError("", name="pyarrow.lib")).fix == 'pip install "sparring[data]"'
    assert packages.of(ModuleNotFoundError("", name="ot")).what == "POT is not installed"


@pytest.mark.parametrize("error", [ValueError("no"), OSError("no"), ImportError("no", name="sparring.nothing")])
def test_other_errors_are_left_alone(error):
    def fail():
        raise error

    with pytest.raises(type(error), match="no"), packages.explained():
        fail()


def test_from_a_folder_without_metadata(monkeypatch):
    def missing(name):
        raise environment.metadata.PackageNotFoundError(name)

    monkeypatch.setattr(environment.metadata, "requires", missing)
    assert environment.requirements() == {}
    assert environment.extras() == {}
    packages.refuse_old()
