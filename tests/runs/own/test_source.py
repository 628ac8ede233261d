import os

import pytest

from own_recipes import write
from sparring.runs.own import source


def test_a_word_with_a_path_is_a_file():
    assert source.is_file("./mine.py")
    assert source.is_file("/home/me/mine.py")
    assert not source.is_file("mine.py")
    assert not source.is_file("./mine")
    assert not source.is_file("dcgan")


def test_what_is_imported_from_the_folder_is_found_without_running_it(tmp_path):
    recipe = """
import os, helper
import parts.net as net
from parts import more, nothing
def later():
    from deep import x
import sparring.recipes
"""
    file = write(
        tmp_path, recipe, deep="raise SystemExit\nimport helper\nimport deeper", deeper="x = 1", unused="x = 1"
    )
    write(tmp_path / "parts", "from .below import y", name="net.py", more="", __init__="", below="y = 2")
    (tmp_path / "os").mkdir()  # a folder, but no package
    (tmp_path / "sparring.py").write_text("")
    found = source.read(file)
    assert found.name == "mine.py"
    assert set(found.files) == {
        "mine.py", "helper.py", "parts/__init__.py", "parts/net.py", "parts/more.py", "parts/below.py", "deep.py",
        "deeper.py",
    }  # fmt: skip


def test_the_digest_is_of_names_and_contents(tmp_path):
    one = source.read(write(tmp_path / "1")).sha256
    assert source.read(write(tmp_path / "2")).sha256 == one, "wherever it is"
    assert source.read(write(tmp_path / "3", name="ours.py")).sha256 != one
    assert source.read(write(tmp_path / "4", helper="WIDTH = 5")).sha256 != one
    both = write(tmp_path / "5", "import other", other="import mine")
    other = source.read(both.with_name("other.py"))
    assert set(other.files) == set(source.read(both).files)
    assert other.sha256 != source.read(both).sha256, "another one of the files is the recipe"


def test_what_is_no_recipe_is_refused(tmp_path):
    with pytest.raises(FileNotFoundError, match=r"no file .*gone\.py': check the name"):
        source.read(tmp_path / "gone.py")
    with pytest.raises(ValueError, match=r"expected a Python file whose name ends in \.py"):
        source.read(tmp_path / "mine.txt")
    (tmp_path / "folder.py").mkdir()
    with pytest.raises(ValueError, match=r"folder\.py' is not a file"):
        source.read(tmp_path / "folder.py")
    with pytest.raises(ValueError, match=r"mine\.py', line 2: .*; correct this line"):
        source.read(write(tmp_path, "x = 1\ndef (\n"))
    with pytest.raises(ValueError, match=r"helper\.py', line 1: "):
        source.read(write(tmp_path, "import helper", helper="def ("))
    with pytest.raises(ValueError, match="null bytes"):
        source.read(write(tmp_path, "x = 1\0"))


def test_links_are_refused(tmp_path):
    file = write(tmp_path / "real", "import helper\nimport parts.net")
    link = tmp_path / "link.py"
    link.symlink_to(file)
    with pytest.raises(ValueError, match=r"link\.py' is a link: give the file itself, .*real/mine\.py"):
        source.read(link)
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere" / "net.py").touch()
    (tmp_path / "real" / "parts").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(ValueError, match="parts' is a link"):
        source.read(file)
    (tmp_path / "real" / "parts").unlink()
    (tmp_path / "real" / "helper.py").unlink()
    (tmp_path / "real" / "helper.py").symlink_to(tmp_path / "nowhere")
    with pytest.raises(ValueError, match=r"helper\.py' is a link"):
        source.read(file)


def test_a_pipe_does_not_make_it_wait(tmp_path):
    os.mkfifo(tmp_path / "mine.py")
    with pytest.raises(ValueError, match="is not a file"):
        source.read(tmp_path / "mine.py")


@pytest.fixture
def run(tmp_path):
    """A run's copies, and what its config.json says of them."""
    found = source.read(write(tmp_path / "mine"))
    source.write(found, tmp_path / "run")
    return tmp_path / "run", found


def test_copies_are_what_was_read(run):
    path, found = run
    copies = source.of_copies(path, found.about())
    assert copies.files == found.files
    assert copies.sha256 == found.sha256
    assert source.differences(found, copies) == []


@pytest.mark.parametrize("name", ["mine.py", "helper.py"])
def test_an_edited_copy_is_refused(run, name):
    path, found = run
    with (path / "recipe" / name).open("a") as file:
        file.write("\n")
    with pytest.raises(ValueError, match="were changed since the run began"):
        source.of_copies(path, found.about())


def test_a_copy_that_is_gone_or_a_link_is_refused(run, tmp_path):
    path, found = run
    (path / "recipe" / "helper.py").rename(tmp_path / "elsewhere.py")
    with pytest.raises(FileNotFoundError, match=r"helper\.py"):
        source.of_copies(path, found.about())
    (path / "recipe" / "helper.py").symlink_to(tmp_path / "elsewhere.py")
    with pytest.raises(ValueError, match="is a link"):
        source.of_copies(path, found.about())
    (path / "recipe").rename(tmp_path / "moved")
    (path / "recipe").symlink_to(tmp_path / "moved")
    with pytest.raises(ValueError, match="recipe' is a link"):
        source.of_copies(path, found.about())


@pytest.mark.parametrize(
    "name",
    ["../mine.py", "../../x.py", "/etc/x.py", "a/../../x.py", "./mine.py", "a//b.py", "..\\x.py", "C:x.py", "x\0.py",
     "x.txt", "", ".", "..", 3, None, ["mine.py"]],
)  # fmt: skip
def test_names_that_lead_elsewhere_are_refused(run, name):
    path, found = run
    for names in ([name], ["mine.py", name]):
        with pytest.raises(ValueError, match=r"describes its recipe's files wrongly: .*; nothing was read"):
            source.of_copies(path, {**found.about(), "files": names})


@pytest.mark.parametrize("about", [None, 3, [], {}, {"files": "mine.py"}, {"files": []}, {"sha256": "x"}])
def test_a_description_of_nothing_is_refused(run, about):
    with pytest.raises(ValueError, match="describes its recipe's files wrongly"):
        source.of_copies(run[0], about)


def test_a_description_without_a_digest_is_refused(run):
    path, found = run
    with pytest.raises(ValueError, match="were changed since the run began"):
        source.of_copies(path, {"files": found.about()["files"]})


def test_differences_are_named(tmp_path):
    one = source.read(write(tmp_path / "1", "import helper\nx = 1\n"))
    other = source.read(write(tmp_path / "2", "import helper\nx = 2\nimport more\n", more="", helper="WIDTH = 4\r\n"))
    assert source.differences(one, other) == [
        "mine.py differs from line 2 on", "helper.py differs in its line ends", "more.py is only in the run",
    ]  # fmt: skip
    assert source.differences(other, one)[-1] == "more.py is only beside the file you named"
