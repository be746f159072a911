"""Nothing that is written is lost and nothing that somebody else wrote is replaced unseen."""

from __future__ import annotations

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.browser.editor import Editor, Files
from tests.live import Studio

pytestmark = [pytest.mark.browser, pytest.mark.live]


def another(context: BrowserContext, studio: Studio) -> Editor:
    """A second tab of the same browser."""
    return Editor(context.new_page(), studio.editor_url)


def test_ctrl_s_saves_and_the_mark_goes(editor: Editor, files: Files) -> None:
    path = files.put("a.css", "body {}\n")
    editor.open(path).set_autosave(False)
    editor.type("p {}\n")
    editor.expect_state("Modifié")
    expect(editor.tab(path)).to_have_attribute("data-state", "dirty")
    editor.save()
    editor.expect_saved()
    expect(editor.tab(path)).to_have_attribute("data-state", "")
    assert files.text("a.css") == "body {}\np {}\n"


def test_a_pause_saves_by_itself_and_the_setting_is_remembered(editor: Editor, files: Files) -> None:
    path = files.put("a.css", "a")
    editor.open(path)
    editor.type("b")
    files.expect_text("a.css", "ab")
    editor.set_autosave(False)
    editor.reload()
    expect(editor.page.locator(".status-autosave")).to_have_attribute("aria-pressed", "false")


def test_leaving_the_window_saves_at_once(editor: Editor, files: Files) -> None:
    path = files.put("a.css", "a")
    editor.open(path).page.clock.install()  # the pause never ends by itself
    editor.type("b")
    editor.page.evaluate("window.dispatchEvent(new Event('blur'))")
    files.expect_text("a.css", "ab")


def test_going_to_the_assistant_saves_at_once(editor: Editor, files: Files) -> None:
    path = files.put("a.css", "a")
    editor.open(path).page.clock.install()  # the pause never ends by itself
    editor.type("b")
    editor.page.locator("webox-chat textarea").focus()
    files.expect_text("a.css", "ab")


@pytest.mark.parametrize(
    "before", [b"a\r\nb\r\n", b"\xef\xbb\xbfa\nb", b"a\nb\r\nc\rd", b"\xef\xbb\xbfa\r\nb", b"", b"\n\n"]
)
def test_bytes_that_nobody_touched_stay(editor: Editor, files: Files, before: bytes) -> None:
    path = files.put("a.txt", before)
    editor.open(path)
    editor.type("Z", at="Control+Home")
    editor.save()
    editor.expect_saved()
    mark = b"\xef\xbb\xbf" if before.startswith(b"\xef\xbb\xbf") else b""
    expected = mark + b"Z" + before.removeprefix(mark)
    saved = files.get("a.txt")
    assert saved["text"].encode() == expected.removeprefix(mark)
    assert saved["encoding"] == ("utf-8-sig" if mark else "utf-8")
    assert saved["size"] == len(expected)


def test_a_new_line_ends_as_the_others_do(editor: Editor, files: Files) -> None:
    path = files.put("a.txt", b"a\r\nb")
    editor.open(path)
    editor.type("")
    editor.press("Enter")
    editor.page.keyboard.insert_text("c")
    editor.save()
    editor.expect_saved()
    assert files.text("a.txt") == "a\r\nb\r\nc"


# --- Somebody else was there


def test_a_stale_save_replaces_nothing_and_offers_the_merge(editor: Editor, files: Files) -> None:
    path = files.put("a.txt", "un\ndeux\ntrois\nquatre\n")
    editor.open(path).set_autosave(False)
    editor.type("DEBUT\n", at="Control+Home")
    files.put("a.txt", "un\ndeux\ntrois\nQUATRE\n")
    editor.save()
    editor.expect_notice("Rien n'a été remplacé")
    assert files.text("a.txt") == "un\ndeux\ntrois\nQUATRE\n"
    editor.choose("Fusionner")
    editor.expect_saved()
    assert files.text("a.txt") == "DEBUT\nun\ndeux\ntrois\nQUATRE\n"
    editor.expect_text("DEBUT\nun\ndeux\ntrois\nQUATRE\n")


def test_the_merge_takes_in_what_was_typed_since(editor: Editor, files: Files) -> None:
    path = files.put("a.txt", "un\ndeux\ntrois\nquatre\n")
    editor.open(path).set_autosave(False)
    editor.type("DEBUT\n", at="Control+Home")
    files.put("a.txt", "un\ndeux\ntrois\nQUATRE\n")
    editor.save()
    editor.expect_notice("Rien n'a été remplacé")
    editor.type("ENCORE\n", at="Control+Home")
    editor.choose("Fusionner")
    editor.expect_saved()
    assert files.text("a.txt") == "ENCORE\nDEBUT\nun\ndeux\ntrois\nQUATRE\n"


