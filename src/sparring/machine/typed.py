"""Whether a value is of a type as fields of dataclasses have it: what JSON gives may be anything."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from dataclasses import is_dataclass
from types import NoneType, UnionType
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

__all__ = ["fits", "sound"]

_NUMBERS = {float: (int, float), int: (int,), bool: (bool,), str: (str,), NoneType: (NoneType,)}


def fits(cls: Any, value: object) -> bool:
    """Whether it does. A whole number is also a float, and infinity is none. Of types that are not known all do.

    Example:
        >>> fits(tuple[int, ...] | None, (1, 2)), fits(float, 1), fits(int, True), fits(int, "1")
        (True, True, False, False)
    """
    origin, parts = get_origin(cls) or cls, get_args(cls)
    if origin in {Union, UnionType}:
        return any(fits(part, value) for part in parts)
    if origin is Literal:
        return value in parts
    if origin is tuple:
        return isinstance(value, tuple) and _all_fit(parts, value)
    if origin in {Mapping, dict}:
        return isinstance(value, Mapping) and all(fits(parts[1], part) for part in value.values())
    return _is(origin, value) and (origin is not Sequence or _all_fit((*parts, ...), value))


def sound(value: object) -> bool:
    """Whether all fields of a dataclass are of their types."""
    return all(fits(cls, getattr(value, name)) for name, cls in get_type_hints(type(value)).items())


def _all_fit(parts: Sequence[Any], values: Any) -> bool:
    """Whether the parts of a tuple or a sequence do."""
    of = [parts[0]] * len(values) if Ellipsis in parts and len(parts) > 1 else parts
    return len(of) == len(values) and all(map(fits, of, values))


def _is(cls: Any, value: object) -> bool:
    """Whether it is of a class: of a plain one, a dataclass, or one of sparring's."""
    if cls in _NUMBERS:
        return type(value) in _NUMBERS[cls] and _is_no_infinity(value)
    known = isinstance(cls, type) and (cls is Sequence or is_dataclass(cls) or cls.__module__.startswith("sparring."))
    return not known or (isinstance(value, cls) and not isinstance(value, str))


def _is_no_infinity(value: object) -> bool:
    """Whether it is no number, or one that a float can be: JSON has 1e999, and whole numbers without end."""
    return not isinstance(value, int | float) or not abs(value) > sys.float_info.max
