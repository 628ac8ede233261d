"""The memory of decoding: a cap for all threads together."""

import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from PIL import Image

from sparring.data import memory
from sparring.data.memory import CAP, reserved


def test_no_more_than_the_cap_is_taken_at_a_time():
    lock, now, most = threading.Lock(), [0], [0]

    def work(size):
        with reserved(size):
            with lock:
                now[0] += size
                most[0] = max(most[0], now[0])
            time.sleep(0.001)
            with lock:
                now[0] -= size

    with ThreadPoolExecutor(16) as pool:
        list(pool.map(work, [CAP // 3, CAP // 5, CAP // 7] * 30))
    assert CAP // 3 < most[0] <= CAP


def test_what_is_larger_goes_alone_and_errors_give_back():
    def fail():
        with reserved(2 * CAP):
            raise KeyError

    for _ in range(2):
        with pytest.raises(KeyError):
            fail()
    with reserved(1), ThreadPoolExecutor(1) as pool:
        future = pool.submit(fail)
        time.sleep(0.05)
        assert not future.done()
        memory._changed.acquire()
        memory._taken -= 1
        memory._changed.notify_all()
        memory._changed.release()
        assert isinstance(future.exception(5), KeyError)
        memory._taken += 1
    assert not memory._taken


SCRIPT = """
import sys
from sparring.data import opening
from sparring.data.preparation import Preparation
from sparring.machine import devices
devices.cores = lambda: 16
def peak():
    return int(open("/proc/self/status").read().partition("VmHWM:")[2].split()[0]) // 1024
open("/proc/self/clear_refs", "w").write("5")
before = peak()
data = opening.open_data(sys.argv[1], Preparation(size=1024))
print(len(data), peak() - before)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="reads the peak from /proc")
def test_large_pictures_on_many_cores_stay_below_the_cap(tmp_path, monkeypatch):
    monkeypatch.setenv("SPARRING_CACHE", str(tmp_path / "cache"))
    (tmp_path / "d").mkdir()
    large = Image.linear_gradient("L").resize((6000, 6000)).convert("RGBA")
    large.save(tmp_path / "d" / "0.png", compress_level=1)
    content = (tmp_path / "d" / "0.png").read_bytes()
    for i in range(1, 5):
        (tmp_path / "d" / f"{i}.png").write_bytes(content)
    told = subprocess.run([sys.executable, "-c", SCRIPT, tmp_path / "d"], capture_output=True, text=True, check=True)
    count, megabytes = map(int, told.stdout.split())
    assert count == 5
    assert megabytes < 512
