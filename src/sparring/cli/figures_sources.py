"""Where figures are from: the works that their sources name, and where these can be read."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

__all__ = ["WORKS", "Work", "cited"]


@dataclass(frozen=True)
class Work:
    """A work.

    Attributes:
        name: As sources of figures name it.
        title: What it is.
        address: Where it can be read; empty where nothing public is known.
    """

    name: str
    title: str
    address: str = ""


def _arxiv(name: str, title: str, number: str) -> Work:
    return Work(name, title, f"https://arxiv.org/abs/{number}")


WORKS = (
    _arxiv("report", "Goodfellow, NIPS 2016 tutorial: Generative adversarial networks", "1701.00160"),
    Work("slides", "of the same tutorial, 4 December 2016", "http://www.iangoodfellow.com/slides/2016-12-04-NIPS.pdf"),
    Work("Gavranović 2017", "Bruno Gavranović, Generative adversarial networks, talk, IRB seminar, 8 November 2017"),
    Work("Zhanson", "Josh Zhanson, Generative adversarial networks (GANs), an introductory talk without a date"),
    _arxiv("Arjovsky and Bottou 2017", "Towards principled methods for training GANs", "1701.04862"),
    _arxiv("Arjovsky et al. 2017", "Wasserstein GAN", "1701.07875"),
    _arxiv("Azadi et al. 2019", "Discriminator rejection sampling", "1810.06758"),
    Work("Brown 1951", "Iterative solution of games by fictitious play, in Koopmans, Activity analysis"),
    _arxiv("Daskalakis et al. 2018", "Training GANs with optimism", "1711.00141"),
    Work("Facco et al. 2017", "Estimating the intrinsic dimension of datasets by a minimal neighborhood information",
         "https://doi.org/10.1038/s41598-017-11873-y"),
    _arxiv("Gidel et al. 2019", "A variational inequality perspective on GANs", "1802.10551"),
    _arxiv("Goodfellow 2014", "On distinguishability criteria for estimating generative models", "1412.6515"),
    _arxiv("Goodfellow et al. 2014", "Generative adversarial networks", "1406.2661"),
    _arxiv("Gulrajani et al. 2017", "Improved training of Wasserstein GANs", "1704.00028"),
    _arxiv("Heusel et al. 2017", "GANs trained by a two time-scale update rule converge to a local Nash equilibrium",
           "1706.08500"),
    _arxiv("Jang et al. 2016", "Categorical reparameterization with Gumbel-softmax", "1611.01144"),
    _arxiv("Jin et al. 2020", "What is local optimality in nonconvex-nonconcave minimax optimization?", "1902.00618"),
    _arxiv("Lotter et al. 2015", "Unsupervised learning of visual structure using predictive generative networks",
           "1511.06380"),
    _arxiv("Mescheder et al. 2018", "Which training methods for GANs do actually converge?", "1801.04406"),
    _arxiv("Metz et al. 2016", "Unrolled generative adversarial networks", "1611.02163"),
    _arxiv("Nowozin et al. 2016", "f-GAN: Training generative neural samplers by variational divergence minimization",
           "1606.00709"),
    Work("Polyak and Juditsky 1992", "Acceleration of stochastic approximation by averaging",
         "https://doi.org/10.1137/0330046"),
    Work("Ratliff et al. 2013", "Characterization and computation of local Nash equilibria in continuous games",
         "https://doi.org/10.1109/Allerton.2013.6736623"),
    Work("Robinson 1951", "An iterative method of solving a game", "https://doi.org/10.2307/1969530"),
    _arxiv("Sønderby et al. 2016", "Amortised MAP inference for image super-resolution", "1610.04490"),
    Work("table of methods", "methods.md in the project's docs, with the papers of all rules and costs"),
    Work("docs/costs.md", "what GANs can minimise, in the project's docs"),
)  # fmt: skip
"""Talks, then papers by their authors, then pages of the project."""


def cited(sources: Iterable[str]) -> list[Work]:
    """The works that sources name, and the report."""
    said = "\n".join(sources)
    return [work for work in WORKS if work.name == "report" or work.name in said]
