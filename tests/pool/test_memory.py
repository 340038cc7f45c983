from __future__ import annotations

from contextlib import suppress
from pathlib import Path

import psutil
import pytest
from hypothesis import given
from hypothesis import strategies as st

from clipforge.errors import BadSetting
from clipforge.pool.memory import (
    Budget,
    Limit,
    available,
    budget,
    find_limit,
    free_now,
    oom_kills,
    parse_size,
    this_machine,
)

GIB = 2**30
TOTAL = 64 * GIB
NONE_V1 = 9223372036854771712

V2_MOUNT = "30 23 0:26 / /sys/fs/cgroup rw,nosuid - cgroup2 cgroup2 rw,nsdelegate\n"
V1_MOUNTS = (
    "31 23 0:28 / /sys/fs/cgroup rw - tmpfs tmpfs rw,mode=755\n"
    "32 31 0:29 / /sys/fs/cgroup/cpu rw,relatime shared:9 - cgroup cgroup rw,cpu,cpuacct\n"
    "35 31 0:32 / /sys/fs/cgroup/memory rw,relatime shared:10 - cgroup cgroup rw,memory\n"
)


def tree(root: Path, files: dict[str, object]) -> Path:
    for name, text in files.items():
        file = root / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(f"{text}\n" if not str(text).endswith("\n") else str(text))
    return root


def test_without_cgroups_physical_memory_is_the_limit(tmp_path: Path) -> None:
    assert find_limit(tmp_path, TOTAL, {}) == Limit(TOTAL, "physical memory")


def test_v2_container_with_its_own_namespace(tmp_path: Path) -> None:
    root = tree(
        tmp_path,
        {
            "proc/self/cgroup": "0::/",
            "proc/self/mountinfo": V2_MOUNT,
            "sys/fs/cgroup/memory.max": 8 * GIB,
            "sys/fs/cgroup/memory.high": "max",
        },
    )
    assert find_limit(root, TOTAL, {}) == Limit(8 * GIB, "memory.max of /")


def test_v2_nested_takes_the_tightest_ancestor_and_not_the_mount_root_alone(tmp_path: Path) -> None:
    root = tree(
        tmp_path,
        {
            "proc/self/cgroup": "0::/user.slice/user-1000.slice/run-7.scope",
            "proc/self/mountinfo": V2_MOUNT,
            "sys/fs/cgroup/user.slice/memory.max": "max",
            "sys/fs/cgroup/user.slice/user-1000.slice/memory.max": 6 * GIB,
            "sys/fs/cgroup/user.slice/user-1000.slice/memory.high": 5 * GIB,
            "sys/fs/cgroup/user.slice/user-1000.slice/run-7.scope/memory.max": 7 * GIB,
            "sys/fs/cgroup/user.slice/user-1000.slice/run-7.scope/memory.low": GIB,  # a reservation, not a limit
        },
    )
    assert find_limit(root, TOTAL, {}) == Limit(5 * GIB, "memory.high of /user.slice/user-1000.slice")


def test_v2_limit_above_physical_memory_binds_nothing(tmp_path: Path) -> None:
    root = tree(tmp_path, {"proc/self/cgroup": "0::/a", "sys/fs/cgroup/a/memory.max": 2 * TOTAL})
    assert find_limit(root, TOTAL, {}).source == "physical memory"


def test_v1_walks_up_and_knows_its_word_for_none(tmp_path: Path) -> None:
    root = tree(
        tmp_path,
        {
            "proc/self/cgroup": "5:cpu,cpuacct:/batch/job\n4:memory:/batch/job",
            "proc/self/mountinfo": V1_MOUNTS,
            "sys/fs/cgroup/memory/memory.limit_in_bytes": NONE_V1,
            "sys/fs/cgroup/memory/batch/memory.limit_in_bytes": 3 * GIB,
            "sys/fs/cgroup/memory/batch/job/memory.limit_in_bytes": NONE_V1,
        },
    )
    assert find_limit(root, TOTAL, {}) == Limit(3 * GIB, "memory.limit_in_bytes of /batch")


def test_v1_container_sees_its_group_as_the_root_of_the_mount(tmp_path: Path) -> None:
    below = "/docker/3f2a"
    root = tree(
        tmp_path,
        {
            "proc/self/cgroup": f"4:memory:{below}",
            "proc/self/mountinfo": f"35 31 0:32 {below} /sys/fs/cgroup/memory ro - cgroup cgroup rw,memory",
            "sys/fs/cgroup/memory/memory.limit_in_bytes": 2 * GIB,
        },
    )
    assert find_limit(root, TOTAL, {}) == Limit(2 * GIB, "memory.limit_in_bytes of /")


