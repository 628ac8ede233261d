"""Zips as people have them: packed elsewhere, with names in any encoding, and with members that are not to be read."""

import io
import struct
import zipfile
import zlib
from pathlib import Path

import pytest

from made import encoded, folder, noise, packed
from sparring.data import members
from sparring.data.opening import open_data

GOOD = [(f"{i}.png", encoded(noise(9, 8))) for i in range(5)]
PICTURE = encoded(noise(9, 8))


@pytest.fixture(autouse=True)
def here(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)


def changed(path, name, *, flags=0, **fields):
    """A zip whose directory says something else of the member with that name; numbers by their place in an entry."""
    content = bytearray(Path(path).read_bytes())
    entry = content.rfind(b"PK\x01\x02", 0, content.rfind(name.encode()))
    content[entry + 8] |= flags
    for place, (code, value) in {10: ("H", fields.get("method")), 24: ("I", fields.get("size"))}.items():
        if value is not None:
            struct.pack_into(f"<{code}", content, entry + place, value)
    Path(path).write_bytes(content)
    return path


def bytes_for(name, raw, path):
    """The zip with a name exchanged for bytes of the same length, which no ZipFile would write."""
    content = Path(path).read_bytes()
    assert content.count(name.encode()) >= 2
    assert len(name) == len(raw)
    Path(path).write_bytes(content.replace(name.encode(), raw))
    return path


def test_back_slashes_are_slashes():
    members = [(rf"pics\{'cat' if i < 2 else 'dog'}\{i}.png", content) for i, (_, content) in enumerate(GOOD)]
    packed("a.zip", [("pics\\", b""), *members, ("pics\\__MACOSX\\._0.png", b"")])
    data = open_data("a.zip")
    assert data.classes == ["cat", "dog"]
    assert data.y.tolist() == [0, 0, 1, 1, 1]
    assert data.report.ignored == {"hidden": ["pics/__MACOSX/._0.png"]}


def test_a_table_with_back_slashes_and_one_in_a_folder_around_all():
    rows = "".join(f"images\\{i}.png,{'ab'[i % 2]}\n" for i in range(5))
    packed(
        "a.zip",
        [*((rf"set\images\{name}", c) for name, c in GOOD), (r"set\labels.csv", f"file,label\n{rows}".encode())],
    )
    assert open_data("a.zip").y.tolist() == [0, 1, 0, 1, 0]


def test_names_in_utf8_without_a_mark_as_macos_packs_them():
    packed("a.zip", [(f"{'ab'[i % 2]}xx/{i}.png", content) for i, (_, content) in enumerate(GOOD)])
    bytes_for("axx/", "aé/".encode(), "a.zip")
    data = open_data("a.zip")
    assert data.classes == ["aé", "bxx"]
    assert not data.report.notes


def test_names_in_an_old_code_page_are_noted():
    packed("a.zip", [(f"{'ab'[i % 2]}xx/{i}.png", content) for i, (_, content) in enumerate(GOOD)])
    bytes_for("axx/", "a\xe9x/".encode("cp1252"), "a.zip")
    data = open_data("a.zip")
    assert len(data.classes) == 2
    [note] = data.report.notes
    assert note.startswith("3 names in the zip are in an old code page, aΘx/0.png first: if they look wrong, archive")


def test_names_that_are_not_in_the_encoding_they_claim():
    packed("a.zip", [(f"{'éx'[i == 0]}{name}", content) for i, (name, content) in enumerate(GOOD)])
    content = Path("a.zip").read_bytes().replace("é1".encode(), b"\xe9\xe91")
    Path("a.zip").write_bytes(content)
    with pytest.raises(ValueError, match=r"'a\.zip' holds a name in an old code page, 'éé1\.png', marked as UTF-8"):
        open_data("a.zip")


def encrypted(*names):
    packed("a.zip", [*GOOD, ("odd.png", PICTURE)])
    for name in names:
        changed("a.zip", name, flags=1)


def twice():
    with pytest.warns(UserWarning, match="Duplicate name"):
        packed("a.zip", [("0.png", b"old"), *GOOD])


def with_one(name, **fields):
    packed("a.zip", [*GOOD, (name, PICTURE)])
    if fields:
        changed("a.zip", name, **fields)


