"""Finds every game, network, layer, loss, rule, recipe and record: what is added is tested without being listed.

A room is a module or a package with folders in it; one that does not exist yet has nothing in it.
"""

import importlib
import importlib.util
import inspect
import pkgutil
import sys
from pathlib import Path

import sparring
from sparring.dynamics.dynamics import Dynamics

SOURCE, TESTS = Path(sparring.__file__).parents[1], Path(__file__).parent
RECORDS = TESTS.parent / "benchmarks" / "records"


def modules(room, root=SOURCE):
    """All modules of the room, such as `sparring.games`, in whatever folder: as many as there are files.

    A folder without `__init__.py` can be imported from a checkout, but no wheel has it: that is an error here.
    """
    place = room.replace(".", "/")
    files = {name_of(file, root) for file in (*root.glob(f"{place}.py"), *root.glob(f"{place}/**/*.py"))}
    walked = {m.name for m in pkgutil.walk_packages([str(root / place)], f"{room}.", onerror=importlib.import_module)}
    assert not (lost := files - walked - {room}), f"not found: {sorted(lost)}; is there an __init__.py in each folder?"
    found = [importlib.import_module(name) for name in sorted(files)]
    return [module for module in found if not hasattr(module, "__path__")]


def name_of(file, root):
    parts = file.relative_to(root).with_suffix("").parts
    return ".".join(part for part in parts if part != "__init__")


def short(module):
    return module.__name__.removeprefix("sparring.")


def public(room):
    """What the modules of a room define and export, by name."""
    return {
        name: value
        for module in modules(room)
        for name in module.__all__
        if getattr(value := getattr(module, name), "__module__", None) == module.__name__
    }


def games():
    """Every game's module by its short name; each has `tiny`."""
    rooms = (("sparring.games", SOURCE), ("sparring.families", SOURCE), ("contract_games", TESTS))
    return {short(module): module for room in rooms for module in modules(*room)}


def networks():
    """Every case of every network and layer: what `check_network` takes."""
    return {
        f"{short(module)} {i}": case
        for room in ("sparring.networks", "sparring.layers")
        for module in modules(room)
        for i, case in enumerate(module.tiny())
    }


def losses():
    """Every loss that is complete, as it is by default: a class with `exact`, whose methods are not abstract."""
    classes = {name: cls for name, cls in public("sparring.losses").items() if inspect.isclass(cls)}
    whole = {name: cls for name, cls in classes.items() if hasattr(cls, "exact") and not inspect.isabstract(cls)}
    return {name: cls() for name, cls in whole.items() if not getattr(cls, "_is_protocol", False)}


def penalties(evaluation=("Critique", "Generation")):
    """Every penalty of either player as it is by default: what takes an evaluation of that sort and nothing else."""
    found = {}
    for name, value in public("sparring.penalties").items():
        call = value if inspect.isfunction(value) else vars(value).get("forward", vars(value).get("__call__"))
        taken = [p.annotation for n, p in inspect.signature(call).parameters.items() if n != "self"] if call else []
        if len(taken) == 1 and taken[0] in evaluation:
            found[name] = value if inspect.isfunction(value) else value()
    return found


def projections():
    return public("sparring.projections")


def dynamics():
    """Every rule by its name."""
    return {
        name: cls
        for name, cls in public("sparring.dynamics").items()
        if inspect.isclass(cls) and issubclass(cls, Dynamics) and not inspect.isabstract(cls)
    }


def rules():
    """Every rule but the plain ones, as it is by default, by its name."""
    return {name: cls() for name, cls in dynamics().items() if name not in {"Alternating", "Simultaneous"}}


def plays(rule, game):
    """Whether a rule can play a game: it refuses the others before the first round."""
    try:
        rule.init(game, {})
    except TypeError:
        return False
    return True


def recipes():
    return {short(module): module for module in modules("sparring.recipes")}


def records():
    """Every script of `benchmarks/records/` by its stem, imported."""
    return {file.stem: script(file) for file in sorted(RECORDS.rglob("*.py"))}


def script(file):
    spec = importlib.util.spec_from_file_location(f"records_{file.stem}", file)
    module = sys.modules[spec.name] = importlib.util.module_from_spec(spec)  # dataclasses look there
    spec.loader.exec_module(module)
    return module