def test_hybrid_reads_both(tmp_path: Path) -> None:
    files: dict[str, object] = {
        "proc/self/cgroup": "9:name=systemd:/x\n4:memory:/api/81db\n0::/x",
        "proc/self/mountinfo": V1_MOUNTS + "41 31 0:38 / /sys/fs/cgroup/unified rw - cgroup2 cgroup2 rw",
        "sys/fs/cgroup/memory/api/81db/memory.limit_in_bytes": 4 * GIB,
        "sys/fs/cgroup/unified/x/cgroup.procs": "1",
    }
    root = tree(tmp_path, files)
    assert find_limit(root, TOTAL, {}) == Limit(4 * GIB, "memory.limit_in_bytes of /api/81db")
    tree(tmp_path, {"sys/fs/cgroup/unified/x/memory.max": GIB})
    assert find_limit(root, TOTAL, {}) == Limit(GIB, "memory.max of /x")


def test_a_group_outside_of_the_namespace_is_read_at_the_mount(tmp_path: Path) -> None:
    root = tree(
        tmp_path / "root",
        {
            "proc/self/cgroup": "0::/../../other",
            "proc/self/mountinfo": V2_MOUNT,
            "sys/fs/cgroup/memory.max": 2 * GIB,
        },
    )
    assert find_limit(root, TOTAL, {}) == Limit(2 * GIB, "memory.max of /")


def test_a_mount_point_with_a_space(tmp_path: Path) -> None:
    root = tree(
        tmp_path,
        {
            "proc/self/cgroup": "0::/a b",
            "proc/self/mountinfo": "30 23 0:26 / /odd\\040place rw - cgroup2 cgroup2 rw",
            "odd place/a b/memory.max": GIB,
        },
    )
    assert find_limit(root, TOTAL, {}) == Limit(GIB, "memory.max of /a b")


@pytest.mark.parametrize(
    ("environ", "limit"),
    [
        ({"SLURM_MEM_PER_NODE": "4096"}, Limit(4 * GIB, "SLURM_MEM_PER_NODE")),
        ({"SLURM_MEM_PER_NODE": "0"}, Limit(TOTAL, "physical memory")),
        ({"SLURM_MEM_PER_CPU": "1024", "SLURM_CPUS_ON_NODE": "6"}, Limit(6 * GIB, "SLURM_MEM_PER_CPU")),
        ({"SLURM_MEM_PER_CPU": "2G", "SLURM_CPUS_PER_TASK": "2"}, Limit(4 * GIB, "SLURM_MEM_PER_CPU")),
        ({"SLURM_MEM_PER_CPU": "1024"}, Limit(GIB, "SLURM_MEM_PER_CPU")),
        ({"SLURM_MEM_PER_GPU": "8192", "SLURM_GPUS_ON_NODE": "2"}, Limit(16 * GIB, "SLURM_MEM_PER_GPU")),
        ({"SLURM_MEM_PER_NODE": "lots"}, Limit(TOTAL, "physical memory")),
    ],
)
def test_slurm(tmp_path: Path, environ: dict[str, str], limit: Limit) -> None:
    assert find_limit(tmp_path, TOTAL, environ) == limit


def test_the_budget_is_the_limit_less_a_fifth() -> None:
    assert budget(Limit(10 * GIB, "memory.max of /"), None) == Budget(8 * GIB, "memory.max of / less 20 %")


def test_what_the_user_asks_for_is_the_budget_but_never_more_than_that() -> None:
    limit = Limit(10 * GIB, "physical memory")
    assert budget(limit, "2GiB") == Budget(2 * GIB, "--max-memory")
    assert budget(limit, "50%", "clipforge.toml") == Budget(5 * GIB, "clipforge.toml")
    assert budget(limit, "9GiB") == Budget(8 * GIB, "physical memory less 20 %")


