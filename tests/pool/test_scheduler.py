from __future__ import annotations

from dataclasses import replace
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from clipforge.pool.jobs import Job, Limits
from clipforge.pool.scheduler import PATIENCE, SPARE_IDLE, Assign, Entry, Launch, Retire, Scheduler, Seat, Step
from tests.pool import work


def job(name: str, lane: str = "a", cost: int = 10, **rest: Any) -> Job:
    return Job(run=work.square, payload=1, lane=lane, cost_bytes=cost, what=name, **rest)


def queue(limits: Limits, *jobs: Job) -> Scheduler:
    scheduler = Scheduler(limits)
    for number, each in enumerate(jobs):
        scheduler.add(Entry(each, number))
    return scheduler


def seat(number: int, lane: str = "a", charge: int = 10, **rest: Any) -> Seat:
    return replace(Seat(number, lane, charge, 0, busy=False, ending=False), **rest)


def said(steps: list[Step]) -> list[str]:
    return [
        f"retire {step.seat}"
        if isinstance(step, Retire)
        else f"launch {step.entry.job.what}"
        if isinstance(step, Launch)
        else f"{step.entry.job.what} to {step.seat}"
        for step in steps
    ]


def test_order_is_priority_then_size_then_submission() -> None:
    scheduler = queue(
        Limits(9, 1000),
        job("late"),
        job("later"),
        job("large", size=5),
        job("urgent", priority=-1),
        job("least", priority=1, size=9),
    )
    assert said(scheduler.plan([], None)) == [
        "launch urgent",
        "launch large",
        "launch late",
        "launch later",
        "launch least",
    ]
    assert len(scheduler) == 0


def test_an_idle_worker_of_the_lane_is_used_and_one_of_another_lane_is_not() -> None:
    scheduler = queue(Limits(4, 1000), job("one", "a"), job("two", "b"))
    assert said(scheduler.plan([seat(7, "a"), seat(8, "c")], None)) == ["one to 7", "launch two"]


def test_busy_workers_are_bounded() -> None:
    scheduler = queue(Limits(2, 1000), job("one"), job("two"))
    assert said(scheduler.plan([seat(1, busy=True)], None)) == ["launch one"]
    assert said(scheduler.plan([seat(1, busy=True), seat(2, busy=True), seat(3)], None)) == []


def test_the_charges_of_idle_workers_count_and_they_are_ended_for_room() -> None:
    scheduler = queue(Limits(4, 100), job("big", "b", cost=70))
    idle = [seat(1, "a", 30, idle_since_s=5.0), seat(2, "a", 30, idle_since_s=3.0)]
    assert said(scheduler.plan(idle, None)) == ["retire 2"]
    ending = [idle[0], replace(idle[1], ending=True)]
    assert said(scheduler.plan(ending, None)) == []  # not before its memory is free
    assert said(scheduler.plan(idle[:1], None)) == ["launch big"]


def test_workers_whose_lane_has_nothing_queued_are_ended_first() -> None:
    scheduler = queue(Limits(4, 100), job("big", "b", cost=70), job("small", "a", priority=1, cost=30))
    idle = [seat(1, "a", 30, idle_since_s=1.0), seat(2, "c", 50, idle_since_s=9.0)]
    assert said(scheduler.plan(idle, None)) == ["retire 2", "small to 1"]


def test_room_that_is_being_made_is_not_given_to_another() -> None:
    scheduler = queue(Limits(4, 100), job("big", "b", cost=90), job("small", "c", cost=20))
    assert said(scheduler.plan([seat(1, "a", 90)], None)) == ["retire 1"]
    assert said(scheduler.plan([seat(1, "a", 90, ending=True)], None)) == []
    assert said(scheduler.plan([], None)) == ["launch big"]


def test_room_that_was_given_in_this_pass_is_gone() -> None:
    scheduler = queue(Limits(4, 100), job("one", "b", cost=60), job("two", "c", cost=40), job("three", "d", cost=1))
    assert said(scheduler.plan([seat(1, "a", 40)], None)) == ["launch one", "retire 1"]


def test_idle_workers_beyond_the_spare_ones_are_ended() -> None:
    idle = [seat(number, f"lane {number}", 1, idle_since_s=float(number)) for number in range(1 + SPARE_IDLE)]
    scheduler = queue(Limits(1, 1000), job("one", "new"))
    assert said(scheduler.plan(idle, None)) == ["retire 0", "launch one"]


def test_a_job_tried_before_gets_a_fresh_worker() -> None:
    scheduler = Scheduler(Limits(2, 1000))
    scheduler.add(Entry(job("again"), 0, attempts=1))
    assert said(scheduler.plan([seat(1)], None)) == ["launch again"]


def test_a_larger_job_of_a_lane_raises_the_charge_of_its_worker() -> None:
    scheduler = queue(Limits(4, 100), job("more", "a", cost=60))
    busy = seat(2, "b", 50, busy=True)
    assert said(scheduler.plan([seat(1, "a", 40), busy], None)) == []
    assert said(scheduler.plan([seat(1, "a", 40), replace(busy, charge_bytes=40)], None)) == ["more to 1"]


