"""Finds every game, network, layer and loss: what is added is tested without being listed."""

import dataclasses
import importlib
import inspect
import pkgutil


def modules(package):
    """All modules in a package's folder and in the folders below it."""
    found = pkgutil.walk_packages(importlib.import_module(package).__path__, f"{package}.")
    return [importlib.import_module(m.name) for m in found if not m.ispkg]


def games():
    """Pairs of a module's short name and the module, for all that have `tiny`."""
    return {
        m.__name__.removeprefix("sparring."): m
        for p in ("sparring.games", "sparring.families", "contract_games")
        for m in modules(p)
    }


def networks():
    return {
        f"{m.__name__.rsplit('.', 1)[-1]} {i}": case
        for p in ("sparring.networks", "sparring.layers")
        for m in modules(p)
        for i, case in enumerate(m.tiny())
    }


def losses():
    module = importlib.import_module("sparring.losses")
    found = (value for _, value in inspect.getmembers(module, inspect.isclass))
    classes = (value for value in found if dataclasses.is_dataclass(value) and hasattr(value, "discriminator"))
    return {cls.__name__: cls() for cls in classes}
