"""`sparring completion SHELL`: a script that completes verbs, recipes, options and their values with Tab."""

from __future__ import annotations

import importlib
import typing
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, fields, is_dataclass
from shlex import quote
from types import ModuleType
from typing import Annotated, Any, Literal

import tyro

from sparring import cli, recipes
from sparring.cli.options import parsed
from sparring.cli.verbs import Verb

__all__ = ["Command", "Options", "commands", "main"]


@dataclass(frozen=True)
class Options:
    """Print a script that completes verbs, recipes and options with Tab. Its first lines say where to put it."""

    shell: Annotated[Literal["bash", "zsh", "fish"], tyro.conf.Positional]
    """Your shell."""


@dataclass(frozen=True)
class Command:
    """What may be typed at one place.

    Attributes:
        words: Verbs, recipes or values, and what they do.
        options: Options by name, with the values they take: None for no value, () for any.
    """

    words: Mapping[str, str] = field(default_factory=dict)
    options: Mapping[str, tuple[str, ...] | None] = field(default_factory=dict)


def main(words: list[str]) -> int:
    """Prints the script."""
    options = parsed(Options, words, "completion")
    print({"bash": bash, "zsh": zsh, "fish": fish}[options.shell](commands()), end="")
    return 0


def commands() -> dict[str, Command]:
    """All places of a command line by the words before them, such as "train dcgan"."""
    table = {"": Command(cli.VERBS, {"--version": None})}
    for verb in cli.VERBS:
        module = importlib.import_module(f"sparring.cli.{verb}")
        below = _recipes(module.Options) if verb == "train" else _verbs(getattr(module, "VERBS", {}))
        table[verb] = Command({name: text for name, (text, _) in below.items()}) if below else _alone(module)
        table |= {f"{verb} {name}": command(*kinds) for name, (_, kinds) in below.items()}
    return table


def _alone(module: ModuleType) -> Command:
    """The place after a verb without verbs of its own; some know the words that may be given there."""
    at = command(module.Options)
    return Command({**at.words, **getattr(module, "known_words", dict)()}, at.options)


Below = dict[str, tuple[str, list[type[Any]]]]
"""Words that follow a verb: what each does, and the dataclasses of its options."""


def _verbs(verbs: Mapping[str, Verb]) -> Below:
    return {name: (verb.text, [verb.options]) for name, verb in verbs.items()}


def _recipes(options: type[Any]) -> Below:
    found = {name: recipes.find(name).Config for name in recipes.names()}
    return {name: ((kind.__doc__ or "").partition("\n")[0], [kind, options]) for name, kind in found.items()}


def command(*kinds: type[Any]) -> Command:
    """The place where the fields of these dataclasses are given."""
    words: dict[str, str] = {}
    options: dict[str, tuple[str, ...] | None] = {}
    for name, hint, marks in (found for kind in kinds for found in _fields(kind)):
        values = tuple(_choices(hint))
        if tyro.conf.Positional in marks:
            words |= dict.fromkeys(values, "")
            continue
        aliases = [alias for mark in marks for alias in getattr(mark, "aliases", None) or ()]
        options |= dict.fromkeys([f"--{name.replace('_', '-')}", *aliases], None if hint is bool else values)
    return Command(words, options)


def _fields(kind: type[Any]) -> Iterator[tuple[str, Any, tuple[Any, ...]]]:
    """Name, type and annotations of the fields of a dataclass and of those in it."""
    hints = typing.get_type_hints(kind, include_extras=True)
    for name in (each.name for each in fields(kind)):
        hint, marks = hints[name], getattr(hints[name], "__metadata__", ())
        if is_dataclass(hint):
            yield from _fields(typing.cast("type[Any]", hint))
        else:
            own = next((mark.name for mark in marks if getattr(mark, "name", None)), name)
            yield own, typing.get_args(hint)[0] if marks else hint, marks


def _choices(hint: Any) -> Iterator[str]:
    """The strings in all `Literal`s of a type."""
    if typing.get_origin(hint) is Literal:
        yield from map(str, typing.get_args(hint))
    else:
        for part in typing.get_args(hint):
            yield from _choices(part)


BASH = """\
_sparring() {{
    local cur="${{COMP_WORDS[COMP_CWORD]}}" prev="${{COMP_WORDS[COMP_CWORD-1]}}" place="" known="" flags="" i
    for ((i = 1; i < COMP_CWORD; i++)); do
        case "$place${{place:+ }}${{COMP_WORDS[i]}}" in
            {places}) place="$place${{place:+ }}${{COMP_WORDS[i]}}" ;;
            *) break ;;
        esac
    done
    case "$place" in
{commands}
    esac
    case "$place $prev" in
{values}
    esac
    [[ "$cur" == -* ]] && known="$flags --help"
    COMPREPLY=($(compgen -W "$known" -- "$cur"))
}}
complete -o bashdefault -o default -F _sparring sparring
"""


def bash(table: Mapping[str, Command]) -> str:
    """The script for bash, which offers files where the script knows nothing.

    zsh takes it too, so no variable in it is called `words` or `options`, which are zsh's own.
    """
    lines = [
        f"        {quote(place)}) known={quote(' '.join(at.words))} flags={quote(' '.join(at.options))} ;;"
        for place, at in table.items()
    ]
    values = [
        f"        {quote(f'{place} {name}')}) known={quote(' '.join(of))} ;;" for place, name, of in _values(table)
    ]
    script = BASH.format(
        places="|".join(quote(place) for place in table if place), commands="\n".join(lines), values="\n".join(values)
    )
    return f"# sparring completion bash > ~/.local/share/bash-completion/completions/sparring\n{script}"


def _values(table: Mapping[str, Command]) -> Iterator[tuple[str, str, tuple[str, ...]]]:
    """Places, options and their values, where these are known."""
    return ((place, name, of) for place, at in table.items() for name, of in at.options.items() if of)


ZSH = """\
# sparring completion zsh > ~/.sparring.zsh; echo 'source ~/.sparring.zsh' >> ~/.zshrc
autoload -Uz compinit bashcompinit
(( $+functions[compdef] )) || compinit
bashcompinit
"""


def zsh(table: Mapping[str, Command]) -> str:
    """The script for zsh, which can take bash's."""
    return ZSH + bash(table).partition("\n")[2]


FISH = """\
# sparring completion fish > ~/.config/fish/completions/sparring.fish
function __sparring_at
    set -l place
    for word in (commandline -opc)[2..]
        contains -- "$place $word" {places}; or break
        set place "$place $word"
    end
    test "$place" = "$argv"
end
complete -c sparring -s h -l help
"""


def fish(table: Mapping[str, Command]) -> str:
    """The script for fish. Where it knows no words fish offers files."""
    lines = []
    for place, at in table.items():
        start = f"complete -c sparring -n {_fish('__sparring_at ' + _fish(place and f' {place}'))}"
        lines += [f"{start} -f -a {_fish(word)} -d {_fish(text)}" for word, text in at.words.items()]
        for name, values in at.options.items():
            flag = f"-l {name[2:]}" if name.startswith("--") else f"-s {name[1:]}"
            takes = "" if values is None else f" -x -a {_fish(' '.join(values))}" if values else " -r"
            lines.append(f"{start} {flag}{takes}")
    return FISH.format(places=" ".join(_fish(f" {place}") for place in table if place)) + "\n".join(lines) + "\n"


def _fish(text: str) -> str:
    """In quotes, within which fish knows only two escapes."""
    return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'"
