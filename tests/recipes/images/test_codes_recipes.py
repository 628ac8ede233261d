"""The recipes whose latents mean something: what is trained, and what can be asked."""

import pytest
import torch

import sparring
from made import folder
from sparring import cli
from sparring.recipes.images import infogan
from sparring.runs.run import Run

SMALL = ["--batch", "8", "--width", "2", "--latent", "4", "--device", "cpu", "--threads", "1", "--rounds", "2"]


@pytest.fixture
def trained(tmp_path):
    folder(tmp_path / "pictures", count=40, shape=(16, 16, 3))

    def train(recipe, *options):
        run = tmp_path / "run"
        words = [recipe, "--data", str(tmp_path / "pictures"), *SMALL, "--out", str(run), *options]
        assert cli.run("train", words) == 0
        return run

    return train


@pytest.mark.parametrize(("encoder", "numbers"), [("function", 4), ("gaussian", 8)])
def test_a_run_of_bigan_finds_codes_and_makes_pictures_of_them(trained, encoder, numbers):
    game = Run.open(trained("bigan", "--encoder", encoder, "--augment", "diff")).game().eval()
    x = torch.zeros(3, 3, 16, 16)
    assert game.encoder(x).shape == (3, numbers)
    assert game.infer(x).shape == (3, 4)
    assert game.reconstruct(x).shape == x.shape


def test_a_run_of_infogan_has_the_codes_of_its_options(trained):
    run = trained("infogan", "--categories", "5", "--continuous", "1", "--names", "kind,size", "--augment", "ada")
    assert list(sparring.load(run).condition.dials()) == ["kind", "size"]
    assert Run.open(run).game().eval().read(torch.zeros(3, 3, 16, 16)).shape == (3, 5 + 1)


def test_a_run_of_attributes_is_asked_for_numbers(trained, tmp_path):
    run = trained("attributes", "--attributes", "brightness,slant", "--augment", "diff")
    sampler = sparring.load(run)
    given = sampler.condition.parse(["0.4,0.1"])
    assert sampler.sample(3, given=given).shape == (3, 3, 16, 16)
    torch.testing.assert_close(sampler.condition.measured(given), torch.tensor([[0.4, 0.1]]))
    assert cli.run("sample", [str(run), "--code", "brightness=0.2:0.5", "--out", str(tmp_path / "a.png")]) == 0


def test_options_that_do_not_fit_are_refused():
    with pytest.raises(ValueError, match="--names is 'kind,slant'; expected 3 different names"):
        infogan.Config(names="kind,slant")
    with pytest.raises(ValueError, match="--categories is 1; expected 2 or more"):
        infogan.Config(categories=1)
