"""Runs of recipes of one's own: what runs, and what never does."""

import json
import shutil
import sys

import pytest

import sparring
from own_recipes import RECIPE, SMALL, write
from sparring.recipes import UnknownRecipeError
from sparring.runs import code, files, listing
from sparring.runs.errors import UnlistedError
from sparring.runs.own import loading, trust
from sparring.runs.run import Run, load
from sparring.runs.session import Session


def forget():
    """As a new process would find it: nothing of somebody's is loaded."""
    for name in [name for name in sys.modules if name.startswith(loading.PACKAGE)]:
        del sys.modules[name]
    sys.meta_path[:] = [finder for finder in sys.meta_path if type(finder).__module__ != loading.__name__]


@pytest.fixture(autouse=True)
def apart(tmp_path, monkeypatch):
    """An empty list, and nothing loaded."""
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    forget()


def begun(path, file):
    found = code.find(str(file))
    session = Session.create(path, found, found.recipe.Config(**SMALL))
    session.play()
    return found


@pytest.fixture(scope="module")
def trained(tmp_path_factory):
    folder = tmp_path_factory.mktemp("trained")
    begun(folder / "run", write(folder / "mine"))
    return folder


@pytest.fixture
def run(trained, tmp_path, capsys):
    """A stranger's run; beside it lies its file."""
    for name in ("run", "mine"):
        shutil.copytree(trained / name, tmp_path / name)
    forget()
    capsys.readouterr()
    return tmp_path / "run"


@pytest.fixture
def ran(capsys):
    """Whether something of a recipe has been run since it was last asked."""
    return lambda: "RUN" in capsys.readouterr().out


def listed(run):
    """The run, its recipe having been put on the list."""
    code.list_it(code.find(run.parent / "mine" / "mine.py"))
    forget()
    return run


def test_a_run_keeps_its_recipe(run):
    about = files.read_config(run)
    assert about["recipe"] == "mine.py"
    assert about["source"]["files"] == ["mine.py", "helper.py"]
    assert (run / "recipe" / "mine.py").read_text() == RECIPE.lstrip()
    assert (run / "recipe" / "helper.py").read_text() == "WIDTH = 4\n"


def test_a_strangers_run_is_not_run(run, ran):
    for use in (Run.open, load, Session.resume):
        with pytest.raises(UnlistedError, match=r"not on your list. Nothing of it was run. .*no sandbox"):
            use(run)
    assert not ran()
    assert not trust.place().exists()


def test_what_is_listed_runs(run, ran):
    listed(run)
    assert Run.open(run).parts.Config.__name__ == "Config"
    assert ran()
    assert load(run).sample(3).shape == (3, 2)
    assert not ran(), "once is enough"


def test_a_file_that_is_named_runs_and_is_not_listed(run, ran):
    assert load(run, recipe=str(run.parent / "mine" / "mine.py")).sample(3).shape == (3, 2)
    assert load(run, recipe=run / "recipe" / "mine.py").sample(3).shape == (3, 2), "the copy, after a look at it"
    assert ran()
    assert not trust.place().exists()
    session = Session.resume(run, rounds=3, recipe=run.parent / "mine" / "mine.py")
    session.play()
    assert session.complete


@pytest.mark.parametrize("name", ["mine.py", "helper.py"])
def test_an_edited_copy_is_not_run(listed_run, ran, name):
    with (listed_run / "recipe" / name).open("a") as file:
        file.write("print('RUN evil')\n")
    for use in (Run.open, load, Session.resume):
        with pytest.raises(ValueError, match="were changed since the run began"):
            use(listed_run)
    about = files.read_config(listed_run)
    edited = dict(
        zip(about["source"]["files"], (listed_run / "recipe" / n for n in about["source"]["files"]), strict=True)
    )
    found = code.Source(listed_run, {n: path.read_bytes() for n, path in edited.items()})
    files.write_config(listed_run, {**about, "source": found.about()})  # whoever edits one can edit the other
    with pytest.raises(UnlistedError):
        load(listed_run)
    assert not ran()


@pytest.fixture
def listed_run(run, capsys):
    listed(run)
    capsys.readouterr()
    return run


@pytest.mark.parametrize("names", [["../../x.py"], ["/tmp/x.py"], ["mine.py", "../x.py"], "mine.py", None])
def test_a_description_that_leads_elsewhere_is_refused(listed_run, ran, names):
    (listed_run.parent.parent / "x.py").write_text("print('RUN evil')")
    about = files.read_config(listed_run)
    files.write_config(listed_run, {**about, "source": {**about["source"], "files": names}})
    with pytest.raises(ValueError, match="describes its recipe's files wrongly"):
        load(listed_run)
    assert not ran()


def test_a_swap_between_hash_and_use_changes_nothing(listed_run, ran, monkeypatch):
    knows = trust.knows

    def swapped(found):
        answer = knows(found)
        for file in (listed_run / "recipe").iterdir():
            file.write_text("print('RUN evil')\nraise SystemExit")
        return answer

    monkeypatch.setattr(trust, "knows", swapped)
    assert load(listed_run).sample(2).shape == (2, 2)


