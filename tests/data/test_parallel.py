import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from sparring.data.parallel import parallel


def test_results_come_in_order_with_expected_errors_in_their_place():
    def work(i):
        if i % 5 == 0:
            raise KeyError(i)
        return i * i

    results = list(parallel(work, range(333), "squaring", KeyError, block=7))
    assert [r.args[0] if isinstance(r, KeyError) else r for r in results] == [
        i if i % 5 == 0 else i * i for i in range(333)
    ]


def test_other_errors_end_it():
    with pytest.raises(ZeroDivisionError):
        list(parallel(lambda i: 1 // (50 - i), range(100), "dividing", KeyError))


def test_only_a_few_are_ahead_of_whoever_takes_the_results():
    done, lock = [], threading.Lock()

    def work(i):
        with lock:
            done.append(i)
        return i

    results = parallel(work, range(100_000), "waiting", KeyError, block=10)
    for _ in range(25):
        next(results)
    results.close()
    assert len(done) < 5000


@pytest.mark.parametrize(("asked", "threads"), [("1", 1), ("3", 3), ("5", 4)])
def test_as_many_threads_as_the_environment_says_and_no_more_than_cores(monkeypatch, asked, threads):
    monkeypatch.setattr("os.sched_getaffinity", lambda pid: set(range(4)), raising=False)
    monkeypatch.setattr("sparring.machine.quota.cores", lambda: None)
    monkeypatch.setenv("OMP_NUM_THREADS", asked)
    pools = []
    monkeypatch.setattr(f"{parallel.__module__}.ThreadPoolExecutor", lambda n: pools.append(n) or ThreadPoolExecutor(n))
    assert list(parallel(str, range(3), "", ValueError)) == ["0", "1", "2"]
    assert pools == [threads]
