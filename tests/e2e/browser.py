"""Debian's headless Chromium, driven as a person drives it, over its DevTools protocol."""

from __future__ import annotations

import asyncio
import base64
import itertools
import json
import shutil
import tempfile
import time
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any, Final

import aiohttp

PROGRAM: Final = shutil.which("chromium") or shutil.which("chromium-browser")
#: name: (key, code, the number that Windows gave it)
_KEYS: Final = {
    "enter": ("Enter", "Enter", 13),
    "escape": ("Escape", "Escape", 27),
    "tab": ("Tab", "Tab", 9),
    "up": ("ArrowUp", "ArrowUp", 38),
    "down": ("ArrowDown", "ArrowDown", 40),
    "backspace": ("Backspace", "Backspace", 8),
}
_CTRL, _SHIFT = 2, 8
# What the terminal says is selected, as the browser's own Copy asks for it.
_SELECTED: Final = """
(() => {
  const event = new ClipboardEvent("copy", {clipboardData: new DataTransfer(), bubbles: true});
  document.querySelector(".xterm textarea").dispatchEvent(event);
  return event.clipboardData.getData("text/plain");
})()
"""
_BOX: Final = """
(() => {
  const box = document.querySelector(".xterm-screen")?.getBoundingClientRect();
  return box ? [box.left, box.top, box.right, box.bottom] : null;
})()
"""


class NotShownError(AssertionError):
    """What was waited for did not come; the message holds the screen."""


