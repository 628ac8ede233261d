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


@pytest.mark.parametrize("case", CASES)
def test_cores(tmp_path, monkeypatch, case):
    groups, files, found = CASES[case]
    for name, content in files.items():
        tmp_path.joinpath(name).parent.mkdir(parents=True, exist_ok=True)
        tmp_path.joinpath(name).write_text(content)
    monkeypatch.setattr(quota, "CONTROLS", tmp_path)
    monkeypatch.setattr(quota, "GROUPS", tmp_path / "of this process")
    if groups is not None:
        quota.GROUPS.write_text(groups + "\n")
    assert quota.cores() == found