def test_a_job_without_room_is_passed_by_small_ones_but_not_for_ever() -> None:
    scheduler = queue(Limits(4, 100), job("big", "b", cost=90, size=9), *[job(f"{n}") for n in range(2 * PATIENCE)])
    busy = seat(1, "c", 80, busy=True)
    passed = 0
    while steps := scheduler.plan([busy], None):
        assert "launch big" not in said(steps)
        passed += len(steps)
    assert passed == PATIENCE
    assert said(scheduler.plan([], None)) == ["launch big", "launch 16"]


def test_free_memory_delays_a_start_less_what_was_promised() -> None:
    scheduler = queue(Limits(4, 1000), job("one", "a", cost=100))
    busy = seat(1, "b", 300, used_bytes=100, busy=True)
    assert said(scheduler.plan([busy], 299)) == []  # 200 of it are promised to worker 1
    assert said(scheduler.plan([busy], 300)) == ["launch one"]


def test_on_an_idle_machine_low_free_memory_ends_what_idles_and_then_waits_no_longer() -> None:
    scheduler = queue(Limits(4, 1000), job("one", "a", cost=100))
    idle = seat(1, "b", 50, used_bytes=20)
    assert said(scheduler.plan([idle], 5)) == ["retire 1"]
    assert said(scheduler.plan([replace(idle, ending=True)], 5)) == []
    assert said(scheduler.plan([], 25)) == ["launch one"]


def test_an_idle_worker_of_the_lane_needs_no_free_memory() -> None:
    scheduler = queue(Limits(4, 1000), job("one", "a", cost=50))
    assert said(scheduler.plan([seat(1, "a", 50, used_bytes=20), seat(2, "b", 50, busy=True)], 0)) == ["one to 1"]


def test_nothing_starts_while_memory_is_used_up_and_what_idles_is_ended() -> None:
    scheduler = queue(Limits(4, 1000), job("one", "a"), job("two", "c"))
    busy = seat(2, "b", 300, used_bytes=900, busy=True)
    idle = [seat(1, "a", 10), seat(3, "d", 10)]
    assert sorted(said(scheduler.plan([*idle, busy], -1))) == ["retire 1", "retire 3"]
    assert said(scheduler.plan([busy], -1)) == []
    assert said(scheduler.plan([busy], 0)) == []
    assert len(scheduler) == 2
    assert said(scheduler.plan([], -1))[0] == "launch one"  # nothing to wait for


def test_a_lane_may_have_no_more_than_so_many_workers() -> None:
    """One process for each GPU: the ending one must be gone before the next may start."""
    scheduler = queue(Limits(4, 1000), *[job(name, "gpu", lane_workers=1) for name in ("one", "two")], job("light"))
    assert said(scheduler.plan([], None)) == ["launch one", "launch light"]
    assert said(scheduler.plan([seat(1, "gpu", busy=True)], None)) == []
    assert said(scheduler.plan([seat(1, "gpu", ending=True)], None)) == []
    assert said(scheduler.plan([seat(1, "gpu")], None)) == ["two to 1"]


def test_a_full_lane_holds_no_room_and_stops_nobody() -> None:
    scheduler = queue(
        Limits(4, 100),
        *[job(f"big {n}", "gpu", cost=40, size=9, lane_workers=1) for n in range(3)],
        *[job(f"{n}") for n in range(2 * PATIENCE)],
    )
    busy = seat(1, "gpu", 40, busy=True)
    passed = 0
    while steps := scheduler.plan([busy], None):
        assert not any("big" in text for text in said(steps))
        passed += len(steps)
    assert passed == 2 * PATIENCE


def test_a_job_tried_before_gets_a_fresh_worker_in_a_full_lane_too() -> None:
    scheduler = Scheduler(Limits(4, 1000))
    scheduler.add(Entry(job("again", "gpu", lane_workers=1), 0, attempts=1))
    assert said(scheduler.plan([seat(1, "gpu")], None)) == ["retire 1"]
    assert said(scheduler.plan([seat(1, "gpu", ending=True)], None)) == []
    assert said(scheduler.plan([], None)) == ["launch again"]


def test_a_job_grows_at_least_twofold_and_at_most_to_the_budget() -> None:
    def grown(charge: int, used: int, most: int, **rest: Any) -> int | None:
        entry = Entry(job("one", cost=10, **rest), 0, attempts=1)
        return entry.job.cost_bytes if entry.grow(charge, used, most) else None

    assert grown(10, 15, 100) == 20
    assert grown(10, 35, 100) == 35
    assert grown(60, 95, 100) == 100
    assert grown(100, 160, 100) is None  # it had all there is
    assert grown(10, 35, 100, tried=1) is None
    assert grown(10, 35, 100, divisible=True) is None


