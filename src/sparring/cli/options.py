"""Options of a verb from a dataclass, with types and errors in plain words: `--n INT`, not `--n {None}|INT`."""

from __future__ import annotations

import dataclasses
import io
import sys
import types
import typing
from collections.abc import Callable, Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from typing import Any, TypeVar

import tyro
from tyro.constructors import (
    ConstructorRegistry,
    PrimitiveConstructorSpec,
    PrimitiveTypeInfo,
    UnsupportedTypeAnnotationError,
)

from sparring.machine.words import printable

__all__ = ["parsed"]

Options = TypeVar("Options")
Spec = PrimitiveConstructorSpec[Any]
_REGISTRY = ConstructorRegistry()
_NUMBERS = {int: "a whole number, such as 64", float: "a number, such as 0.5"}


def parsed(kind: type[Options], words: list[str], program: str, *, pairs: bool = False, **more: Any) -> Options:
    """The options that a command line gives; ends the program at `--help` or a wrong option.

    Args:
        kind: The dataclass.
        words: The command line after the verb.
        program: How the verb is called.
        pairs: Whether a flag has a counterpart: `--no-flag`.
        more: For `tyro.cli`.
    """
    markers = (tyro.conf.OmitArgPrefixes, *(() if pairs else (tyro.conf.FlagCreatePairsOff,)))
    with _REGISTRY, _escaped(words):
        options: Options = tyro.cli(kind, args=words, prog=f"sparring {program}", config=markers, **more)
    return options


@contextmanager
def _escaped(words: list[str]) -> Iterator[None]:
    """Has what is wrong with words that a terminal would obey be told in words that it shows."""
    if all(map(str.isprintable, words)):
        yield
        return
    said = io.StringIO()
    try:
        with redirect_stdout(said), redirect_stderr(said):
            yield
    finally:
        print(printable(said.getvalue()), end="", file=sys.stderr)


def _spec(kind: Any, info: PrimitiveTypeInfo) -> Spec | None:
    found = ConstructorRegistry.get_primitive_spec(PrimitiveTypeInfo.make(kind, info.markers))
    return None if isinstance(found, UnsupportedTypeAnnotationError) else found


@_REGISTRY.primitive_rule
def _number(info: PrimitiveTypeInfo) -> Spec | None:
    """What a wrong number is told."""
    if info.type not in _NUMBERS:
        return None
    make: Callable[[str], Any] = info.type

    def read(words: list[str]) -> Any:
        try:
            return make(words[0])
        except ValueError:
            raise ValueError(f"got {words[0]!r}; expected {_NUMBERS[info.type]}") from None

    is_one = int if make is int else (int, float)
    return PrimitiveConstructorSpec(1, make.__name__.upper(), read, lambda x: isinstance(x, is_one), lambda x: [str(x)])


@_REGISTRY.primitive_rule
def _several(info: PrimitiveTypeInfo) -> Spec | None:
    """Several of a kind: what is wrong with one of them, instead of that something is."""
    if info.type_origin is not tuple or typing.get_args(info.type)[1:] != (...,):
        return None
    if tyro.conf.UseAppendAction in info.markers:  # each time the option is given it adds one
        return None
    one = _spec(typing.get_args(info.type)[0], info)
    if one is None or one.nargs != 1:
        return None

    def read(words: list[str]) -> tuple[Any, ...]:
        return tuple(one.instance_from_str([word]) for word in words)

    def write(value: tuple[Any, ...]) -> list[str]:
        return [word for part in value for word in one.str_from_instance(part)] or ["unset"]

    return PrimitiveConstructorSpec(
        "*", f"{one.metavar} ...", read, lambda x: isinstance(x, tuple), write, choices=one.choices
    )


@_REGISTRY.primitive_rule
def _optional(info: PrimitiveTypeInfo) -> Spec | None:
    """An option that may be left out is shown like one of its kind; `None` may still be written."""
    kinds = [kind for kind in typing.get_args(info.type) if kind is not types.NoneType]
    if info.type_origin not in (typing.Union, types.UnionType) or len(kinds) != 1:
        return None
    one = _spec(kinds[0], info)
    if one is None:
        return None
    return dataclasses.replace(
        one,
        instance_from_str=lambda words: None if words == ["None"] else one.instance_from_str(words),
        is_instance=lambda x: x is None or one.is_instance(x),
        str_from_instance=lambda x: ["unset"] if x is None else one.str_from_instance(x),
        choices=one.choices and (*one.choices, "None"),
    )
