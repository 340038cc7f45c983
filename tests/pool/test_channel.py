"""Messages that come in pieces, and workers that stop in the middle of one."""

from __future__ import annotations

import fcntl
import multiprocessing
import os
import pickle
import signal
import struct
import termios
import threading

import psutil
import pytest
from hypothesis import given
from hypothesis import strategies as st

from clipforge.errors import WorkerOverdue
from clipforge.pool import channel
from clipforge.pool.channel import Channel
from clipforge.pool.jobs import Limits, Progress, Started
from clipforge.pool.pool import Pool
from tests.pool import work
from tests.pool.conftest import LIMITLESS, MIB, done, eventually, failed, finish, job, wait_for


@given(st.lists(st.binary(max_size=200), max_size=8), st.lists(st.integers(1, 50), min_size=1))
def test_messages_arrive_whole_however_they_are_cut(messages: list[bytes], cuts: list[int]) -> None:
    stream = b"".join(channel.framed(message) for message in messages)
    ours, theirs = multiprocessing.Pipe()
    found, at, turn = [], 0, 0
    with theirs:
        end = Channel(ours)
        while at < len(stream):
            step = cuts[turn % len(cuts)]
            os.write(theirs.fileno(), stream[at : at + step])
            at, turn = at + step, turn + 1
            found += list(end.arrived())
            assert not end.at_end
    assert found == messages
    assert list(end.arrived()) == []
    assert end.at_end
    end.close()


def test_what_was_said_before_the_end_is_heard() -> None:
    ours, theirs = multiprocessing.Pipe()
    end = Channel(ours)
    channel.send(theirs, "last words")
    os.write(theirs.fileno(), channel.framed("half a message")[:-3])
    theirs.close()
    assert list(end.arrived()) == ["last words"]
    assert end.at_end
    end.close()


def test_nonsense_on_the_pipe_is_the_end_of_it() -> None:
    ours, theirs = multiprocessing.Pipe()
    end = Channel(ours)
    os.write(theirs.fileno(), struct.pack("!Q", 7) + b"no pick")
    assert list(end.arrived()) == []
    assert end.at_end
    end.close()
    theirs.close()


def test_a_message_for_one_who_does_not_listen_waits_without_us() -> None:
    ours, theirs = multiprocessing.Pipe()
    end = Channel(ours)
    end.post(b"x" * MIB)
    assert end.unsent
    heard: list[object] = []
    listener = threading.Thread(target=lambda: heard.append(channel.receive(theirs)))
    listener.start()
    eventually(lambda: end.flush() or not end.unsent, "it was never sent")  # type: ignore[func-returns-value]
    listener.join()
    assert heard == [b"x" * MIB]
    end.close()
    with pytest.raises(EOFError):
        channel.receive(theirs)
    theirs.close()


def test_a_message_for_the_dead_goes_nowhere() -> None:
    ours, theirs = multiprocessing.Pipe()
    theirs.close()
    end = Channel(ours)
    end.post("anybody?")
    assert not end.unsent
    assert list(end.arrived()) == []
    assert end.at_end
    end.close()


def test_an_order_larger_than_any_pipe_buffer() -> None:
    with Pool(LIMITLESS) as pool:
        pool.submit(job(work.length, b"x" * (10 * MIB)))
        (end,) = done(finish(pool))
    assert end.result == 10 * MIB


def waiting_in(pool: Pool) -> int:
    """Bytes that stand in the pipes of a pool's workers."""
    pipes = [worker.channel.pipe.fileno() for worker in pool._workers.values()]
    return sum(struct.unpack("i", fcntl.ioctl(pipe, termios.FIONREAD, b"\0" * 4))[0] for pipe in pipes)


def test_a_worker_stopped_in_the_middle_of_a_message_holds_nobody_up_and_dies_at_its_deadline() -> None:
    size = 10 * MIB  # many times what a pipe holds, so that the worker is in the middle of it until it is read
    assert len(pickle.dumps(b"x" * size)) > size
    with Pool(Limits(2, 2**40)) as pool:
        pool.submit(job(work.report_then_return, size, deadline_s=6.0, what="transcribing clip.mp4"))
        seen = wait_for(pool, lambda seen: any(isinstance(outcome, Progress) for outcome in seen))
        (pid,) = (outcome.value for outcome in seen if isinstance(outcome, Progress))
        eventually(lambda: waiting_in(pool) > 2**16, "the worker says nothing")
        os.kill(pid, signal.SIGSTOP)
        eventually(lambda: psutil.Process(pid).status() == psutil.STATUS_STOPPED, "it was not stopped")
        for number in range(5):
            pool.submit(job(work.square, number, lane="b"))
        outcomes = finish(pool)
    assert [end.result for end in done(outcomes)] == [0, 1, 4, 9, 16]
    (failure,) = failed(outcomes)
    assert isinstance(failure.error, WorkerOverdue)
    assert outcomes.index(failure) == len(outcomes) - 1  # the others did not wait for it


def test_a_worker_stopped_while_an_order_is_on_its_way_holds_nobody_up() -> None:
    """An order larger than the pipe: neither `wait` nor `kill` stand still."""
    pool = Pool(Limits(1, 2**40))
    pool.submit(job(work.who))
    ((pid, _, _),) = (end.result for end in done(finish(pool)))
    os.kill(pid, signal.SIGSTOP)
    pool.submit(job(work.length, b"x" * (10 * MIB)))
    assert [type(outcome) for outcome in pool.wait(1.0)] == [Started]
    assert pool.wait(0.1) == []
    pool.kill()
    assert not psutil.pid_exists(pid)
