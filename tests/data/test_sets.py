import pytest

from sparring.data import archives
from sparring.data.sets import SETS


@pytest.mark.parametrize("name", SETS)
def test_the_catalogue_is_in_order(name):
    entry = SETS[name]
    texts = (entry.title, entry.version, entry.licence, entry.homepage, entry.attribution)
    assert all(texts)
    assert entry.count > 0
    assert entry.sources
    assert all(len(bytes.fromhex(part.sha256)) == 32 for part in entry.parts)
    assert not any("\n" in text for text in texts)
    for source in entry.sources:
        made = [new for download in source for new in download.wanted.values()]
        for part in entry.parts:
            assert any(archives.rename(part.name, {new: new}) for new in made), (name, part.name)
