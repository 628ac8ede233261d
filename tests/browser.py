"""A headless Chromium, told what to do through its debugging protocol, over pipes: no port, no package."""

import base64
import itertools
import json
import os
import shutil
import subprocess
import tempfile
import time

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")

FLAGS = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync",
         "--disable-background-networking", "--disable-component-update", "--disable-dev-shm-usage",
         "--hide-scrollbars", "--remote-debugging-pipe"]  # fmt: skip


class Browser:
    """A page in a browser of its own, which is closed at the end of a `with`.

    Attributes:
        requests: Addresses that the page has asked for.
        troubles: What went wrong in it: exceptions, and what its policy forbade.
    """

    def __init__(self):
        self.requests, self.troubles, self.numbers = [], [], itertools.count(1)
        self.folder = tempfile.TemporaryDirectory(prefix="browser-", ignore_cleanup_errors=True)
        (theirs_in, ours_out), (ours_in, theirs_out) = os.pipe(), os.pipe()
        command = f'exec "$0" "$@" 3<&{theirs_in} 4>&{theirs_out}'
        self.process = subprocess.Popen(
            ["bash", "-c", command, CHROMIUM, *FLAGS, f"--user-data-dir={self.folder.name}"],
            pass_fds=(theirs_in, theirs_out),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        os.close(theirs_in)
        os.close(theirs_out)
        self.out, self.back = os.fdopen(ours_out, "wb"), os.fdopen(ours_in, "rb")
        self.rest, self.session = b"", None
        target = self.tell("Target.createTarget", url="about:blank")["targetId"]
        self.session = self.tell("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        for part in ("Page", "Network", "Runtime", "Log"):
            self.tell(f"{part}.enable")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.out.close()
        self.back.close()
        self.process.kill()
        self.process.wait()
        self.folder.cleanup()

    def open(self, path, width=1200, height=900, dark=False):
        look = [{"name": "prefers-color-scheme", "value": "dark" if dark else "light"}]
        self.tell("Emulation.setEmulatedMedia", features=look)
        self.tell("Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=False)
        self.run("window.left = true")
        self.tell("Page.navigate", url=path.absolute().as_uri())
        self.wait("!window.left && document.readyState === 'complete'")
        return self

    def run(self, script):
        """The value of a script, awaited."""
        found = self.tell("Runtime.evaluate", expression=script, awaitPromise=True, returnByValue=True)
        assert "exceptionDetails" not in found, found["exceptionDetails"]
        return found["result"].get("value")

    def wait(self, condition, seconds=60):
        """Waits until a condition holds; while a page is being loaded it does not."""
        end = time.monotonic() + seconds
        while not self.run(f"(() => {{ try {{ return Boolean({condition}); }} catch {{ return false; }} }})()"):
            assert time.monotonic() < end, condition
            time.sleep(0.05)

    def picture(self):
        """A PNG of the whole page."""
        self.run("new Promise(done => requestAnimationFrame(() => requestAnimationFrame(() => done())))")
        return base64.b64decode(self.tell("Page.captureScreenshot", captureBeyondViewport=True)["data"])

    def tell(self, method, **parameters):
        number = next(self.numbers)
        message = {"id": number, "method": method, "params": parameters}
        if self.session:
            message["sessionId"] = self.session
        self.out.write(json.dumps(message).encode() + b"\0")
        self.out.flush()
        while (answer := self._next()).get("id") != number:
            self._note(answer)
        assert "error" not in answer, answer
        return answer["result"]

    def _next(self):
        while b"\0" not in self.rest:
            part = os.read(self.back.fileno(), 2**20)
            assert part, "the browser has ended"
            self.rest += part
        message, _, self.rest = self.rest.partition(b"\0")
        return json.loads(message)

    def _note(self, event):
        about = event.get("params", {})
        if event.get("method") == "Network.requestWillBeSent":
            self.requests.append(about["request"]["url"])
        if event.get("method") == "Runtime.exceptionThrown":
            self.troubles.append(about["exceptionDetails"])
        if event.get("method") == "Log.entryAdded" and about["entry"]["level"] == "error":
            self.troubles.append(about["entry"])
