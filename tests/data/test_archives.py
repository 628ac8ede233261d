import gzip
import io
import random
import shutil
import subprocess
import tarfile
import zipfile

import pytest

from sparring.data import archives

FILES = {"package/a.png": b"first", "package/deep/b.png": b"second", "package/notes.txt": b"not wanted"}
WANTED = {"package/*.png": "*.png"}


def tar(files, **extra):
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w:gz") as archive:
        for name, content in files.items():
            info = tarfile.TarInfo(name)
            info.size = len(content)
            archive.addfile(info, io.BytesIO(content))
        for name, target in extra.items():
            info = tarfile.TarInfo(f"package/{name}.png")
            info.type, info.linkname = tarfile.SYMTYPE, target
            archive.addfile(info)
    return buffer.getvalue()


def zipped(files):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return buffer.getvalue()


@pytest.mark.parametrize(
    ("name", "pack"), [("a.tgz", tar), ("a.tar.gz", tar), ("a.zip", zipped), ("a.whl", zipped), ("a.zip.part", zipped)]
)
def test_wanted_members_get_their_new_names(tmp_path, name, pack):
    (tmp_path / name).write_bytes(pack(FILES))
    assert archives.take(tmp_path / name, WANTED) == {"a.png": b"first", "deep/b.png": b"second"}


def test_gzipped_members_and_files_are_unzipped(tmp_path):
    (tmp_path / "a.zip").write_bytes(zipped({"x/table.csv.gz": gzip.compress(b"1,2")}))
    (tmp_path / "table.csv.gz.part").write_bytes(gzip.compress(b"3,4"))
    (tmp_path / "table.csv").write_bytes(b"5,6")
    assert archives.take(tmp_path / "a.zip", {"x/*.gz": "*"}) == {"table.csv": b"1,2"}
    assert archives.take(tmp_path / "table.csv.gz.part", {"*.gz": "*"}) == {"table.csv": b"3,4"}
    assert archives.take(tmp_path / "table.csv", {"table.csv": "t.csv"}) == {"t.csv": b"5,6"}


@pytest.mark.skipif(not shutil.which("dpkg-deb"), reason="needs dpkg-deb")
def test_debian_packages(tmp_path):
    root = tmp_path / "root"
    (root / "DEBIAN").mkdir(parents=True)
    (root / "DEBIAN" / "control").write_text(
        "Package: tiny\nVersion: 1\nArchitecture: all\nMaintainer: a <a@b.c>\nDescription: tiny\n"
    )
    (root / "usr").mkdir()
    (root / "usr" / "words").write_bytes(b"a\nb\n")
    subprocess.run(["dpkg-deb", "--build", str(root), str(tmp_path / "tiny_1_all.deb")], check=True)
    assert archives.take(tmp_path / "tiny_1_all.deb", {"usr/words": "words.txt"}) == {"words.txt": b"a\nb\n"}


def test_debian_packages_without_their_tool(tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", "")
    with pytest.raises(ValueError, match="dpkg-deb is not installed"):
        archives.take(tmp_path / "tiny_1_all.deb", {})


@pytest.mark.parametrize("name", ["../x.png", "a/../../x.png", "/x.png", "./x.png", "a//x.png", r"a\x.png", "c:x.png"])
@pytest.mark.parametrize(("file", "pack"), [("a.tgz", tar), ("a.zip", zipped)])
def test_names_that_would_leave_the_folder_are_passed_over(tmp_path, name, file, pack):
    (tmp_path / file).write_bytes(pack({f"package/{name}": b"evil", "package/good.png": b"good"}))
    assert archives.take(tmp_path / file, WANTED) == {"good.png": b"good"}


def test_links_are_passed_over(tmp_path):
    (tmp_path / "a.tgz").write_bytes(tar({}, passwd="/etc/passwd"))
    assert archives.take(tmp_path / "a.tgz", WANTED) == {}


@pytest.mark.parametrize(
    ("file", "pack"),
    [
        ("a.tgz", tar),
        ("a.zip", zipped),
        ("b.zip", lambda f: zipped({n + ".gz": gzip.compress(c) for n, c in f.items()})),
    ],
)
def test_bombs_are_refused(tmp_path, monkeypatch, file, pack):
    monkeypatch.setattr(archives, "MEMBER_LIMIT", 1000)
    wanted = {"package/*": "*"}
    (tmp_path / file).write_bytes(pack({"package/a.png": bytes(1000)}))
    assert len(archives.take(tmp_path / file, wanted)) == 1
    (tmp_path / file).write_bytes(pack({"package/a.png": bytes(1001)}))
    with pytest.raises(ValueError, match=r"a\.png.* holds more than the 1,000 bytes"):
        archives.take(tmp_path / file, wanted)


def test_many_members_may_not_be_a_bomb_together(tmp_path, monkeypatch):
    monkeypatch.setattr(archives, "TOTAL_LIMIT", 1000)
    (tmp_path / "a.zip").write_bytes(zipped({f"package/{i}.png": bytes(100) for i in range(11)}))
    with pytest.raises(ValueError, match="holds more than the 0 bytes"):
        archives.take(tmp_path / "a.zip", WANTED)


@pytest.mark.parametrize(
    ("file", "pack"), [("a.tgz", tar), ("a.zip", zipped), ("a.gz", lambda f: gzip.compress(b"x" * 999))]
)
def test_any_damage_is_a_value_error(tmp_path, file, pack):
    """Cut anywhere or with a wrong byte anywhere, nothing but ValueError comes out."""
    noise = random.Random(0)
    good = {"package/a.png": noise.randbytes(700), "package/b.png": noise.randbytes(200)}
    whole = pack(good)
    wanted = {"package/*": "*", "*.gz": "*"}
    (tmp_path / file).write_bytes(whole)
    expected = archives.take(tmp_path / file, wanted)
    reasons = []
    for i in range(0, len(whole), 7):
        for broken in (whole[:i], whole[:i] + bytes([whole[i] ^ 0xFF]) + whole[i + 1 :]):
            (tmp_path / file).write_bytes(broken)
            try:
                got = archives.take(tmp_path / file, wanted)
            except ValueError as error:
                reasons.append(str(error))
            else:
                assert len(got) <= len(expected)
    assert len(reasons) > len(whole) // 14
    assert not any("\n" in reason for reason in reasons)


def test_a_stored_zip_depends_on_the_files_alone():
    files = {"b.svg": b"2", "a/c.svg": b"1"}
    made = archives.stored_zip(files)
    assert made == archives.stored_zip(dict(reversed(files.items())))
    with zipfile.ZipFile(io.BytesIO(made)) as archive:
        assert archive.namelist() == ["a/c.svg", "b.svg"]
        assert {info.compress_type for info in archive.infolist()} == {zipfile.ZIP_STORED}
        assert archive.read("b.svg") == b"2"
