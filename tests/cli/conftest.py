import pytest

from sparring.recipes.images.dcgan import Config
from sparring.runs.session import Session


@pytest.fixture(scope="session")
def garments(tmp_path_factory):
    """A folder of two tiny runs, of the pictures that ship with sparring, that differ in their seeds."""
    folder = tmp_path_factory.mktemp("garments")
    for seed in (0, 1):
        config = Config(rounds=2, batch=8, width=2, latent=3, seed=seed, device="cpu", threads=1)
        Session.create(folder / f"seed {seed}", "dcgan", config).play()
    return folder


@pytest.fixture(scope="session")
def points(tmp_path_factory):
    """A tiny run that makes points."""
    from sparring.recipes.theory.ring import Config

    path = tmp_path_factory.mktemp("points") / "ring"
    Session.create(path, "ring", Config(rounds=2, batch=4, width=4, device="cpu")).play()
    return path
