"""Panels: which logged values are drawn together, in which order, and what that is called in words."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

__all__ = ["Panel", "panels"]


@dataclass(frozen=True)
class Panel:
    """Values that are drawn in one plot.

    Attributes:
        title: In words.
        unit: Of its values.
        lines: What each value is called in the plot, by its name in the log.
    """

    title: str
    unit: str
    lines: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class _Rule:
    """How a name in the log is read: its groups `player`, `term` and `line` fill the title and name the line."""

    pattern: str
    title: str
    unit: str = ""


_PENALTIES = (
    r"r1|r2|interpolated\w*|zero_centred|dragan|consistency\w*|lecam|path_length|pulling_away|gradient|lipschitz"
)

_RULES = (
    _Rule(
        r"held out/(?P<term>.*(?:distance|Wasserstein|variation).*)", "{term} (lower is better)", "from held-out {of}"
    ),
    _Rule(r"held out/(?P<term>.+)", "{term}, held-out {of}"),
    _Rule(r"(?P<player>.+)/(?P<line>real|fake)_logit", "How real the {player} finds {of}", "logit"),
    _Rule(r"(?P<line>.+)/loss", "What each player minimises", "loss"),
    _Rule(rf"(?P<player>.+)/(?P<line>{_PENALTIES})", "Penalties on the {player}", "added to its loss"),
    _Rule(r"(?P<player>.+)/(?P<line>kl|reverse_kl|js)", "Divergences, as the {player} estimates them", "nats"),
    _Rule(r"(?P<line>.*)/(?P<term>(?!learning_rate$).*)", "{term}"),
    _Rule(r"(?P<line>.*)/learning_rate", "Learning rates"),
)
"""The first that fits a name is its own; panels are in this order, so scores come first."""

_WORDS = {
    "fake": "generated",
    "likelihood": "negative log-likelihood of real {of}",
    "cross_entropy": "cross-entropy (nats)",
    "mean_reward": "mean reward of samples",
    "r1": "R1, real",
    "r2": "R2, generated",
    "interpolated": "in between",
    "interpolated_one_sided": "in between, above 1",
    "zero_centred": "in between, to 0",
    "dragan": "DRAGAN",
    "consistency_real": "consistency, real",
    "consistency_fake": "consistency, generated",
    "consistency_real_fake": "consistency",
    "lecam": "LeCam",
    "kl": "KL(data, model)",
    "reverse_kl": "KL(model, data)",
    "js": "Jensen-Shannon",
}


def panels(names: Iterable[str], of: str = "examples") -> list[Panel]:
    """The panels of names such as `generator/loss`.

    Args:
        names: Those with a slash, in any order.
        of: What examples are called, in the plural.

    Example:
        >>> [panel.title for panel in panels(["generator/loss", "discriminator/real_logit"], "pictures")]
        ['How real the discriminator finds pictures', 'What each player minimises']
    """
    found: dict[tuple[int, str], Panel] = {}
    for name in names:
        place, words = _read(name)
        words = {key: _words(text, of) for key, text in words.items()}
        title, unit = (text.format(of=of, **words) for text in (_RULES[place].title, _RULES[place].unit))
        panel = found.setdefault((place, title), Panel(title[:1].upper() + title[1:], unit))
        panel.lines[name] = words.get("line", "")
    return [panel for _, panel in sorted(found.items(), key=lambda item: item[0][0])]


def _read(name: str) -> tuple[int, Mapping[str, str]]:
    """The place of the first rule that fits, and its groups."""
    matches = ((place, re.fullmatch(rule.pattern, name, re.DOTALL)) for place, rule in enumerate(_RULES))
    return next((place, match.groupdict()) for place, match in matches if match)


def _words(text: str, of: str) -> str:
    """What a name of the program is for people."""
    return _WORDS[text].format(of=of) if text in _WORDS else text.replace("_", " ")
