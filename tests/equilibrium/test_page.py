"""The page prints what it says that it prints."""

import re

import discover
from sparring import Phase, Trainer
from sparring.games import gan

PAGE = discover.TESTS.parent / "docs" / "equilibrium.md"


def test_the_page_shows_what_its_code_prints(capsys):
    parts = re.findall(
        r"```python\n(.*?)```\n\nIt prints:\n\n((?: {4}[^\n]*\n)+)", PAGE.read_text(encoding="utf-8"), re.DOTALL
    )
    assert len(parts) == 2
    names = {}
    for code, shown in parts:
        exec(compile(code, PAGE.name, "exec"), names)
        assert capsys.readouterr().out == re.sub(r"^ {4}", "", shown, flags=re.MULTILINE)


def test_your_own_trainer_is_examined(capsys):
    """The first block of the page."""
    game, streams = gan.tiny()
    [code] = re.findall(r"```python skip\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
    exec(code, {"trainer": Trainer(Phase(game, {}, streams, 1))})
    assert capsys.readouterr().out.startswith("not an equilibrium: player 'discriminator' could do better along ")