ODD = {
    "an absolute name": (lambda: with_one("/etc/x.png"), "a name that points outside it", "/etc/x.png"),
    "a name with ..": (lambda: with_one("a/../../x.png"), "a name that points outside it", "a/../../x.png"),
    "a name with a drive": (lambda: with_one("C:\\x.png"), "a name that points outside it", "C:/x.png"),
    "a name twice": (twice, "several members of the same name", "0.png"),
    "an encrypted member": (lambda: encrypted("odd.png"), "an encrypted member", "odd.png"),
    "a bomb": (lambda: with_one("big.png", size=2**30), "a member of over 512 MB", "big.png"),
    "deflate64": (lambda: with_one("odd.png", method=9), "a member packed in an unknown way, 9,", "odd.png"),
}


@pytest.mark.parametrize("case", ODD)
def test_one_odd_member_is_skipped(case):
    make, reason, name = ODD[case]
    make()
    data = open_data("a.zip")
    assert data.report.skipped == {reason: [name]}
    assert data.report.count == 5, "the last of two of the same name is there"


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("inner.zip", "an archive inside"),
        ("notes.txt", "not named as a picture"),
        ("../labels.csv", "a name that points outside it"),
    ],
)
def test_what_is_no_picture_is_ignored(name, reason):
    packed("a.zip", [*GOOD, (name, b"x")])
    assert open_data("a.zip").report.ignored == {reason: [name]}


def test_a_zip_of_odd_members_alone():
    encrypted("odd.png", *(name for name, _ in GOOD))
    with pytest.raises(ValueError, match=r"'a\.zip' holds an encrypted member \('0\.png'\): archive the plain"):
        open_data("a.zip")
    packed("b.zip", [("inner.zip", b"PK")])
    with pytest.raises(ValueError, match=r"'b\.zip' holds an archive inside \('inner\.zip'\): archive the plain"):
        open_data("b.zip")


def test_a_version_that_nobody_reads():
    packed("a.zip", GOOD)
    content = bytearray(Path("a.zip").read_bytes())
    content[content.rfind(b"PK\x01\x02") + 6] = 99
    Path("a.zip").write_bytes(content)
    with pytest.raises(ValueError, match=r"'a\.zip' is not a whole zip archive .*version 9\.9"):
        open_data("a.zip")


@pytest.mark.parametrize("method", [zipfile.ZIP_LZMA, zipfile.ZIP_BZIP2, zipfile.ZIP_DEFLATED])
def test_damage_within_any_packing_is_one_skipped_picture(method):
    packed("a.zip", GOOD, method)
    with zipfile.ZipFile("a.zip") as archive:
        start = archive.getinfo("2.png").header_offset + 30 + len("2.png")
    content = bytearray(Path("a.zip").read_bytes())
    content[start + 9 : start + 40] = bytes(31)
    Path("a.zip").write_bytes(content)
    assert open_data("a.zip").report.skipped == {"damaged in the archive": ["2.png"]}


def test_a_zip_is_its_folder(tmp_path):
    arrays = folder(tmp_path / "d", 6, classes=3)
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name in arrays:
            archive.write(tmp_path / "d" / name, name.replace("/", "\\"))
    (tmp_path / "a.zip").write_bytes(buffer.getvalue())
    assert open_data("a.zip").digest() == open_data("d").digest()


@pytest.mark.parametrize("right", [True, False])
def test_names_in_the_field_of_info_zip(right):
    """0x7075: version 1, the CRC-32 of the name in the header, the name in UTF-8; of another name it is out of date."""
    with zipfile.ZipFile("a.zip", "w") as archive:
        for i, (name, content) in enumerate(GOOD):
            info = zipfile.ZipInfo(name)
            body = struct.pack("<BI", 1, zlib.crc32(name.encode()) ^ (not right)) + f"猫/{i}.png".encode()
            info.extra = struct.pack("<HH", 0x5455, 1) + b"x" + struct.pack("<HH", 0x7075, len(body)) + body
            archive.writestr(info, content)
    found = members.open_some(Path("a.zip"))[0]
    assert found.namelist() == [f"猫/{i}.png" if right else f"{i}.png" for i in range(5)]
    assert len(open_data("a.zip")) == 5
