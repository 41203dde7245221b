"""Calls at the same moment, and waiting."""

from __future__ import annotations

import threading
import time

from .settings import TIMEOUT


def wait_until(condition, within: float = TIMEOUT, pause: float = 0.01) -> None:
    """Waits until the condition is true, asking again after each pause; fails after so many seconds."""
    deadline = time.monotonic() + within
    while not condition():
        assert time.monotonic() < deadline, f"still false after {within} s"
        time.sleep(pause)


def together(*calls):
    """Runs calls in threads that begin at the same moment; returns the results in order, or raises the first error."""
    results = [None] * len(calls)
    barrier = threading.Barrier(len(calls))

    def run(index: int, call) -> None:
        barrier.wait(TIMEOUT)
        try:
            results[index] = call()
        except BaseException as error:
            results[index] = error

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(calls)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(2 * TIMEOUT)
        assert not thread.is_alive(), "a call does not return"
    for result in results:
        if isinstance(result, BaseException):
            raise result
    return results