def clash(editor: Editor, files: Files) -> str:
    """The same line, changed here and there."""
    path = files.put("a.txt", "base\n")
    editor.open(path).set_autosave(False)
    editor.type("ici ", at="Control+Home")
    files.put("a.txt", "là-bas\n")
    editor.save()
    editor.expect_notice("Rien n'a été remplacé")
    expect(editor.notice.get_by_role("button", name="Fusionner")).to_have_count(0)
    return path


def test_mine_stays(editor: Editor, files: Files) -> None:
    clash(editor, files)
    editor.choose("Garder ma version")
    editor.expect_saved()
    assert files.text("a.txt") == "ici base\n"


def test_theirs_comes_and_undo_brings_mine_back(editor: Editor, files: Files) -> None:
    clash(editor, files)
    editor.choose("Prendre l'autre version")
    editor.expect_text("là-bas\n")
    editor.expect_saved()
    assert files.text("a.txt") == "là-bas\n"
    editor.code.click()
    editor.press("Control+z")
    editor.expect_text("ici base\n")


def test_side_by_side_one_result(editor: Editor, files: Files) -> None:
    clash(editor, files)
    editor.choose("Comparer")
    dialog = editor.page.get_by_role("dialog")
    expect(dialog.locator(".cm-content")).to_have_count(2)
    expect(dialog.locator(".cm-content").first).to_have_text("là-bas")
    editor.assert_accessible()
    dialog.locator(".cm-content").last.click()
    editor.press("Control+a")
    editor.page.keyboard.insert_text("les deux\n")
    dialog.get_by_role("button", name="Enregistrer ma version ainsi").click()
    editor.expect_saved()
    assert files.text("a.txt") == "les deux\n"


def test_two_tabs_of_one_file_lose_neither_text(
    editor: Editor, files: Files, context: BrowserContext, studio: Studio
) -> None:
    path = files.put("a.txt", "un\ndeux\ntrois\n")
    editor.open(path).set_autosave(False)
    second = another(context, studio).open(path)
    second.type("B", at="Control+End")
    editor.type("A", at="Control+Home")
    second.save()
    second.expect_saved()
    editor.save()
    editor.expect_notice("Rien n'a été remplacé")
    editor.choose("Fusionner")
    editor.expect_saved()
    assert files.text("a.txt") == "Aun\ndeux\ntrois\nB"


def told(editor: Editor, *paths: str) -> None:
    """As the project's event stream tells it."""
    news = {"paths": list(paths), "mine": False, "origin": "user", "author": "Bob"}
    editor.page.evaluate(
        """(news) => document.querySelector("webox-chat").dispatchEvent(
             new CustomEvent("webox-chat:files-changed", { detail: news, bubbles: true }))""",
        news,
    )


def test_a_clean_tab_follows_quietly_and_keeps_its_place(editor: Editor, files: Files) -> None:
    lines = [f"ligne {n}" for n in range(200)]
    path = files.put("a.txt", "\n".join(lines))
    editor.open(path)
    editor.code.click()
    editor.press("Control+g")
    editor.palette.fill(":150:3")
    editor.palette.press("Enter")
    expect(editor.page.locator(".status-position")).to_have_text("L 150, col. 3")
    files.put("a.txt", "\n".join(["NOUVEAU", *lines]))
    told(editor, path)
    expect(editor.page.locator(".status-position")).to_have_text("L 151, col. 3")
    expect(editor.code).to_contain_text("ligne 149")
    editor.expect_saved()


def test_a_dirty_tab_is_warned_and_keeps_its_text(editor: Editor, files: Files) -> None:
    path = files.put("a.txt", "base\n")
    editor.open(path).set_autosave(False)
    editor.type("ici ", at="Control+Home")
    files.put("a.txt", "là-bas\n")
    told(editor, path)
    editor.expect_notice("a changé")
    editor.expect_text("ici base\n")
    assert files.text("a.txt") == "là-bas\n"


def test_deleted_under_you(editor: Editor, files: Files) -> None:
    path = files.put("a.txt", "texte")
    editor.open(path)
    files.delete("a.txt")
    told(editor, path)
    editor.expect_notice("a été supprimé")
    editor.expect_text("texte")
    editor.choose("Recréer le fichier")
    editor.expect_saved()
    assert files.text("a.txt") == "texte"


def test_renamed_under_you(editor: Editor, files: Files) -> None:
    path = files.put("a.txt", "texte")
    editor.open(path).set_autosave(False)
    editor.type(" tapé")
    files.move("a.txt", "b.md")
    revision = editor.page.evaluate("fetch('/api/projects/1/revisions?limit=1').then((r) => r.json())")
    editor.page.evaluate(
        """([path, revision]) => document.querySelector("webox-chat").dispatchEvent(
             new CustomEvent("webox-chat:files-changed", { detail: { paths: [path], revision }, bubbles: true }))""",
        [path, revision["revisions"][0]["number"]],
    )
    expect(editor.tab(files.path("b.md"))).to_have_attribute("aria-selected", "true")
    editor.expect_text("texte tapé")
    editor.save()
    editor.expect_saved()
    assert files.text("b.md") == "texte tapé"
    assert files.text("a.txt") is None


