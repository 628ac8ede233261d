"""Molecules as strings in the notation SMILES (Weininger 1988, https://doi.org/10.1021/ci00057a005), judged by RDKit.

RDKit is asked alone what it can read. It says nothing of whether a molecule can be made, or is good for anything.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib.util import find_spec
from typing import ClassVar

from torch import Tensor

from sparring.kinds.tokens import Tokens

__all__ = ["Molecules", "canonical", "shares"]


@dataclass(frozen=True)
class Molecules(Tokens):
    """Sequences [n, length] whose texts are to be molecules."""

    name: ClassVar[str] = "molecules"

    @property
    def lacking(self) -> str:
        """What to install if RDKit is not there."""
        here = find_spec("rdkit") is not None
        return "" if here else "Which are valid molecules is not known here: pip install 'sparring[molecules]'."

    def summary(self, samples: Tensor, real: Tensor, training: Tensor | None = None) -> dict[str, float]:
        """The same of their texts, and with RDKit of the molecules: see `shares`."""
        found = super().summary(samples, real, training)
        if self.lacking:
            return found
        return {**found, **shares(self.texts(samples), None if training is None else self.texts(training))}


def shares(texts: Sequence[str], training: Sequence[str] | None = None) -> dict[str, float]:
    """Three shares, as Polykovskiy et al. (2020), https://arxiv.org/abs/1811.12823, section 5, define them.

    Each is a share of the ones before: of the texts those that are valid, of these the different molecules, and of
    these the ones that are not in the training set. Different strings may be one molecule. Where there is nothing to
    take a share of it is 0.
    """
    valid = [molecule for molecule in map(canonical, texts) if molecule]
    different = set(valid)
    found = {"valid": len(valid) / len(texts), "different, of the valid": len(different) / max(1, len(valid))}
    if training is not None:
        new = different - set(map(canonical, training))
        found["not in training, of the different"] = len(new) / max(1, len(different))
    return found


@lru_cache(maxsize=2**17)  # those of a training set are asked for again
def canonical(text: str) -> str:
    """The one string for a molecule that RDKit gives, in this version of it; "" if a text is no molecule."""
    from rdkit import Chem, rdBase

    with rdBase.BlockLogs():  # it would say of each text what is wrong
        molecule = Chem.MolFromSmiles(text)
    return Chem.MolToSmiles(molecule) if molecule else ""
