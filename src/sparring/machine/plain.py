"""Frozen dataclasses as plain JSON, and back."""

from __future__ import annotations

import importlib
import json
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import fields, is_dataclass
from types import UnionType
from typing import Any, TypeVar, Union, cast, get_args, get_origin, get_type_hints

from sparring.machine.lazy import below
from sparring.machine.typed import fits

__all__ = ["describe", "read_json", "restore"]

T = TypeVar("T")

TYPE = "type"
"""Where the name of an object's class is written: a field may be of any of several."""


def read_json(text: str | bytes) -> Any:
    """The value of JSON from a file, which may hold anything.

    Raises:
        ValueError: It is no JSON, or lists and objects are too deep in each other.
    """
    try:
        return json.loads(text)
    except RecursionError as error:
        raise ValueError("lists or objects are too deep in each other") from error


def describe(value: Any) -> Any:
    """Dataclasses, mappings, tuples and plain values as JSON has them."""
    if is_dataclass(value) and not isinstance(value, type):
        parts = {field.name: describe(getattr(value, field.name)) for field in fields(value)}
        return {TYPE: type(value).__name__, **parts}
    if isinstance(value, Mapping):
        return {name: describe(part) for name, part in value.items()}
    return [describe(part) for part in value] if isinstance(value, tuple | list) else value


def restore(cls: type[T], values: Mapping[str, Any], homes: Sequence[str] = ()) -> T:
    """An object of a class, or of a class below it, from what `describe` or `dataclasses.asdict` gave.

    The class is one that has been imported, or stands in a module beside that of `cls`, as all kinds of ours do.

    Args:
        cls: The class, or one above it.
        values: What it is made of.
        homes: Where a class is meant to be if several have its name: how the names of modules begin, the nearest first.

    Raises:
        TypeError: A value is missing, unknown or of another type than its field.
        ValueError: There is not exactly one such class.
    """
    parts = dict(values)
    name = parts.pop(TYPE, None)
    found = (_called(name, cls, homes) or _called(name, _with_neighbours(cls), homes)) if name else [cls]
    if len(found) != 1:
        called = repr(name)[:80]
        raise ValueError(f"there are {len(found)} classes {called} of {cls.__name__}; expected one: import its module")
    types = get_type_hints(found[0])
    restored = {part: _restored(types.get(part), value, homes) for part, value in parts.items()}
    for part, value in restored.items():
        if not fits(types.get(part, Any), value):
            raise TypeError(f"{part} is {repr(value)[:80]}; expected {_called_plainly(types[part])}")
    return cast("T", found[0](**restored))


def _called_plainly(cls: Any) -> str:
    return cls.__name__ if isinstance(cls, type) and not get_args(cls) else str(cls)


def _called(name: str, cls: type[Any], homes: Sequence[str]) -> list[type[Any]]:
    return _nearest([one for one in _family(cls) if one.__name__ == name], homes)


def _with_neighbours(cls: type[Any]) -> type[Any]:
    """The class, after all modules of its package have been imported; a stranger's package is left alone."""
    package = cls.__module__.rpartition(".")[0]
    if package.startswith("sparring."):
        for module in below(package):
            importlib.import_module(f"{package}.{module}")
    return cls


def _family(cls: type[Any]) -> Iterator[type[Any]]:
    yield cls
    for child in cls.__subclasses__():
        yield from _family(child)


def _nearest(found: list[type[Any]], homes: Sequence[str]) -> list[type[Any]]:
    """Those of some classes that are in the first home that has any; all if none has."""
    there = [one for one in found if getattr(sys.modules.get(one.__module__), one.__name__, None) is one]
    at_home = ([one for one in there if one.__module__.startswith(home)] for home in homes)
    return next(filter(None, at_home), found)


def _restored(cls: Any, value: Any, homes: Sequence[str]) -> Any:
    """A value of a field of that type: lists become tuples, and what has the fields of a class one of it."""
    choices = get_args(cls) if get_origin(cls) in {Union, UnionType} else (cls,)
    if isinstance(value, list):
        items = next((get_args(choice) for choice in choices if get_origin(choice) is tuple), ())
        of = items[:1] * len(value) if Ellipsis in items or len(items) != len(value) else items
        return tuple(_restored(item, part, homes) for item, part in zip(of or [Any] * len(value), value, strict=True))
    if isinstance(value, Mapping):
        return _restored_mapping(choices, value, homes)
    return value


def _restored_mapping(choices: Sequence[Any], value: Mapping[str, Any], homes: Sequence[str]) -> Any:
    for choice in choices:
        if isinstance(choice, type) and (is_dataclass(choice) or TYPE in value):
            return restore(choice, value, homes)
    of = next((get_args(choice)[1] for choice in choices if get_args(choice)), Any)
    return {name: _restored(of, part, homes) for name, part in value.items()}
