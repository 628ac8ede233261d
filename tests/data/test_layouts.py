import csv
import hashlib
import io
import json
import zipfile

import pytest

from sparring.data import layouts


def names(content):
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def rows(content):
    return list(csv.reader(io.StringIO(content.decode())))


def test_emoji_and_their_skin_tones():
    entries = [
        {"name": "HASH KEY", "image": "0023.png"},
        {
            "name": "Two, shaking",
            "image": "1faf1.png",
            "skin_variations": {"1F3FB-1F3FF": {"image": "1faf1-1f3fb-1f3ff.png"}},
        },
    ]
    shown = {"1faf1.png": b"1", "0023.png": b"2", "1faf1-1f3fb-1f3ff.png": b"3"}
    made = layouts.emoji({**shown, "emoji.json": json.dumps(entries).encode()})
    assert names(made["pictures.zip"]) == shown
    assert rows(made["captions.csv"]) == [
        ["file", "caption"],
        ["0023.png", "hash key"],
        ["1faf1-1f3fb-1f3ff.png", "two, shaking: light skin tone, dark skin tone"],
        ["1faf1.png", "two, shaking"],
    ]
    with pytest.raises(ValueError, match=r"1 pictures and entries .* '9\.png'"):
        layouts.emoji({**shown, "9.png": b"", "emoji.json": json.dumps(entries).encode()})


def entry(code, name, **more):
    empty = dict.fromkeys(("tags", "openmoji_tags", "group", "subgroups", "skintone"), "")
    return {"hexcode": code, "annotation": name, **empty, **more}


def test_captions_by_code_points_however_they_are_written():
    table = [entry("0023-FE0F-20E3", "keycap: #"), entry("1F3F4-E0067-E007F", "flag: Wales")]
    shown = {"23-20e3.webp": b"1", "1f3f4-e0067_e007f.webp": b"2", "1f3f4-e0067.webp": b"3"}
    made = layouts.described({**shown, "openmoji.json": json.dumps(table).encode()})
    assert names(made["pictures.zip"]) == shown
    assert rows(made["captions.csv"])[1:] == [
        ["1f3f4-e0067.webp", "flag: wales"],
        ["1f3f4-e0067_e007f.webp", "flag: wales"],
        ["23-20e3.webp", "keycap: #"],
    ]


def test_openmoji():
    table = [entry("B1", "bee", tags="insect, honey", group="animals", skintone=3), entry("A0", "ant")]
    drawings = {f"{look}/{code}.svg": look.encode() for look in ("color", "black") for code in ("A0", "B1")}
    made = layouts.openmoji({**drawings, "openmoji.json": json.dumps(table).encode()})
    assert names(made["drawings.zip"]) == drawings
    assert rows(made["captions.csv"]) == [
        ["file", "caption", "tags", "openmoji_tags", "group", "subgroups", "skintone"],
        ["A0", "ant", "", "", "", "", ""],
        ["B1", "bee", "insect, honey", "", "animals", "", "3"],
    ]
    del drawings["black/A0.svg"]
    with pytest.raises(ValueError, match=r"1 drawings and entries .* 'black/A0\.svg'"):
        layouts.openmoji({**drawings, "openmoji.json": json.dumps(table).encode()})


def test_icons_that_come_both_ways():
    icons = dict.fromkeys(("bell.svg", "bell-ring.svg", "bell-ring-outline.svg", "lone-outline.svg"), b"")
    made = layouts.icons(icons)
    assert set(names(made["drawings.zip"])) == {"filled/bell-ring.svg", "outline/bell-ring.svg"}
    assert rows(made["captions.csv"]) == [["file", "caption"], ["bell-ring", "bell ring"]]


def test_of_molecules_those_with_the_least_hashes_are_taken():
    lines = [f"C{i}" for i in range(50_100)]
    files = {name: "\n".join(["SMILES", *lines, ""]).encode() for name in ("train.csv", "test.csv")}
    made = layouts.smiles(files)
    order = sorted(lines, key=lambda line: hashlib.sha256(line.encode()).hexdigest())
    kept = made["molecules.txt"].decode().splitlines()
    assert kept == order[:50_000]
    assert made["fresh.txt"].splitlines() == made["molecules.txt"].splitlines()[:10_000]
    assert all(made[name] == content for name, content in files.items())
