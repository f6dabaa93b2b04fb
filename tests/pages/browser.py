"""Debian's Chromium without a window, driven over its DevTools protocol. Nothing it does leaves this machine."""

import json
import os
import shutil
import signal
import subprocess
import tempfile
import time
from contextlib import suppress
from importlib.resources import files as resources
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
import websocket

NAMES = ("chromium", "chromium-browser", "google-chrome")
MISSING = "The page tests drive a browser: install it with `apt install chromium`."
FLAGS = (
    "--headless", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync", "--disable-dev-shm-usage", "--disable-extensions", "--mute-audio",
    "--autoplay-policy=no-user-gesture-required", "--window-size=1200,1600", "--remote-debugging-port=0",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
)  # fmt: skip
# Leaves every sound that the page plays where a test can find it.
SOUNDS = """(play => {
  window.sounds = [];
  HTMLMediaElement.prototype.play = function () { window.sounds.push(this); return play.call(this); };
})(HTMLMediaElement.prototype.play)"""
# An independent judge of who can read a page.
AXE = (resources("axe_core_python") / "axe.min.js").read_text()
JUDGED = """axe.run(document, {resultTypes: ["violations"]}).then(found => found.violations
  .filter(one => ["serious", "critical"].includes(one.impact)).map(one => [one.id, one.nodes[0].html]))"""
STARTED, PATIENCE, PAUSE = 20.0, 20.0, 0.05  # seconds


