"""The Dockerfile against the files it copies. Nothing here builds it."""

import re
import tomllib

from discover import SOURCE

ROOT = SOURCE.parent
LINES = (ROOT / "Dockerfile").read_text().splitlines()


def test_what_is_copied_is_there_and_not_ignored():
    let_in = {line[1:] for line in (ROOT / ".dockerignore").read_text().splitlines() if line.startswith("!")}
    copied = {name for line in LINES if line.startswith("COPY") for name in line.split()[1:-1]}
    assert copied == let_in
    assert all((ROOT / name).exists() for name in copied)


def test_what_is_installed_exists():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    (extras,) = re.findall(r'"/build\[([\w,]+)\]"', "\n".join(LINES))
    assert set(extras.split(",")) <= project["optional-dependencies"].keys()
    assert project["readme"] in (ROOT / ".dockerignore").read_text()
    assert any(line.startswith("USER ") and line != "USER root" for line in LINES)
