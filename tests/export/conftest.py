from functools import cache

import pytest

from sparring.export.onnx_file import onnx_file
from sparring.export.subject import Subject
from sparring.recipes.images import cgan, dcgan
from sparring.recipes.tables import table
from sparring.recipes.theory import ring
from sparring.runs.session import Session

SMALL = {"rounds": 2, "batch": 8, "width": 4, "device": "cpu", "threads": 1}

RUNS = {
    "dcgan": dcgan.Config(latent=5, **SMALL),
    "cgan": cgan.Config(latent=5, **SMALL),
    "ring": ring.Config(**SMALL),
    "table": table.Config(latent=5, **SMALL),
}


@pytest.fixture(scope="session")
def run(tmp_path_factory):
    """Makes the tiny run of a recipe, once."""
    folder, made = tmp_path_factory.mktemp("exported"), set()

    def path(recipe):
        if recipe not in made:
            Session.create(folder / recipe, recipe, RUNS[recipe]).play()
            made.add(recipe)
        return folder / recipe

    return path


@pytest.fixture(scope="session")
def subject(run):
    """What is exported of the tiny run of a recipe."""
    return lambda recipe, **options: Subject.open(run(recipe), **options)


@pytest.fixture(scope="session")
def exported(subject):
    """The tiny run of a recipe, and its ONNX file, made once."""

    @cache
    def made(recipe):
        chosen = subject(recipe)
        return chosen, onnx_file(chosen)

    return made
