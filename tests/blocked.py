"""The command line in a process in which packages cannot be imported."""

import os
import subprocess
import sys
from pathlib import Path

import sparring as package

SOURCE = Path(package.__file__).parents[1]

CODE = """
import importlib.abc, importlib.machinery, sys

class Fails(importlib.abc.Loader):
    def __init__(self, error):
        self.error = error

    def create_module(self, spec):
        return None

    def exec_module(self, module):
        exec(compile(f"raise {self.error}", "broken.py", "exec"), vars(module))

class Block:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in MISSING:
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)
        if name in BROKEN:
            return importlib.machinery.ModuleSpec(name, Fails(BROKEN[name]))

MISSING, BROKEN = %r, %r
sys.meta_path.insert(0, Block())
from sparring.cli import main
main()
"""


def sparring(*words, missing=(), broken=None, **options):
    """Runs `sparring` and returns what it did.

    Args:
        *words: The command line.
        missing: Packages that are not there.
        broken: The error that importing a package raises, as Python writes it.
        **options: Of `subprocess.run`.
    """
    command = [sys.executable, "-c", CODE % (tuple(missing), broken or {}), *map(str, words)]
    here = {**os.environ, "PYTHONPATH": str(SOURCE)}
    return subprocess.run(command, capture_output=True, text=True, check=False, env=here, **options)
