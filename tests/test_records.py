"""Every record can be made again, and every JSON is a record."""

import contextlib
import json
import socket

import pytest

import discover
from sparring.evaluation.record import Claim, Figure, Published, Record, over_seeds, stamp

SCRIPTS = discover.records()
FILES = {file.stem: file for file in sorted(discover.RECORDS.rglob("*.json"))}


def test_every_script_has_a_json_and_every_json_a_script():
    assert SCRIPTS.keys() == FILES.keys()


@pytest.mark.parametrize("name", FILES)
def test_every_json_is_a_record(name, tmp_path):
    record = Record.read(FILES[name])
    assert record.command == f"python benchmarks/records/{name}.py"
    record.write(tmp_path / "again.json")
    assert (tmp_path / "again.json").read_text(encoding="utf-8") == FILES[name].read_text(encoding="utf-8")


@pytest.mark.parametrize("name", SCRIPTS)
def test_every_record_runs_quickly(name, tmp_path, monkeypatch):
    """With what ships, no network, and without a trace."""
    monkeypatch.setattr(socket.socket, "connect", lambda *_: pytest.fail("a quick record needs no network"))
    monkeypatch.chdir(tmp_path)
    before = FILES[name].read_bytes()
    record = SCRIPTS[name].run(quick=True)
    assert record.command == Record.read(FILES[name]).command
    assert FILES[name].read_bytes() == before
    assert not list(tmp_path.iterdir())
    record.write(tmp_path / "quick.json")
    assert Record.read(tmp_path / "quick.json").holds == record.holds


@pytest.mark.parametrize("name", SCRIPTS)
def test_main_writes_what_run_returns(name, tmp_path, monkeypatch):
    quick = Record.read(FILES[name])
    monkeypatch.setattr(SCRIPTS[name], "run", lambda *_, **__: quick)
    monkeypatch.setattr(SCRIPTS[name], "OUT", tmp_path / f"{name}.json")
    monkeypatch.setattr("sys.argv", [f"{name}.py"])
    with contextlib.suppress(SystemExit):
        SCRIPTS[name].main()
    assert Record.read(tmp_path / f"{name}.json") == quick


def whole(**others):
    """A record with nothing missing."""
    fields = {
        "command": "python a.py",
        "date": "2026-01-02",
        "seeds": (0, 1),
        "machine": "some processor, 2 cores",
        "versions": {"python": "3", "torch": "2", "numpy": "2", "sparring": "0"},
        "minutes": 1.0,
        "ours": (over_seeds("share", [0.5, 0.75]),),
        "controls": (Figure(what="untrained", value=0.1),),
        "published": (Published(figure=Figure(what="theirs", value=0.7), source="a paper", difference="another seed"),),
        "claims": (Claim(words="More.", left=0.5, relation=">", right=0.1),),
    }
    return Record(**fields | others)


def test_a_record_comes_back(tmp_path):
    record = whole(details={"é": [1, 2.5], "text": "[1,  2] stays"})
    record.write(tmp_path / "a.json")
    assert "[1, 2.5]" in (tmp_path / "a.json").read_text(encoding="utf-8")
    assert Record.read(tmp_path / "a.json") == whole(details={"é": [1, 2.5], "text": "[1,  2] stays"})


def test_the_interval_over_seeds():
    figure = over_seeds("share", [0.5, 1.0, 0.75])
    assert (figure.value, figure.low, figure.high, figure.values) == (0.75, 0.5, 1.0, (0.5, 1.0, 0.75))
    assert over_seeds("share", [0.7188075751718004] * 7).value == 0.7188075751718004


@pytest.mark.parametrize(
    ("relation", "left", "right", "holds"),
    [
        ("<", 1, 1, False),
        ("<=", 1, 1, True),
        (">", 1, 1, False),
        (">=", 1, 1, True),
        ("<", 0, 1, True),
        (">", 0, 1, False),
    ],
)
def test_whether_a_claim_holds_is_computed(relation, left, right, holds):
    assert Claim(words="", left=left, relation=relation, right=right).holds is holds


def test_all_claims_of_a_record_must_hold():
    claims = tuple(Claim(words="", left=0.5, relation=relation, right=0.1) for relation in "<>")
    assert not whole(claims=claims).holds
    assert whole(claims=claims[1:]).holds


@pytest.mark.parametrize("name", ["machine", "minutes"])
def test_what_is_not_known_has_a_reason(name):
    with pytest.raises(ValueError, match=rf"null or empty are \['{name}'\]"):
        whole(**{name: None})
    assert whole(**{name: None}, missing={name: "not recorded"}).gaps == {name}


@pytest.mark.parametrize("name", ["seeds", "controls", "published"])
def test_what_is_empty_has_a_reason(name):
    with pytest.raises(ValueError, match=rf"null or empty are \['{name}'\]"):
        whole(**{name: ()})
    assert whole(**{name: ()}, missing={name: "not run"}).gaps == {name}


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"missing": {"minutes": "not recorded"}}, r"reasons are given for \['minutes'\]"),
        ({"ours": (Figure(what="a", value=0.5),)}, r"null or empty are \['interval'\]"),
        ({"versions": {"python": "3", "torch": None, "numpy": "2", "sparring": "0"}}, r"\['versions'\]"),
        ({"versions": {"python": "3"}}, "versions of numpy, sparring, torch"),
        ({"command": ""}, "has a command"),
        ({"claims": ()}, "has a command, a figure of ours and a claim"),
        ({"date": "yesterday"}, "yesterday"),
        ({"claims": (Claim(words="", left=0.6, relation=">", right=0),)}, "which is not a number of `ours`"),
    ],
)
def test_what_is_no_record(wrong, message):
    with pytest.raises(ValueError, match=message):
        whole(**wrong)


@pytest.mark.parametrize(
    "wrong",
    [{"low": 0.1}, {"low": 0.1, "high": 0.2}, {"interval": "a"}, {"low": 0.6, "high": 0.7, "interval": "a"}],
)
def test_what_is_no_figure(wrong):
    with pytest.raises(ValueError, match=r"expected it within|give all three"):
        Figure(what="a", value=0.5, **wrong)


def test_a_relation_is_one_of_four():
    with pytest.raises(ValueError, match="'='; expected one of <, <=, >, >="):
        Claim(words="", left=0, relation="=", right=0)


@pytest.mark.parametrize(
    ("spoil", "message"),
    [
        (lambda c: c["claims"][0].update(holds=False), "it says"),
        (lambda c: c.update(holds=False), "it says"),
        (lambda c: c.pop("machine"), "machine"),
        (lambda c: c.update(host="a"), "host"),
        (lambda c: c["ours"][0].update(low=0.9), "expected it within"),
    ],
)
def test_what_a_file_says_is_checked(spoil, message, tmp_path):
    whole().write(tmp_path / "a.json")
    content = json.loads((tmp_path / "a.json").read_text(encoding="utf-8"))
    spoil(content)
    (tmp_path / "a.json").write_text(json.dumps(content), encoding="utf-8")
    with pytest.raises(ValueError, match=rf"a\.json is not a record: .*{message}"):
        Record.read(tmp_path / "a.json")


def test_a_stamp_names_the_machine_and_not_its_host():
    found = stamp(90, "pillow")
    assert found["minutes"] == 1.5
    assert found["versions"].keys() == {"python", "torch", "numpy", "sparring", "pillow"}
    assert found["machine"].endswith("cores")
    assert socket.gethostname() not in found["machine"]
