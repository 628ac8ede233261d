"""The comparison of rules: results that are kept, and not measured again."""

import json

import pytest

import discover

bench = discover.script(discover.RECORDS.parent / "dynamics.py")


@pytest.fixture
def small(tmp_path, monkeypatch):
    """Results in a folder of the test, without processes for memory."""
    monkeypatch.setattr(bench, "HERE", tmp_path)
    monkeypatch.setattr(bench, "apart", lambda name, quick: 10.0 + len(name))
    monkeypatch.setattr(bench.interleaved, "LEAST", 6)
    return bench


def test_every_rule_for_networks_is_compared():
    classes = {type(row.dynamics).__name__ for row in bench.RULES.values()}
    held = {"HeldBack"}  # steps in turn that are left out now and then: no round of it is like another
    assert discover.dynamics().keys() - classes - held == {"BestResponse", "FictitiousPlay"}


def test_no_two_results_share_a_file():
    assert len({bench.kept(name) for name in bench.RULES}) == len(bench.RULES)


@pytest.mark.parametrize("name", ["extragradient", "uniform average"])
def test_a_result(name, small):
    found = small.measure(name, small.QUICK, quick=True)
    small.kept(name).write_text(json.dumps(found))
    assert found["training"]["finite"]
    assert found["training"]["rounds"] == 2
    assert found["peak MiB"].keys() == {small.BASE, name}
    assert found["round"]["times"]["processor"]["median"] > 0
    assert small.table().splitlines()[-1].startswith(f"| {name} | ")


def test_what_is_finished_is_kept(small, monkeypatch, capsys):
    measured = []
    monkeypatch.setattr(small, "measure", lambda name, *_: measured.append(name) or json.loads(some(small, name)))
    monkeypatch.setattr("sys.argv", ["dynamics.py"])
    monkeypatch.setattr(small.torch, "set_num_threads", lambda _: None)
    done = list(small.RULES)[2:]
    for name in done:
        small.kept(name).write_text(some(small, name))
    small.main()
    assert measured == list(small.RULES)[:2]
    assert capsys.readouterr().out.count("| 1.50 (1.00 to 2.00) | 2.00 (20 MiB) | finite |") == len(small.RULES) - 1
    small.main()
    assert len(measured) == 2


def some(small, name):
    figure = {"median": 1.5, "interval": [1.0, 2.0]}
    memory = {small.BASE: 10.0} | ({name: 20.0} if name != small.BASE else {})
    return json.dumps({"round": {"times": {"processor": figure}}, "peak MiB": memory, "training": {"finite": True}})
