import pytest
import torch

from sparring.kinds import molecules
from sparring.kinds.molecules import Molecules

KIND = Molecules(vocabulary=("C", "O", "(", "=", "1", "\n"), length=6, end=5)


def test_shares_of_strings_some_of_which_are_one_molecule(capfd):
    pytest.importorskip("rdkit")
    found = molecules.shares(["CCO", "OCC", "C(O", "C1CC1", "", "C=C=O", "CCO", "C(C)(C)(C)(C)C"], ["OCC", "CO"])
    assert found == {
        "valid": 5 / 8,
        "different, of the valid": 3 / 5,
        "not in training, of the different": 2 / 3,
    }, "nothing, an open bracket and a carbon of five bonds are no molecules"
    assert capfd.readouterr() == ("", ""), "RDKit says nothing"
    assert set(molecules.shares(["C(", "O("]).values()) == {0.0}


def test_a_summary_has_the_shares_of_its_texts():
    pytest.importorskip("rdkit")
    samples = torch.stack([KIND.parse(text) for text in ("CCO", "OCC", "C1")])
    found = KIND.summary(samples, samples, samples[:1])
    assert found["valid"] == pytest.approx(2 / 3)
    assert found["different, of the valid"] == 0.5
    assert found["not in training, of the different"] == 0
    assert found["share seen in training"] == pytest.approx(1 / 3)
    assert not KIND.lacking


def test_without_rdkit_it_says_what_to_install(monkeypatch):
    monkeypatch.setattr(molecules, "find_spec", lambda name: None)
    samples = KIND.parse("CCO")[None]
    assert "valid" not in KIND.summary(samples, samples)
    assert "pip install 'sparring[molecules]'" in KIND.lacking
