"""Which bytes a preview shows, and as what (projects/preview_serve.py)."""

from __future__ import annotations

from urllib.parse import urlsplit

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from projects.files import Delete, Rename, Write, commit
from projects.models import Project
from tests.integration.preview.conftest import Previewer, text

pytestmark = pytest.mark.django_db


def test_a_page_keeps_its_lines_and_gets_its_root(preview: Previewer) -> None:
    opened = preview.open()
    answer = preview.get(opened)
    assert answer.status_code == 200
    assert answer["Content-Type"] == "text/html; charset=utf-8"
    root = f"/preview/{opened['token']}/"
    assert f'href="{root}css/site.css"' in text(answer)
    assert text(answer).count("\n") == 4 - 1
    assert text(answer).startswith("<!doctype html>\n<html><head>")


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("css/site.css", "text/css; charset=utf-8"),
        ("app.js", "text/javascript; charset=utf-8"),
        ("main.tsx", "text/plain; charset=utf-8"),
        ("logo.svg", "image/svg+xml"),
        ("note.txt", "text/plain; charset=utf-8"),
        ("clip.mp4", "video/mp4"),
        ("robots.txt", "text/plain; charset=utf-8"),
        ("about/", "text/html; charset=utf-8"),
    ],
)
def test_each_file_has_its_type(preview: Previewer, path: str, kind: str) -> None:
    answer = preview.get(preview.open(), path)
    assert (answer.status_code, answer["Content-Type"]) == (200, kind)


def test_a_folder_without_its_slash_is_sent_there(preview: Previewer) -> None:
    opened = preview.open()
    answer = preview.get(opened, "about?x=1")
    assert (answer.status_code, answer["Location"]) == (302, f"/preview/{opened['token']}/about/?x=1")


def test_absolute_addresses_of_a_style_sheet_mean_the_projects_root(preview: Previewer) -> None:
    opened = preview.open()
    assert f"url(/preview/{opened['token']}/img/a.png)" in text(preview.get(opened, "css/site.css"))


def test_a_file_is_asked_for_again_and_is_the_same(preview: Previewer, site: Project) -> None:
    opened = preview.open()
    first = preview.get(opened, "app.js")
    tag = first["ETag"]
    assert preview.get(opened, "app.js", **{"if-none-match": tag}).status_code == 304
    commit(site, None, [Write("app.js", b"changed")])
    changed = preview.get(opened, "app.js", **{"if-none-match": tag})
    assert (changed.status_code, changed.content) == (200, b"changed")
    assert changed["Cache-Control"] == "private, no-cache"


def test_a_304_keeps_the_sandbox(preview: Previewer) -> None:
    opened = preview.open()
    answer = preview.get(opened, "", **{"if-none-match": preview.get(opened)["ETag"]})
    assert answer.status_code == 304
    assert answer["Content-Security-Policy"].startswith("sandbox allow-scripts allow-forms;")


def test_a_missing_file_says_which_pages_there_are(preview: Previewer) -> None:
    opened = preview.open()
    answer = preview.get(opened, "<b>gone", **{"accept-language": "en"})
    assert answer.status_code == 404
    assert "This file is not in the project." in text(answer)
    assert "/&lt;b&gt;gone" in text(answer)
    assert f'href="/preview/{opened["token"]}/about/index.html"' in text(answer)


def test_a_single_page_application_answers_every_page_but_no_missing_part(preview: Previewer, site: Project) -> None:
    site.preview_spa = True
    site.save()
    opened = preview.open()
    assert "Bonjour" in text(preview.get(opened, "users/7"))
    assert "Bonjour" in text(preview.get(opened, "users/a.b", **{"sec-fetch-dest": "iframe"}))
    assert preview.get(opened, "missing.js").status_code == 404
    assert preview.get(opened, "missing", **{"sec-fetch-dest": "script"}).status_code == 404


def test_a_page_of_a_single_page_application_is_told_the_projects_own_path(preview: Previewer, site: Project) -> None:
    opened = preview.open()
    root = urlsplit(opened["url"]).path
    assert "data-masks" not in text(preview.get(opened))
    tag = preview.get(opened).headers["ETag"]
    site.preview_spa = True
    site.save()
    deep = text(preview.get(opened, "users/7/a"))
    assert f'<base href="{root}"><script src=' in deep
    assert "data-masks" in deep
    assert preview.get(opened).headers["ETag"] != tag
    assert f'<base href="{root}about/">' in text(preview.get(opened, "about/"))


def test_a_page_with_a_base_of_its_own_keeps_it(preview: Previewer, site: Project) -> None:
    site.preview_spa = True
    site.save()
    own = preview.propose({"index.html": '<base href="/x/"><p>a'})
    page = text(preview.get(own))
    assert page.count("<base") == 1
    assert "data-masks" not in page


def test_a_missing_page_tells_of_the_setting_for_routers(preview: Previewer) -> None:
    opened = preview.open()
    assert "une seule page" in text(preview.get(opened, "users/7", **{"accept-language": "fr"}))
    assert "une seule page" not in text(preview.get(opened, "a.png", **{"accept-language": "fr"}))


