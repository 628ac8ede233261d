import re
import shlex
import sys
from pathlib import Path

import pytest
import torch

from sparring import cli
from sparring.data.toys import ring_modes

README = Path(__file__).parents[1] / "README.md"


def test_the_code_in_the_readme_runs():
    """All blocks one after the other; the ring they train on is covered."""
    names = {}
    for block in re.findall(r"```python\n(.*?)```", README.read_text(), re.DOTALL):
        exec(compile(block, "README.md", "exec"), names)
    distances, nearest = torch.cdist(names["points"], ring_modes()).min(dim=1)
    assert (distances < 0.2).float().mean() > 0.7
    assert (torch.bincount(nearest[distances < 0.2], minlength=8) > 0).all()


OWN = README.parent / "docs" / "your-own-game.md"
PAGES = [page for page in sorted(README.parent.glob("docs/*.md")) if "```python\n" in page.read_text() and page != OWN]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_the_code_in_the_docs_runs(page, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    names = {}
    for block in re.findall(r"```python\n(.*?)```", page.read_text(), re.DOTALL):
        exec(compile(block, page.name, "exec"), names)
    assert names


def test_your_own_game_from_nothing_to_evaluate(tmp_path, monkeypatch):
    """Files are written, commands and other code run, one after the other, in an empty folder; with fewer rounds."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    monkeypatch.syspath_prepend(str(tmp_path))  # as `python check.py` does
    text = OWN.read_text().replace("rounds: int = 1000", "rounds: int = 20").replace("--rounds 1500", "--rounds 25")
    text = text.replace("rounds=200", "rounds=10").replace(
        "evaluate runs/mine", "evaluate runs/mine --n 100 --measures precision"
    )
    ran = []
    for block, command in re.findall(r"```python\n(.*?)```|^    (\w+ [^\n]*)$", text, re.DOTALL | re.MULTILINE):
        name = re.match(r"# (\w+\.py)\n", block)
        if name:
            Path(name[1]).write_text(block)
        elif block:
            exec(compile(block, OWN.name, "exec"), {})
        else:
            program, *words = shlex.split(command)
            ran.append(words[0])
            if program == "python":
                exec(compile(Path(words[0]).read_text(), words[0], "exec"), {})
            else:
                assert cli.run(words[0], words[1:]) == 0, command
    assert ran == ["train", "resume", "sample", "evaluate", "check.py", "sample", "train"]
    assert {"points.png", "by-hand.png"} <= {path.name for path in tmp_path.iterdir()}
    sys.modules.pop("mine", None)


TEXTS = [README, *sorted(README.parent.glob("docs/*.md")), README.parent / "CONTRIBUTING.md"]
EACH_TEXT = pytest.mark.parametrize("page", TEXTS, ids=lambda page: page.name)
WORDS = 25
"""A sentence has no more."""


def anchors(page):
    """What a link to a heading of the page may name, as GitHub does."""
    headings = re.findall(r"^#+ (.+)$", page.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w -]", "", heading).lower().replace(" ", "-") for heading in headings}


@EACH_TEXT
def test_links_lead_somewhere(page):
    for target in re.findall(r"\]\(([^):]+)\)", page.read_text(encoding="utf-8")):
        path, _, anchor = target.partition("#")
        there = page.parent / path if path else page
        assert there.exists(), target
        assert not anchor or anchor in anchors(there), target


def prose(text):
    """A page without code blocks, tables, headings and the addresses of links."""
    text = re.sub(r"^```.*?^```$", "", text, flags=re.DOTALL | re.MULTILINE)
    text = re.sub(r"(?<=\n\n)(?: {4}.*\n)+", "\n", text)  # a list goes on without an empty line before it
    text = re.sub(r"^(\||#).*$", "\n", text, flags=re.MULTILINE)
    return re.sub(r"!?\[([^\]]*)\]\([^)]*\)", r"\1", text)


def sentences(text):
    """They end at . ! or ? before a space, and with a paragraph or a point of a list; not at a colon or a semicolon."""
    for block in re.split(r"\n\s*\n|^ *(?:[-*]|\d+\.) ", prose(text), flags=re.MULTILINE):
        yield from re.split(r"(?<=[.!?])\s+", " ".join(block.split()))


def test_sentences_are_told_apart():
    text = "# A title\n\nOne two: three; four.\nFive [six](seven.md)?\n\n    code\n    more\n"
    text += "\n- eight\n  nine\n- ten\n\n| a | table |\n\n```python\nx = 1\n```\n\nThe end.\n"
    found = [sentence for sentence in sentences(text) if sentence]
    assert found == ["One two: three; four.", "Five six?", "eight nine", "ten", "The end."]


@EACH_TEXT
def test_no_sentence_is_long(page):
    long = [found for found in sentences(page.read_text(encoding="utf-8")) if len(found.split()) > WORDS]
    assert not long, f"split these sentences of {page.name}; {WORDS} words is the most: {long}"


@EACH_TEXT
def test_names_have_one_spelling(page):
    """Fréchet has its accent; `frechet` in code is a name of a module."""
    text = re.sub(r"```.*?```|`[^`]*`|^ {4}.*$", "", page.read_text(encoding="utf-8"), flags=re.DOTALL | re.MULTILINE)
    assert not re.findall(r"[^\n]*frechet[^\n]*", text, re.IGNORECASE)