def test_cancel_takes_out_what_is_queued_in_order() -> None:
    scheduler = queue(Limits(1, 100), job("one"), job("two", "b"), job("first", "b", priority=-1))
    assert [each.what for each in scheduler.cancel(lambda each: each.lane == "b")] == ["first", "two"]
    assert said(scheduler.plan([], None)) == ["launch one"]


jobs_drawn = st.lists(
    st.builds(
        lambda lane, cost, priority, size: job(
            "any", lane, cost, priority=priority, size=size, lane_workers=1 if lane == "c" else None
        ),
        st.sampled_from("abc"),
        st.integers(0, 100),
        st.integers(0, 2),
        st.floats(0, 9),
    ),
    max_size=25,
)


@given(jobs_drawn, st.integers(1, 4), st.randoms(use_true_random=False), st.booleans())
def test_whatever_happens_the_budget_holds_and_every_job_gets_its_turn(
    jobs: list[Job], workers: int, random: Any, tight: bool
) -> None:
    """Workers end, finish, die and report free memory in any order; nothing is ever stuck, nothing starts too much."""
    limits = Limits(workers, 100)
    scheduler = queue(limits, *jobs)
    seats: dict[int, Seat] = {}
    running: dict[int, Entry] = {}
    done: list[int] = []
    clock = 0
    while len(done) < len(jobs):
        clock += 1
        steps = scheduler.plan(list(seats.values()), random.randint(-20, 120) if tight else None)
        for step in steps:
            if isinstance(step, Retire):
                assert not seats[step.seat].busy
                seats[step.seat] = replace(seats[step.seat], ending=True)
                continue
            entry, number = step.entry, step.seat if isinstance(step, Assign) else clock * 1000 + step.entry.number
            old = seats.get(number, seat(number, entry.job.lane, 0))
            assert not old.busy
            assert not old.ending
            assert old.lane == entry.job.lane
            assert isinstance(step, Launch) or not entry.attempts
            seats[number] = replace(old, charge_bytes=max(old.charge_bytes, entry.job.cost_bytes), busy=True)
            running[number] = entry
            entry.attempts += 1
        assert sum(each.charge_bytes for each in seats.values()) <= limits.budget_bytes
        assert sum(each.busy for each in seats.values()) <= workers
        assert sum(not each.ending for each in seats.values()) <= workers + SPARE_IDLE
        assert sum(each.lane == "c" for each in seats.values()) <= 1
        moving = [number for number, each in seats.items() if each.busy or each.ending]
        assert steps or moving, "stuck"
        if moving:
            number = random.choice(moving)
            over = running.pop(number, None)
            if over is None:
                del seats[number]
            elif over.attempts == 1 and random.random() < 0.2:
                del seats[number]
                scheduler.add(over)
            else:
                done.append(over.number)
                seats[number] = replace(seats[number], busy=False, idle_since_s=float(clock))
    assert sorted(done) == list(range(len(jobs)))


@given(jobs_drawn, st.integers(1, 4))
def test_of_jobs_that_fit_the_first_by_priority_and_size_starts_first(jobs: list[Job], workers: int) -> None:
    scheduler = queue(Limits(workers, 100 * len(jobs) + 1), *jobs)
    started = [step.entry for step in scheduler.plan([], None) if isinstance(step, Launch)]
    ranks = [entry.rank() for entry in started]
    assert ranks == sorted(ranks)
    left = [entry for entry in scheduler._queue if entry.job.lane_workers is None]
    assert all(entry.rank() > max(ranks) for entry in left)


@given(st.integers(1, 100), st.integers(1, 4), st.lists(st.integers(1, 50), min_size=40, max_size=80))
def test_however_many_smaller_jobs_keep_coming_a_large_one_starts_within_its_patience(
    cost: int, workers: int, others: list[int]
) -> None:
    """Nobody starves: jobs that would fit beside it are passed on only `PATIENCE` times."""
    limits = Limits(workers, 100)
    scheduler = queue(limits, job("large", "b", cost=cost))
    seats = {0: seat(0, "a", 100, busy=True)}
    passed = 0
    for number, small in enumerate(others, start=1):
        scheduler.add(Entry(job("small", "a", cost=small), number))
        for step in scheduler.plan(list(seats.values()), None):
            if isinstance(step, Retire):
                seats[step.seat] = replace(seats[step.seat], ending=True)
                continue
            if step.entry.job.what == "large":
                assert passed <= PATIENCE
                return
            passed += 1
            at = step.seat if isinstance(step, Assign) else 1000 + number
            charge = max(step.entry.job.cost_bytes, seats[at].charge_bytes if at in seats else 0)
            seats[at] = seat(at, "a", charge, busy=True)
        first = min(seats, default=None, key=lambda at: (not seats[at].ending, at))
        if first is not None:
            if seats[first].busy:
                seats[first] = replace(seats[first], busy=False, idle_since_s=float(number))
            else:
                del seats[first]
    raise AssertionError(f"the large job never started; {passed} passed it")
