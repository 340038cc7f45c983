"""Cores: by fixture trees of cgroups, as `test_memory` has them for memory."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from clipforge.pool.cores import shares, usable_cores
from tests.pool.test_memory import V2_MOUNT, tree

V1_MOUNT = "32 31 0:29 / /sys/fs/cgroup/cpu,cpuacct rw,relatime shared:9 - cgroup cgroup rw,cpu,cpuacct\n"


def test_without_cgroups_all_that_this_process_may_run_on(tmp_path: Path) -> None:
    assert shares(tmp_path) == []
    assert usable_cores(tmp_path) == (
        len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    )


def test_v2_takes_the_tightest_on_the_way_up(tmp_path: Path) -> None:
    files: dict[str, object] = {
        "proc/self/cgroup": "0::/a/b",
        "proc/self/mountinfo": V2_MOUNT,
        "sys/fs/cgroup/a/cpu.max": "150000 100000",
        "sys/fs/cgroup/a/b/cpu.max": "max 100000",
    }
    assert shares(tree(tmp_path, files)) == [1.5]
    tree(tmp_path, {"sys/fs/cgroup/a/b/cpu.max": "20000 100000"})
    assert usable_cores(tmp_path) == 1  # a fifth of one is still one


def test_v1_counts_less_than_nothing_as_no_limit(tmp_path: Path) -> None:
    group = "sys/fs/cgroup/cpu,cpuacct/docker"
    files: dict[str, object] = {
        "proc/self/cgroup": "4:cpu,cpuacct:/docker\n3:memory:/other",
        "proc/self/mountinfo": V1_MOUNT,
        f"{group}/cpu.cfs_quota_us": "-1",
        f"{group}/cpu.cfs_period_us": "100000",
    }
    assert shares(tree(tmp_path, files)) == []
    tree(tmp_path, {f"{group}/cpu.cfs_quota_us": "400000"})
    assert shares(tmp_path) == [4.0]


@pytest.mark.parametrize("text", ["", "max", "100000", "0 0", "5 x"])
def test_nonsense_is_no_limit(tmp_path: Path, text: str) -> None:
    files: dict[str, object] = {
        "proc/self/cgroup": "0::/",
        "proc/self/mountinfo": V2_MOUNT,
        "sys/fs/cgroup/cpu.max": text,
    }
    assert shares(tree(tmp_path, files)) == []


def test_this_machine_has_cores() -> None:
    assert 1 <= usable_cores() <= (os.cpu_count() or 1)
