"""The house: which module may import which, and what a newcomer finds at the root."""

import ast
from itertools import chain
from pathlib import Path

import sparring

SOURCE = Path(sparring.__file__).parent

FLOORS = (
    ("chance", "ranks", "schedules", "machine", "looks", "kinds", "methods"),
    ("latents", "conditions", "round"),
    ("samplers", "selection"),
    ("game",),
    ("layers", "losses", "penalties", "projections"),
    ("networks", "data"),
    ("dynamics",),
    ("phase",),
    ("hooks",),
    ("trainer",),
    ("checks", "equilibrium", "games", "families", "metrics"),
    ("evaluation",),
    ("recipes",),
    ("runs",),
    ("doctor", "export", "figures"),
    ("cli",),
)
"""From the ground up: what is imported is on the same floor or below."""

HEIGHT = {name: floor for floor, names in enumerate(FLOORS) for name in names}


def modules():
    """Every module by its dotted name below `sparring`; a package's `__init__` has the name of the package."""
    for file in sorted(SOURCE.rglob("*.py")):
        parts = file.relative_to(SOURCE).with_suffix("").parts
        yield ".".join(part for part in parts if part != "__init__"), file


MODULES = dict(modules())


def imports(file):
    """The modules that a file imports, or reaches by their names below `sparring` or one of its packages.

    What a package lists for type checkers, `import dcgan as dcgan`, it does not import.
    """
    nodes, known = list(ast.walk(ast.parse(file.read_text()))), {}
    for node in nodes:
        if isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] == "sparring":
            home = node.module.partition(".")[2]
            for alias in (alias for alias in node.names if alias.asname != alias.name):
                name = f"{home}.{alias.name}".lstrip(".")
                known[alias.asname or alias.name] = name
                yield name if name in MODULES else home
        if isinstance(node, ast.Import):
            yield from (a.name.partition(".")[2] for a in node.names if a.name.startswith("sparring."))
            known |= {a.asname or a.name: "" for a in node.names if a.name == "sparring"}
    chains = (ast.unparse(node).partition(".") for node in nodes if isinstance(node, ast.Attribute))
    yield from filter(
        None, (reached(f"{known[first]}.{rest}".lstrip(".")) for first, _, rest in chains if first in known)
    )


def reached(name):
    """The module in which a dotted name below `sparring` is; "" if there is none."""
    home = next((home for home, names in sparring._HOMES.items() if name.split(".")[0] in names), "")
    parts = name.split(".")
    return home or next((n for i in range(len(parts), 0, -1) if (n := ".".join(parts[:i])) in MODULES), "")


GRAPH = {
    name: sorted(set(imports(file)) - {name, ""}) for name, file in MODULES.items() if name not in {"", "__main__"}
}


def test_every_module_has_a_floor():
    rooms = {name.split(".")[0] for name in GRAPH}
    assert rooms == HEIGHT.keys()


def test_no_import_goes_up():
    up = [
        f"{name} imports {other}"
        for name, others in GRAPH.items()
        for other in others
        if HEIGHT[other.split(".")[0]] > HEIGHT[name.split(".")[0]]
    ]
    assert not up


def test_what_is_reached_by_its_name_counts(tmp_path):
    file = tmp_path / "some.py"
    file.write_text("import sparring as sp\nfrom sparring import data\nsp.runs.files.x, sp.GAN(), data.idx.read_idx(1)")
    assert {"runs.files", "games.gan", "data.idx"} <= set(imports(file))
    file.write_text("from sparring.runs import files as files")
    assert not list(imports(file))


def test_no_circle():
    """Modules without imports that are left go, again and again, until none is left."""
    left = {name: set(others) for name, others in GRAPH.items()}
    while leaves := {name for name, others in left.items() if not others & left.keys()}:
        left = {name: others for name, others in left.items() if name not in leaves}
    assert not left


def test_no_game_imports_another():
    """All may build on the GAN."""
    games = {name for name in GRAPH if name.startswith(("games.", "families."))} - {"games.gan"}
    assert not {name: others for name in games if (others := games & set(GRAPH[name]))}


def test_the_root_is_small():
    at_root = [name for name in chain(*FLOORS) if (SOURCE / f"{name}.py").exists()]
    assert len(at_root) <= 14  # and __init__ and __main__
