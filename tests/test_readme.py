import re
from pathlib import Path

import pytest
import torch

from sparring.data.toys import ring_modes

README = Path(__file__).parents[1] / "README.md"


def test_the_code_in_the_readme_runs():
    """All blocks one after the other; the ring they train on is covered."""
    names = {}
    for block in re.findall(r"```python\n(.*?)```", README.read_text(), re.DOTALL):
        exec(compile(block, "README.md", "exec"), names)
    distances, nearest = torch.cdist(names["points"], ring_modes()).min(dim=1)
    assert (distances < 0.2).float().mean() > 0.7
    assert (torch.bincount(nearest[distances < 0.2], minlength=8) > 0).all()


PAGES = [page for page in sorted(README.parent.glob("docs/*.md")) if "```python\n" in page.read_text()]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_the_code_in_the_docs_runs(page, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    names = {}
    for block in re.findall(r"```python\n(.*?)```", page.read_text(), re.DOTALL):
        exec(compile(block, page.name, "exec"), names)
    assert names


def test_links_in_the_readme_lead_somewhere():
    for target in re.findall(r"\]\(([^)#:]+)\)", README.read_text()):
        assert (README.parent / target).exists(), target