def test_a_run_cannot_pass_for_one_of_sparring(listed_run, ran):
    """Nor can a listed recipe be loaded by verbs that look at runs of sparring only."""
    about = files.read_config(listed_run)
    files.write_config(listed_run, {**about, "recipe": "ring"})
    assert "nothing was run" in listing.summary(listed_run).problem
    with pytest.raises(ValueError, match=r"has a copy of 'mine\.py' for 'ring': nothing was run"):
        load(listed_run)
    files.write_config(listed_run, {**{name: value for name, value in about.items() if name != "source"}})
    with pytest.raises(ValueError, match=r"no recipe 'mine\.py'"):
        load(listed_run)
    files.write_config(listed_run, {**about, "recipe": str(listed_run.parent / "mine" / "mine.py"), "source": 3})
    with pytest.raises(ValueError, match="wrongly"):
        load(listed_run)
    assert not ran()


def test_listing_and_comparing_run_nothing(listed_run, ran):
    summary = listing.summary(listed_run)
    assert (summary.recipe, summary.round, summary.complete, summary.problem) == ("mine.py", 2, True, None)
    assert listing.find(listed_run.parent) == [listed_run]
    listing.differences([listed_run, listed_run])
    listing.prune(listed_run)
    listing.remove(listed_run)
    assert not ran()


def test_a_named_file_that_differs_is_refused(run, ran):
    file = write(run.parent / "other", RECIPE + "# more\n", helper="WIDTH = 5\n")
    for use in (Run.open, Session.resume):
        with pytest.raises(
            ValueError, match=r"mine\.py differs from line \d+ on; helper\.py differs from line 1 on.*--from"
        ):
            use(run, recipe=file)
    renamed = write(run.parent / "renamed", name="ours.py")
    with pytest.raises(ValueError, match=r"'ours\.py' is not what made .*mine\.py is only in the run"):
        load(run, recipe=renamed)
    assert not ran()
    with pytest.raises(ValueError, match=r"mine\.py differs from line"):
        code.find(file).check(run)
    code.find(run.parent / "mine" / "mine.py").check(run)
    code.find("ring").check(run)


def test_a_recipe_of_sparring_takes_no_file(run, tmp_path):
    config = sparring.recipes.find("ring").Config(**SMALL, width=4)
    Session.create(tmp_path / "ring", "ring", config).play()
    with pytest.raises(ValueError, match="uses the recipe 'ring', not a file: leave out --recipe"):
        load(tmp_path / "ring", recipe=run.parent / "mine" / "mine.py")
    with pytest.raises(UnknownRecipeError):
        code.find("mine.py")


def test_lost_copies_come_back(run):
    shutil.rmtree(run / "recipe")
    with pytest.raises(FileNotFoundError, match=r"mine\.py"):
        load(run)
    Session.resume(run, rounds=3, recipe=run.parent / "mine" / "mine.py").play()
    assert sorted(file.name for file in (run / "recipe").iterdir()) == ["helper.py", "mine.py"]


def test_a_list_that_cannot_be_written_costs_a_warning(run, tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "file"))
    (tmp_path / "file").touch()
    with pytest.warns(UserWarning, match="the next command needs --recipe"):
        code.list_it(code.find(run.parent / "mine" / "mine.py"))


KIND = """
from dataclasses import dataclass
from sparring.kinds.points import Points as Common
import sparring

@dataclass(frozen=True)
class Points(Common):
    {field}: int = {value}
"""


def test_kinds_of_one_recipe_are_not_those_of_another(tmp_path):
    """Three classes of one name, of which each run takes its own."""
    for field, value in (("colour", 1), ("weight", 2)):
        recipe = RECIPE.replace("import sparring\n", KIND.format(field=field, value=value), 1)
        recipe = recipe.replace("(400, 2)))", f"(400, 2)), kind=Points({field}={value}))")
        begun(tmp_path / field, write(tmp_path / f"of {field}", recipe))
    begun(tmp_path / "usual", write(tmp_path / "mine"))
    forget()
    for name in ("colour", "weight", "usual"):
        code.list_it(code.find(tmp_path / ("mine" if name == "usual" else f"of {name}") / "mine.py"))
    assert Run.open(tmp_path / "colour").spec.kind.colour == 1
    assert Run.open(tmp_path / "weight").spec.kind.weight == 2
    assert not hasattr(Run.open(tmp_path / "usual").spec.kind, "weight")
    assert type(load(tmp_path / "weight").kind).__name__ == "Points"


def test_a_run_goes_on_bit_for_bit(run, tmp_path):
    file = run.parent / "mine" / "mine.py"
    found = code.find(file)
    Session.create(tmp_path / "whole", found, found.recipe.Config(**{**SMALL, "rounds": 4})).play()
    listed(run)
    Session.resume(run, rounds=4).play()
    name = "checkpoints/00000004/tensors.safetensors"
    assert (run / name).read_bytes() == (tmp_path / "whole" / name).read_bytes()


def test_config_json_is_sealed(run):
    about = json.loads((run / "config.json").read_text())
    about["source"]["sha256"] = "0" * 64
    (run / "config.json").write_text(json.dumps(about))
    with pytest.raises(ValueError, match="its SHA-256 differs"):
        load(run)