# --- The server is away, or says no


def test_a_failed_save_is_retried_and_the_text_stays(editor: Editor, files: Files) -> None:
    path = files.put("a.txt", "a")
    editor.open(path)
    editor.page.context.set_offline(True)
    editor.type("b")
    editor.save()
    editor.expect_notice("Le serveur ne répond pas")
    editor.expect_text("ab")
    editor.page.context.set_offline(False)
    files.expect_text("a.txt", "ab")
    editor.expect_saved()
    expect(editor.notice).to_be_empty()


def test_a_lost_answer_is_no_conflict(editor: Editor, files: Files) -> None:
    path = files.put("a.txt", "a")
    editor.open(path).set_autosave(False)
    lost = []

    def answer(route) -> None:  # type: ignore[no-untyped-def]
        if route.request.method == "PUT" and not lost:
            lost.append(route.fetch())  # it arrives, its answer does not
            return route.abort()
        return route.fallback()

    editor.page.route("**/api/projects/1/files/**", answer)
    editor.type("b")
    editor.save()
    editor.expect_saved()
    assert lost
    assert files.text("a.txt") == "ab"
    expect(editor.notice).to_be_empty()


def test_a_refusal_is_said_and_the_text_stays(editor: Editor, files: Files) -> None:
    path = files.put("a.txt", "a")
    editor.open(path).set_autosave(False)
    editor.type("\0b")
    editor.save()
    editor.expect_notice("Le serveur a refusé")
    editor.expect_state("Enregistrement refusé")
    assert files.text("a.txt") == "a"
    editor.press("Control+a")
    editor.page.keyboard.insert_text("c")
    editor.save()
    editor.expect_saved()
    assert files.text("a.txt") == "c"


# --- The browser goes away


def test_what_was_not_saved_is_back_after_a_reload(editor: Editor, files: Files) -> None:
    path = files.put("a.txt", "a")
    editor.open(path).set_autosave(False)
    editor.type("b")
    editor.expect_drafted()
    editor.reload()
    editor.expect_notice("Elles sont de retour")
    editor.expect_text("ab")
    editor.expect_state("Modifié")
    editor.save()
    editor.expect_saved()
    assert files.text("a.txt") == "ab"
    editor.reload()
    editor.expect_text("ab")
    expect(editor.notice).to_be_empty()


def test_what_was_not_saved_is_back_after_a_crash_and_never_over_newer_text(
    editor: Editor, files: Files, context: BrowserContext, studio: Studio
) -> None:
    path = files.put("a.txt", "un\ndeux\ntrois\n")
    editor.open(path).set_autosave(False)
    editor.type("FIN")
    editor.expect_drafted()
    other = another(context, studio)
    editor.page.close(run_before_unload=False)
    files.put("a.txt", "UN\ndeux\ntrois\n")
    other.open(path)
    other.expect_text("un\ndeux\ntrois\nFIN")
    other.save()
    other.expect_notice("Rien n'a été remplacé")
    other.choose("Fusionner")
    other.expect_saved()
    assert files.text("a.txt") == "UN\ndeux\ntrois\nFIN"


def test_another_live_tab_does_not_take_the_draft(
    editor: Editor, files: Files, context: BrowserContext, studio: Studio
) -> None:
    path = files.put("a.txt", "a")
    editor.open(path).set_autosave(False)
    editor.type("b")
    editor.expect_drafted()
    other = another(context, studio).open(path)
    other.expect_text("a")
    expect(other.notice).to_be_empty()


def test_giving_the_draft_up(editor: Editor, files: Files) -> None:
    path = files.put("a.txt", "a")
    editor.open(path).set_autosave(False)
    editor.type("b")
    editor.expect_drafted()
    editor.reload()
    editor.choose("Abandonner")
    editor.expect_text("a")
    editor.expect_saved()
    editor.reload()
    editor.expect_text("a")
    expect(editor.notice).to_be_empty()


def test_leaving_asks_only_when_something_would_be_lost(editor: Editor, files: Files, page: Page) -> None:
    path = files.put("a.txt", "a")
    editor.open(path).set_autosave(False)
    asked: list[str] = []
    page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.accept()))
    editor.type("b")
    editor.expect_drafted()
    editor.reload()
    assert asked == []


# --- Who may not, and what cannot be


def test_another_encoding_is_read_only_and_named(editor: Editor, files: Files) -> None:
    path = files.put("a.txt", "déjà vu, été, naïveté et crème brûlée".encode("windows-1252"))
    editor.open(path)
    editor.expect_notice("WINDOWS-1252")
    editor.expect_state("Lecture seule")
    editor.type("x")
    editor.expect_text("déjà vu, été, naïveté et crème brûlée")