def test_an_old_revision_stays_as_it_was(preview: Previewer, site: Project) -> None:
    commit(site, None, [Write("app.js", b"new"), Delete("note.txt"), Rename("about/index.html", "who/index.html")])
    old, now = preview.open("?revision=1"), preview.open()
    assert preview.get(old, "app.js").content == b"export const a = 1;\n"
    assert preview.get(old, "note.txt").status_code == 200
    assert preview.get(old, "about/").status_code == 200
    assert preview.get(old, "who/").status_code == 404
    assert preview.get(now, "app.js").content == b"new"
    assert preview.get(now, "note.txt").status_code == 404
    assert preview.call("GET", "preview?revision=99").json()["error"]["code"] == "unknown_revision"


def test_a_proposal_is_seen_over_the_project_and_writes_nothing(preview: Previewer, site: Project) -> None:
    shown = preview.propose({"index.html": "<p>Proposé", "note.txt": None, "new/page.html": "Neuf"})
    assert "Proposé" in text(preview.get(shown))
    assert preview.get(shown, "note.txt").status_code == 404
    assert "Neuf" in text(preview.get(shown, "new/page.html"))
    assert "new/page.html" in text(preview.get(shown, "nowhere"))
    assert preview.get(shown, "app.js").status_code == 200
    assert "Bonjour" in text(preview.get(preview.open()))
    site.refresh_from_db()
    assert site.head == 1


def test_a_proposals_path_is_a_path(preview: Previewer) -> None:
    answer = preview.call("POST", "preview", {"overlay": {"../x": "a"}})
    assert (answer.status_code, answer.json()["error"]["code"]) == (400, "bad_path")


def test_a_player_gets_the_part_it_asks_for(preview: Previewer) -> None:
    opened = preview.open()
    part = preview.get(opened, "clip.mp4", range="bytes=10-19")
    assert (part.status_code, part.content, part["Content-Range"]) == (206, bytes(range(10, 20)), "bytes 10-19/1024")
    assert preview.get(opened, "clip.mp4", range="bytes=-4").content == bytes(range(252, 256))
    assert preview.get(opened, "clip.mp4", range="bytes=5000-").status_code == 416


def test_what_is_not_compiled_says_so_to_the_page(preview: Previewer) -> None:
    answer = preview.get(preview.open(), "main.tsx", **{"sec-fetch-dest": "script"})
    assert answer["Content-Type"] == "text/javascript; charset=utf-8"
    assert text(answer).startswith("throw new Error(")


def test_what_the_compiler_made_stands_for_its_source(preview: Previewer) -> None:
    opened = preview.open()
    outputs = {"main.tsx": "export const a = 1;", "webox/chunk.js": "1"}
    assert preview.call("PUT", "preview/build", {"token": opened["token"], "outputs": outputs}).status_code == 200
    answer = preview.get(opened, "main.tsx")
    assert (answer["Content-Type"], text(answer)) == ("text/javascript; charset=utf-8", "export const a = 1;")
    assert preview.call("PUT", "preview/build", {"token": opened["token"], "outputs": {}}).status_code == 200
    assert preview.get(opened, "webox/chunk.js").status_code == 404


def test_the_compiler_reads_texts_then_only_what_changed(preview: Previewer, site: Project) -> None:
    token = preview.open()["token"]
    whole = preview.call("GET", f"preview/sources?token={token}").json()
    assert whole["whole"] is True
    assert whole["files"]["main.tsx"] == "export const a: number = 1;\n"
    assert whole["files"]["clip.mp4"] is None
    commit(site, None, [Write("main.tsx", b"2"), Delete("app.js")])
    later = preview.call("GET", f"preview/sources?token={token}&since={whole['revision']}").json()
    assert (later["files"], later["gone"], later["whole"]) == ({"main.tsx": "2"}, ["app.js"], False)


def test_a_file_takes_the_same_queries_however_many_there_are(preview: Previewer, site: Project) -> None:
    opened = preview.open()
    old = preview.open("?revision=1")

    def queries() -> list[int]:
        found = []
        for one, path in ((opened, ""), (opened, "css/site.css"), (old, ""), (opened, "nowhere")):
            with CaptureQueriesContext(connection) as seen:
                preview.get(one, path)
            found.append(len(seen))
        return found

    before = queries()
    commit(site, None, [Write(f"pages/p{n}.html", b"x") for n in range(300)])
    assert queries() == before
    assert max(before) <= 6


def test_a_compiled_style_sheet_is_one_at_its_sources_path(preview: Previewer, site: Project) -> None:
    commit(site, None, [Write("a.scss", b"$a: red;")])
    opened = preview.open()
    assert preview.get(opened, "a.scss")["Content-Type"].startswith("text/plain")
    outputs = {"a.scss": "p { background: url(/img/a.png) }"}
    assert preview.call("PUT", "preview/build", {"token": opened["token"], "outputs": outputs}).status_code == 200
    answer = preview.get(opened, "a.scss")
    assert answer["Content-Type"] == "text/css; charset=utf-8"
    assert f"url(/preview/{opened['token']}/img/a.png)" in text(answer)
    whole = preview.call("GET", f"preview/sources?token={opened['token']}").json()
    assert whole["files"]["a.scss"] == "$a: red;"