@pytest.mark.parametrize(
    ("text", "size"),
    [
        ("6GiB", 6 * GIB),
        ("6000M", 6000 * 2**20),
        ("6000MB", 6_000_000_000),
        ("75%", 750),
        ("0.5 gib", GIB // 2),
        ("1.5T", 3 * 2**39),
        ("123456", 123456),
        ("100b", 100),
        (" 2k ", 2048),
        ("100%", 1000),
    ],
)
def test_sizes(text: str, size: int) -> None:
    assert parse_size(text, 1000) == size


@pytest.mark.parametrize(
    "text", ["", "lots", "6 GiB extra", "-1G", "0", "0%", "101%", "1e9", "GiB", "6Gi B", "9" * 400, "½G", "٣G"]
)
def test_nonsense_is_a_bad_setting(text: str) -> None:
    with pytest.raises(BadSetting) as caught:
        parse_size(text, TOTAL, "CLIPFORGE_MAX_MEMORY")
    assert str(caught.value) == (
        f"max_memory = {text!r} (CLIPFORGE_MAX_MEMORY): expected a size like 6GiB, 6000M or 75%"
    )


@given(st.text())
def test_any_text_is_a_size_or_a_bad_setting(text: str) -> None:
    with suppress(BadSetting):
        assert parse_size(text, TOTAL) > 0


def test_available_gives_back_the_inactive_files_of_a_group(tmp_path: Path) -> None:
    root = tree(
        tmp_path,
        {
            "proc/self/cgroup": "0::/a/b",
            "proc/self/mountinfo": V2_MOUNT,
            "sys/fs/cgroup/a/memory.max": 8 * GIB,
            "sys/fs/cgroup/a/memory.current": 7 * GIB,
            "sys/fs/cgroup/a/memory.stat": f"anon 1\ninactive_file {4 * GIB}\nactive_file {GIB}",
            "sys/fs/cgroup/a/b/memory.max": "max",
            "sys/fs/cgroup/a/b/memory.current": 2 * GIB,
        },
    )
    assert available(root, 60 * GIB) == 5 * GIB
    assert available(root, 1 * GIB) == 1 * GIB
    tree(tmp_path, {"sys/fs/cgroup/a/b/memory.high": 3 * GIB})
    assert available(root, 60 * GIB) == 1 * GIB


def test_available_in_v1_counts_the_whole_group(tmp_path: Path) -> None:
    root = tree(
        tmp_path,
        {
            "proc/self/cgroup": "4:memory:/job",
            "proc/self/mountinfo": V1_MOUNTS,
            "sys/fs/cgroup/memory/memory.limit_in_bytes": NONE_V1,
            "sys/fs/cgroup/memory/job/memory.limit_in_bytes": 4 * GIB,
            "sys/fs/cgroup/memory/job/memory.usage_in_bytes": 3 * GIB,
            "sys/fs/cgroup/memory/job/memory.stat": f"inactive_file 5\ntotal_inactive_file {GIB}",
        },
    )
    assert available(root, 60 * GIB) == 2 * GIB


def test_available_is_never_negative(tmp_path: Path) -> None:
    root = tree(
        tmp_path,
        {"proc/self/cgroup": "0::/", "sys/fs/cgroup/memory.high": GIB, "sys/fs/cgroup/memory.current": 2 * GIB},
    )
    assert available(root, 60 * GIB) == 0


def test_kills_for_memory_are_counted_in_our_groups(tmp_path: Path) -> None:
    root = tree(
        tmp_path,
        {
            "proc/self/cgroup": "0::/a/b",
            "proc/self/mountinfo": V2_MOUNT,
            "proc/vmstat": "nr_free_pages 5\noom_kill 9",
            "sys/fs/cgroup/a/b/memory.events": "low 0\noom 4\noom_kill 2\noom_group_kill 0",
            "sys/fs/cgroup/a/memory.events": "oom_kill 3",
        },
    )
    assert oom_kills(root) == 5


def test_kills_for_memory_in_v1_and_without_groups(tmp_path: Path) -> None:
    files: dict[str, object] = {
        "proc/self/cgroup": "4:memory:/job",
        "proc/self/mountinfo": V1_MOUNTS,
        "sys/fs/cgroup/memory/job/memory.oom_control": "oom_kill_disable 0\nunder_oom 0\noom_kill 7",
    }
    assert oom_kills(tree(tmp_path / "v1", files)) == 7
    assert oom_kills(tree(tmp_path / "none", {"proc/vmstat": "oom_kill 9"})) == 9
    assert oom_kills(tmp_path / "nothing") == 0
    assert oom_kills(Path("/")) >= 0


def test_this_machine_has_memory() -> None:
    limit = this_machine({})
    assert 0 < limit.bytes <= psutil.virtual_memory().total
    assert 0 < free_now() <= psutil.virtual_memory().total
