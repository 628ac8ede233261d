"""What modules say of themselves is true, and the docs say the same."""

import ast
import re
from pydoc import locate

import pytest

import discover
from sparring import recipes
from sparring.cli import VERBS
from sparring.game import Game
from sparring.methods import Method, Paper, declared

MODULES = declared()
METHODS = {method.name: method for methods in MODULES.values() for method in methods}
TABLES = discover.script(discover.TESTS.parent / "tools" / "methods_table.py")
REMAKE = "run `python tools/methods_table.py` and look at the difference"


def names_in(method):
    """The names of sparring's that are called, or have a dot, in what to write in Python."""
    nodes = list(ast.walk(ast.parse(method.python)))
    called = {ast.unparse(node.func) for node in nodes if isinstance(node, ast.Call)}
    return called | {ast.unparse(node) for node in nodes if isinstance(node, ast.Attribute)}


def is_game(value):
    return isinstance(value, type) and issubclass(value, Game)


WRITTEN = set().union(*map(names_in, METHODS.values()))


def test_no_two_methods_have_one_name():
    assert len(METHODS) == sum(map(len, MODULES.values()))


@pytest.mark.parametrize("room", ["games", "families"])
def test_every_game_is_in_a_method(room):
    """In its own module, or, where losses and penalties make the difference, in theirs."""
    games = {name for name, value in discover.public(f"sparring.{room}").items() if is_game(value)}
    assert games
    assert not games - {name.rpartition(".")[2] for name in WRITTEN}


@pytest.mark.parametrize("room", ["games", "families"])
def test_every_game_declares_its_methods(room):
    """Add METHODS = (Method(...),) before `tiny`; only the GAN has its methods with its losses."""
    found = {discover.short(module) for module in discover.modules(f"sparring.{room}")}
    assert found - MODULES.keys() <= {"games.gan"}


@pytest.mark.parametrize("room", ["losses", "penalties", "projections"])
def test_every_part_of_a_game_is_in_a_method(room):
    parts = getattr(discover, room)().keys()
    assert not {name for name in parts if not any(w.startswith(room) and w.endswith(f".{name}") for w in WRITTEN)}


def test_every_rule_is_a_method():
    assert not discover.dynamics().keys() - {name.rpartition(".")[2] for name in WRITTEN}


def test_every_recipe_runs_a_method():
    commands = {tuple(method.command.split()[1:3]) for method in METHODS.values()}
    assert not {name for name in recipes.names() if ("train", name) not in commands}


@pytest.mark.parametrize("method", METHODS.values(), ids=METHODS)
def test_what_a_method_names_is_there(method):
    for name in names_in(method):
        assert locate(f"sparring.{name}") is not None, name
    if method.command:
        program, verb, *rest = method.command.split()
        assert program == "sparring"
        assert verb in VERBS
        assert verb != "train" or recipes.find(rest[0])
    assert not method.record or (discover.RECORDS / f"{method.record}.json").exists()
    assert method.record or not method.measured
    if method.measured:
        record = TABLES.Record.read(discover.RECORDS / f"{method.record}.json")
        assert TABLES.figure(record, method.measured).what.startswith(method.measured)


def test_the_docs_say_what_modules_and_records_say():
    for path, text in TABLES.texts().items():
        assert path.read_text(encoding="utf-8") == text, f"{path.name} is old: {REMAKE}"


def test_the_readme_shows_ten_at_most_and_counts_all():
    [part] = TABLES.SECTION.findall(TABLES.README.read_text(encoding="utf-8"))
    shown, count = map(int, re.match(r"(\d+) of (\d+) methods", part).groups())
    assert count == len(METHODS)
    assert shown == part.count("\n| ") - 1 - 1 <= 10


def test_a_method_without_a_record_says_so_by_itself():
    paper = Paper("Nobody", 2020, "https://example.org")
    method = Method(name="new", python="GAN(...)", papers=(paper,), in_readme=True)
    assert "| new | `GAN(...)` | 2020, [Nobody](https://example.org) | after it | in Python | formulas only |" in (
        TABLES.section([method], {})
    )
    assert "formulas only" in TABLES.page([method], {})


def test_a_claim_that_does_not_hold_is_told():
    records = {path.stem: TABLES.Record.read(path) for path in discover.RECORDS.glob("*.json")}
    assert not records["ais_mnist"].holds
    assert "false: At least two chains" in TABLES.claims(records["ais_mnist"])
    assert TABLES.claims(records["ring"]) == "hold"


@pytest.mark.parametrize("field", ["name", "category", "python", "papers"])
def test_a_method_says_what_it_is(field):
    whole = {"name": "a", "category": "b", "python": "c", "papers": (Paper("A", 2000, "https://example.org"),)}
    with pytest.raises(ValueError, match=f"no {field}"):
        Method(**whole | {field: type(whole[field])()})


@pytest.mark.parametrize("wrong", [("", 2000, "https://a.org"), ("A", 20, "https://a.org"), ("A", 2000, "a.org")])
def test_a_paper_can_be_found(wrong):
    with pytest.raises(ValueError, match="expected authors, a year, and an address"):
        Paper(*wrong)


def test_the_tutorial_page_has_every_section_that_a_method_names():
    """In the first column of its table in docs/tutorial.md."""
    page = (discover.TESTS.parent / "docs" / "tutorial.md").read_text(encoding="utf-8")
    rows = set(re.findall(r"\d(?:\.\d)+", " ".join(re.findall(r"^\| ([^|]*) \|", page, re.MULTILINE))))
    named = {section for method in METHODS.values() for section in re.findall(r"[\d.]+", method.section or "")}
    assert not named - rows