class Browser:
    """One process with a profile of its own."""

    def __init__(self) -> None:
        program = next(filter(None, map(shutil.which, NAMES)), None)
        if program is None:
            pytest.fail(MISSING, pytrace=False)
        self._profile = tempfile.TemporaryDirectory(prefix="coachhouse-browser-", ignore_cleanup_errors=True)
        flags = [*FLAGS, f"--user-data-dir={self._profile.name}"] + (["--no-sandbox"] if os.geteuid() == 0 else [])
        self._process = subprocess.Popen(
            [program, *flags, "about:blank"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
            start_new_session=True,
        )  # fmt: skip
        self._wire = Wire(self._address())

    def open(self) -> "Page":
        """A tab with a store of its own."""
        context = self._wire.call("Target.createBrowserContext")["browserContextId"]
        target = self._wire.call("Target.createTarget", url="about:blank", browserContextId=context)["targetId"]
        session = self._wire.call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        return Page(self._wire, session, context)

    def close(self) -> None:
        with suppress(Exception):
            self._wire.call("Browser.close")
        with suppress(subprocess.TimeoutExpired):
            self._process.wait(5)
        with suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait(5)
        self._profile.cleanup()

    def _address(self) -> str:
        """Chromium writes its port and path to a file of its profile."""
        said = Path(self._profile.name) / "DevToolsActivePort"
        give_up = time.monotonic() + STARTED
        while time.monotonic() < give_up:
            lines = said.read_text().split() if said.exists() else []
            if len(lines) == 2:
                return f"ws://127.0.0.1:{lines[0]}{lines[1]}"
            time.sleep(PAUSE)
        raise AssertionError("Chromium did not start")


class Wire:
    """Commands and their answers, on one socket; what happens in between is kept for the page it happened on."""

    def __init__(self, url: str) -> None:
        self._socket = websocket.create_connection(url, timeout=PATIENCE, suppress_origin=True)
        self._count = 0
        self.events: dict[str, list[dict[str, Any]]] = {}

    def call(self, method: str, session: str = "", **params: Any) -> Any:
        self._count += 1
        number = self._count
        named = {"sessionId": session} if session else {}
        self._socket.send(json.dumps({"id": number, "method": method, "params": params} | named))
        while True:
            message = json.loads(self._socket.recv())
            if message.get("id") == number:
                assert "error" not in message, message["error"]
                return message["result"]
            self.events.setdefault(message.get("sessionId", ""), []).append(message)


# Where an element is, once it rests there. What loads beside it may move it all the same, or take its place.
RESTING = """async selector => {
  const places = [];
  let one;
  do {
    one = document.querySelector(selector);
    one.scrollIntoView({block: 'center', behavior: 'instant'});
    const box = one.getBoundingClientRect();
    places.push([box.x + box.width / 2, box.y + box.height / 2]);
    await new Promise(resolve => setTimeout(resolve, 50));
  } while (places.length < 3 || new Set(places.slice(-3).map(String)).size > 1);
  window.isMissed = true;
  const hear = event => { window.isMissed = !one.contains(event.target); };
  addEventListener('pointerdown', hear, {capture: true, once: true});
  return places.at(-1);
}"""
MISSED = "window.isMissed === true"


class Page:
    """A tab: what it shows, what it asked for, and what went wrong on it."""

    def __init__(self, wire: Wire, session: str, context: str) -> None:
        self._wire, self._session, self._context = wire, session, context
        for domain in ("Page", "Runtime", "Log", "Network"):
            self.call(f"{domain}.enable")
        self.call("Page.addScriptToEvaluateOnNewDocument", source=SOUNDS)

    def call(self, method: str, **params: Any) -> Any:
        return self._wire.call(method, self._session, **params)

    def close(self) -> None:
        self._wire.call("Target.disposeBrowserContext", browserContextId=self._context)

    def go(self, url: str) -> None:
        self.call("Page.navigate", url=url)
        self.wait(f"location.href.startsWith({json.dumps(url.partition('#')[0])}) && document.readyState == 'complete'")

    def sign_out_of(self, place: str) -> None:
        """As whoever has left this place in this tab: it does not open for the demo person."""
        self.call("Page.addScriptToEvaluateOnNewDocument", source=f"sessionStorage.setItem('{place} left', 'yes')")

    def ask(self, script: str) -> Any:
        """The value of an expression."""
        answer = self.call("Runtime.evaluate", expression=script, returnByValue=True, awaitPromise=True)
        assert "exceptionDetails" not in answer, answer["exceptionDetails"]
        return answer["result"].get("value")

    def wait(self, script: str, patience: float = PATIENCE) -> None:
        """Until the expression is true."""
        give_up = time.monotonic() + patience
        while time.monotonic() < give_up:
            if self.ask(f"Boolean({script})"):
                return
            time.sleep(PAUSE)
        raise AssertionError(f"never came true: {script}\n{self.ask('document.body.innerText')}\n{self.errors()}")

    def text(self, selector: str) -> str:
        found: str = self.ask(f"document.querySelector({json.dumps(selector)}).innerText")
        return found

    def texts(self, selector: str) -> list[str]:
        found: list[str] = self.ask(f"[...document.querySelectorAll({json.dumps(selector)})].map(one => one.innerText)")
        return found

    def count(self, selector: str) -> int:
        return len(self.texts(selector))

    def click(self, selector: str) -> None:
        """With the mouse, where the element is shown."""
        give_up = time.monotonic() + PATIENCE
        self._press(selector)
        while self.ask(MISSED) and time.monotonic() < give_up:
            self._press(selector)

    def _press(self, selector: str) -> None:
        place = self.ask(f"({RESTING})({json.dumps(selector)})")
        for kind in ("mousePressed", "mouseReleased"):
            self.call("Input.dispatchMouseEvent", type=kind, x=place[0], y=place[1], button="left", clickCount=1)

    def write(self, selector: str, text: str) -> None:
        self.ask(f"document.querySelector({json.dumps(selector)}).focus()")
        self.call("Input.insertText", text=text)

    def press_enter(self) -> None:
        for kind in ("keyDown", "keyUp"):
            self.call(
                "Input.dispatchKeyEvent", type=kind, key="Enter", code="Enter", text="\r", windowsVirtualKeyCode=13
            )

    def errors(self) -> list[str]:
        """What the console shows in red."""
        thrown = [event["exceptionDetails"] for event in self._events("Runtime.exceptionThrown")]
        said = [event for event in self._events("Runtime.consoleAPICalled") if event["type"] in {"error", "assert"}]
        logged = [event["entry"] for event in self._events("Log.entryAdded") if event["entry"]["level"] == "error"]
        return [json.dumps(one) for one in (*thrown, *said, *logged)]

    def hosts(self) -> set[str]:
        """Whom the page has asked for something."""
        urls = [event["request"]["url"] for event in self._events("Network.requestWillBeSent")]
        urls += [event["url"] for event in self._events("Network.webSocketCreated")]
        return {urlsplit(url).netloc for url in urls if urlsplit(url).scheme not in {"data", "blob", "about"}}

    def _events(self, method: str) -> list[dict[str, Any]]:
        return [event["params"] for event in self._wire.events.get(self._session, ()) if event["method"] == method]
