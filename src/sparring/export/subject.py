"""What is exported: the sampler of a run, with what there is to say about it in words."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from functools import singledispatch
from pathlib import Path
from typing import Any

from sparring.conditions.classes import Classes
from sparring.conditions.condition import Condition, Nothing
from sparring.export.origin import Origin
from sparring.latents import Latent, Normal, Uniform
from sparring.machine.words import shown
from sparring.runs import files
from sparring.runs.run import Run
from sparring.samplers import GeneratorSampler, Sampler

__all__ = ["Subject", "UnsuitedError", "choices", "distribution"]


class UnsuitedError(ValueError):
    """Something that cannot be exported in this way, whatever is installed."""


@dataclass(frozen=True, eq=False)
class Subject:
    """A run to export.

    Attributes:
        run: The run.
        sampler: What is exported, on the CPU.
        weights: `average` or `raw`.
        title: What people call it.
        origin: The data that it was trained on.
        model: The SHA-256 of the file that its weights are from.
    """

    run: Run
    sampler: Sampler
    weights: str
    title: str
    origin: Origin
    model: str

    @staticmethod
    def open(
        path: Path,
        weights: str = "average",
        *,
        title: str | None = None,
        licence: str | None = None,
        recipe: Path | None = None,
    ) -> Subject:
        """The run in the directory `path`; its data are not opened.

        Args:
            path: The directory.
            weights: `average` or `raw`.
            title: What people call it; the name of the directory without it.
            licence: Of the data, where sparring does not know it.
            recipe: The file of the run's recipe, named by the user, so that it may run.

        Raises:
            FileNotFoundError: There is no run, or it has not saved a model yet.
            UnlistedError: It is of a file that is not named and not on the user's list. Nothing of it was run.
            ValueError: Its files are damaged.
        """
        run: Run = Run.open(path, recipe)
        sampler = run.sampler(weights).eval()
        model = hashlib.sha256((path / files.MODEL / f"{weights}.safetensors").read_bytes()).hexdigest()
        return Subject(run, sampler, weights, shown(title or path.absolute().name), Origin.of(run, licence), model)

    @property
    def shape(self) -> tuple[int, ...]:
        """Of a sample."""
        return self.run.spec.shape

    @property
    def generator(self) -> GeneratorSampler:
        """The sampler, if it is one network that makes samples of latents.

        Raises:
            UnsuitedError: It is not.
        """
        if isinstance(self.sampler, GeneratorSampler):
            return self.sampler
        raise UnsuitedError(
            f"{self.run.recipe} makes {self.sampler.kind.name} step by step, not by one network from latents: "
            "export only safetensors and card"
        )

    def metadata(self) -> dict[str, str]:
        """What stands in the head of the files, for programs: texts by name."""
        from sparring import __version__

        kind, condition = self.sampler.kind, self.sampler.condition
        about = {
            "title": self.title,
            "made_by": f"sparring {__version__}",
            "recipe": shown(self.run.recipe),
            "weights": self.weights,
            "source_sha256": self.model,
            "kind": kind.name,
            "shape": json.dumps(list(self.shape)),
            "given": shown(condition.describe()),
            "data": self.origin.name,
            "data_examples": str(self.origin.count),
            "data_sha256": self.origin.sha256,
            "data_licence": self.origin.licence,
        }
        known = {} if kind.range is None else {"range": json.dumps(list(kind.range))}
        classes = {"classes": json.dumps(condition.names)} if isinstance(condition, Classes) else {}
        return about | known | classes | self._latent()

    def _latent(self) -> dict[str, str]:
        if not isinstance(self.sampler, GeneratorSampler):
            return {}
        size, latent = self.sampler.inputs(1)[0].shape[1], self.sampler.latent
        reach = {"latent_reach": repr(latent.reach)} if isinstance(latent, Uniform) else {}
        return {"latent": type(latent).__name__.lower(), "latent_size": str(size)} | reach


@singledispatch
def distribution(latent: Latent) -> dict[str, Any]:
    """Which latents a page has to draw, for JSON.

    Raises:
        UnsuitedError: A page cannot draw them.
    """
    raise UnsuitedError(f"a page draws normal and uniform latents; this run has {type(latent).__name__}")


@distribution.register
def _(latent: Normal) -> dict[str, Any]:
    return {"name": "normal", "size": latent.size, "draw": latent.name}


@distribution.register
def _(latent: Uniform) -> dict[str, Any]:
    return {"name": "uniform", "size": latent.size, "draw": latent.name, "reach": latent.reach}


@singledispatch
def choices(condition: Condition) -> dict[str, Any]:
    """What a page offers to ask for, for JSON: names of classes, and how many examples each has.

    Raises:
        UnsuitedError: A page cannot ask for it.
    """
    raise UnsuitedError(f"a page can ask for classes; this run can be asked for {condition.describe()[:100]}")


@choices.register
def _(condition: Nothing) -> dict[str, Any]:
    return {"names": [], "counts": []}


@choices.register
def _(condition: Classes) -> dict[str, Any]:
    return {"names": list(condition.names), "counts": list(condition.counts)}