class Browser:
    """One Chromium with a profile of its own."""

    def __init__(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        self._socket = socket
        self._numbers = itertools.count(1)
        self._answers: dict[int, asyncio.Future[Any]] = {}
        self._listeners: dict[str, Callable[[str, dict[str, Any]], None]] = {}
        self._reading = asyncio.create_task(self._read())

    async def ask(self, method: str, session: str = "", **said: Any) -> Any:
        """Call a method of the protocol."""
        number = next(self._numbers)
        self._answers[number] = asyncio.get_running_loop().create_future()
        message: dict[str, Any] = {"id": number, "method": method, "params": said}
        await self._socket.send_json(message | ({"sessionId": session} if session else {}))
        return await asyncio.wait_for(self._answers[number], 15)

    async def _read(self) -> None:
        async for message in self._socket:
            told = json.loads(message.data)
            if future := self._answers.pop(told.get("id", 0), None):
                if "error" in told:
                    future.set_exception(AssertionError(told["error"]))
                elif not future.done():
                    future.set_result(told["result"])
            elif listener := self._listeners.get(told.get("sessionId", "")):
                listener(told["method"], told["params"])

    @asynccontextmanager
    async def page(self, url: str, size: tuple[int, int] = (1280, 720)) -> AsyncIterator[Page]:
        """Open ``url`` in a window of its own."""
        target = (await self.ask("Target.createTarget", url="about:blank"))["targetId"]
        session = (await self.ask("Target.attachToTarget", targetId=target, flatten=True))[
            "sessionId"
        ]
        page = Page(self, target, session)
        self._listeners[session] = page.told
        for domain in ("Network", "Page", "Runtime", "Log"):
            await page.ask(f"{domain}.enable")
        await page.resize(*size)
        await page.ask("Page.navigate", url=url)
        try:
            yield page
        finally:
            with suppress(AssertionError):  # the test has closed it
                await page.close()


class Page:
    """What a person has before them."""

    def __init__(self, browser: Browser, target: str, session: str) -> None:
        self._browser, self._target, self._session = browser, target, session
        self.requested: list[str] = []
        """Every address that the page asked for."""
        self.complaints: list[str] = []
        """What the page could not do: errors of scripts, refused and missing files."""
        self.columns = 0
        """What the terminal has told its program of its width."""

    async def ask(self, method: str, **said: Any) -> Any:
        return await self._browser.ask(method, self._session, **said)

    def told(self, method: str, said: dict[str, Any]) -> None:
        if method == "Network.requestWillBeSent":
            self.requested.append(said["request"]["url"])
        elif method == "Network.webSocketCreated":
            self.requested.append(said["url"])
        elif method == "Network.webSocketFrameSent":
            sent = json.loads(said["response"]["payloadData"])
            if sent[0] == "resize":
                self.columns = int(sent[1]["width"])
        elif method == "Log.entryAdded":
            if "WebGL" not in said["entry"]["text"]:  # of a machine without a graphics card
                self.complaints.append(said["entry"]["text"])
        elif method == "Runtime.exceptionThrown":
            self.complaints.append(str(said["exceptionDetails"]))

    # ------------------------------------------------------------------ looking

    async def evaluate(self, script: str) -> Any:
        answer = await self.ask("Runtime.evaluate", expression=script, returnByValue=True)
        return answer["result"].get("value")

    async def text(self) -> str:
        """The text in the terminal: all of it selected with Shift and the mouse, and copied."""
        box = await self.evaluate(_BOX)
        if box is None:
            return ""
        left, top, right, bottom = box
        await self._mouse("mousePressed", left + 1, top + 1, _SHIFT)
        await self._mouse("mouseMoved", right - 1, bottom - 1, _SHIFT)
        await self._mouse("mouseReleased", right - 1, bottom - 1, _SHIFT)
        text = str(await self.evaluate(_SELECTED) or "")
        # The terminal keeps what a wider window had to the right, unseen, and copies it as well.
        return "\n".join(line[: self.columns] for line in text.splitlines())

    async def until(self, script: str, timeout: float = 20) -> None:
        """Wait until ``script`` is true in the page."""
        give_up = time.monotonic() + timeout
        while not await self.evaluate(script):
            assert time.monotonic() < give_up, f"{script}\n{self.complaints}"
            await asyncio.sleep(0.05)

    async def loaded(self) -> None:
        """Wait for the first rows: something is painted, and keys have somewhere to go."""
        await self.until("document.body?.classList.contains('-first-byte')")
        await self.until("document.activeElement?.tagName == 'TEXTAREA'")
        _ = await self.wait("customers")

    async def wait(self, what: str | Callable[[str], Any], timeout: float = 20) -> str:
        """Return the screen as soon as it shows ``what``.

        Raises:
            NotShownError: it never did.
        """
        claim = what if callable(what) else lambda text: what in text
        give_up = time.monotonic() + timeout
        while not claim(text := await self.text()):
            if time.monotonic() > give_up:
                raise NotShownError(f"{what!r} is not in the browser:\n{text}\n{self.complaints}")
            await asyncio.sleep(0.05)
        return text

    async def picture(self) -> bytes:
        """What one sees, as PNG; what ``text`` has selected is no longer."""
        if box := await self.evaluate(_BOX):
            for kind in ("mousePressed", "mouseReleased"):
                await self._mouse(kind, box[0] + 1, box[1] + 1, _SHIFT)
            await asyncio.sleep(0.1)
        return base64.b64decode((await self.ask("Page.captureScreenshot"))["data"])

    # ------------------------------------------------------------------ doing

    async def press(self, *keys: str) -> None:
        """Press keys: names such as ``enter`` and ``ctrl+s``, everything else as it is typed."""
        for key in keys:
            letter = key.removeprefix("ctrl+")
            name, code, number = _KEYS.get(key, (letter, "", ord(letter[0].upper())))
            said: dict[str, Any] = {
                "key": name,
                "code": code or f"Key{letter.upper()}",
                "windowsVirtualKeyCode": number,
                "modifiers": _CTRL if letter != key else 0,
            }
            if key not in _KEYS and letter == key:
                said["text"] = key
            if key == "ctrl+v":
                said["commands"] = ["paste"]  # what the browser does where the page lets it
            await self.ask("Input.dispatchKeyEvent", type="keyDown", **said)
            await self.ask("Input.dispatchKeyEvent", type="keyUp", **said)
            await asyncio.sleep(0.15 if len(key) > 1 else 0.03)  # as a person does

    async def click(self, selector: str) -> None:
        box = await self.evaluate(
            f"(() => {{ const box = document.querySelector({json.dumps(selector)})"
            ".getBoundingClientRect(); return [box.x + box.width / 2, box.y + box.height / 2]; })()"
        )
        for kind in ("mousePressed", "mouseReleased"):
            await self._mouse(kind, *box)

    async def _mouse(self, kind: str, x: float, y: float, modifiers: int = 0) -> None:
        said = {"x": x, "y": y, "button": "left", "buttons": 1, "clickCount": 1}
        await self.ask("Input.dispatchMouseEvent", type=kind, modifiers=modifiers, **said)

    async def put_on_clipboard(self, text: str) -> None:
        """As another program does."""
        await self._browser.ask(
            "Browser.grantPermissions",
            permissions=["clipboardReadWrite", "clipboardSanitizedWrite"],
        )
        await self.ask("Page.bringToFront")
        await self.ask(
            "Runtime.evaluate",
            expression=f"navigator.clipboard.writeText({json.dumps(text)})",
            awaitPromise=True,
        )

    async def resize(self, width: int, height: int) -> None:
        await self.ask(
            "Emulation.setDeviceMetricsOverride",
            width=width,
            height=height,
            deviceScaleFactor=1,
            mobile=False,
        )

    async def close(self) -> None:
        await self._browser.ask("Target.closeTarget", targetId=self._target)


@asynccontextmanager
async def running() -> AsyncIterator[Browser]:
    """Start Chromium, and end it."""
    assert PROGRAM is not None
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        process = await asyncio.create_subprocess_exec(
            PROGRAM,
            "--headless=new",
            "--no-sandbox",  # it refuses to run as root otherwise
            "--disable-gpu",
            "--disable-dev-shm-usage",
            "--no-first-run",
            "--disable-background-networking",
            "--remote-debugging-port=0",
            f"--user-data-dir={folder}",
            "about:blank",
            stdout=asyncio.subprocess.DEVNULL,
            stderr=PIPE,
            start_new_session=True,
        )
        try:
            address = await asyncio.wait_for(_address(process), 30)
            async with (
                aiohttp.ClientSession() as client,
                client.ws_connect(address, max_msg_size=0) as socket,
            ):
                browser = Browser(socket)
                yield browser
                with suppress(Exception):
                    await browser.ask("Browser.close")
        finally:
            with suppress(TimeoutError):
                await asyncio.wait_for(process.wait(), 5)
            if process.returncode is None:
                process.kill()
                await process.wait()


async def _address(process: Process) -> str:
    assert process.stderr is not None
    while line := (await process.stderr.readline()).decode("utf-8", "replace"):
        if "DevTools listening on " in line:
            return line.rpartition(" ")[2].strip()
    raise AssertionError("Chromium did not start")


def kept(folder: str, name: str, picture: bytes) -> None:
    """Keep a picture for a person to look at, where ``folder`` is set."""
    if folder:
        Path(folder).mkdir(parents=True, exist_ok=True)
        (Path(folder) / f"{name}.png").write_bytes(picture)
