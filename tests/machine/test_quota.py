"""Quotas of containers, as the system shows them in files."""

import pytest

from sparring.machine import quota

CASES = {
    "none": ("0::/", {}, None),
    "no control groups": (None, {}, None),
    "no limit": ("0::/", {"cpu.max": "max 100000\n"}, None),
    "of a container": ("0::/", {"cpu.max": "150000 100000\n"}, 1.5),
    "of a group around it": ("0::/a/b", {"a/cpu.max": "200000 100000", "a/b/cpu.max": "max 100000"}, 2.0),
    "the smallest": ("0::/a/b", {"a/cpu.max": "400000 100000", "a/b/cpu.max": "50000 100000"}, 0.5),
    "from outside": ("0::/../x", {"cpu.max": "300000 100000"}, 3.0),
    "version 1": ("4:cpu,cpuacct:/", {
        "cpu,cpuacct/cpu.cfs_quota_us": "250000", "cpu,cpuacct/cpu.cfs_period_us": "50000"}, 5),
    "version 1, the host's name": ("1:cpu:/docker/1", {
        "cpu/cpu.cfs_quota_us": "100000", "cpu/cpu.cfs_period_us": "50000"}, 2.0),
    "version 1, no limit": ("1:cpu:/", {"cpu/cpu.cfs_quota_us": "-1", "cpu/cpu.cfs_period_us": "100000"}, None),
    "another group": ("1:cpuset:/\n2:name=systemd:/", {"cpuset/cpu.max": "100000 100000"}, None),
    "half written": ("0::/", {"cpu.max": "1"}, None),
    "nothing at all": ("0::", {"cpu.max": "100000 0"}, None),
}  # fmt: skip


MEMORY = {
    "none": ("0::/", {}, None),
    "no limit": ("0::/", {"memory.max": "max\n", "memory.current": "5"}, None),
    "of a container": ("0::/", {"memory.max": "1000", "memory.current": "700",
        "memory.stat": "anon 1\nfile 500\ninactive_file 200\n"}, (1000, 500)),
    "of a group around it": ("0::/a/b", {"a/memory.max": "900", "a/memory.current": "100", "a/b/memory.max": "max",
        "a/b/memory.current": "9"}, (900, 800)),
    "the narrowest": ("0::/a", {"memory.max": "900", "memory.current": "880", "a/memory.max": "500",
        "a/memory.current": "100"}, (900, 20)),
    "over its limit": ("0::/", {"memory.max": "900", "memory.current": "950"}, (900, 0)),
    "version 1": ("5:memory:/", {"memory/memory.limit_in_bytes": "900", "memory/memory.usage_in_bytes": "400"},
        (900, 500)),
    "version 1, no limit": ("5:memory:/", {"memory/memory.limit_in_bytes": "9223372036854771712",
        "memory/memory.usage_in_bytes": "400"}, None),
    "another group": ("1:cpu:/", {"cpu/memory.max": "900", "cpu/memory.current": "1"}, None),
}  # fmt: skip


@pytest.mark.parametrize("case", MEMORY)
def test_memory(tmp_path, monkeypatch, case):
    groups, files, found = MEMORY[case]
    _group(tmp_path, monkeypatch, groups, files)
    assert quota.memory() == found


@pytest.mark.parametrize("case", CASES)
def test_cores(tmp_path, monkeypatch, case):
    groups, files, found = CASES[case]
    _group(tmp_path, monkeypatch, groups, files)
    assert quota.cores() == found


def _group(tmp_path, monkeypatch, groups, files):
    """The files of control groups, and which groups this process is in."""
    for name, content in files.items():
        tmp_path.joinpath(name).parent.mkdir(parents=True, exist_ok=True)
        tmp_path.joinpath(name).write_text(content)
    monkeypatch.setattr(quota, "CONTROLS", tmp_path)
    monkeypatch.setattr(quota, "GROUPS", tmp_path / "of this process")
    if groups is not None:
        quota.GROUPS.write_text(groups + "\n")
