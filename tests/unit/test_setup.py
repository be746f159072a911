"""The steps of bin/dev and bin/test (bin/_setup.py), and the check of translations (bin/_messages.py)."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from types import ModuleType

import pytest

BIN = Path(__file__).resolve().parents[2] / "bin"


def load(name: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location(name, BIN / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def setup(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    module = load("_setup")
    monkeypatch.setattr(module, "ROOT", tmp_path)
    monkeypatch.setattr(module, "STAMPS", tmp_path / ".setup")
    return module


class TestSteps:
    def done(self, setup: ModuleType, *inputs: Path | str, made: Path | None = None) -> bool:
        """Runs a step; True when it had work."""
        with setup.step("step", "Doing it", inputs, made=made) as work:
            return bool(work)

    def test_a_step_is_done_once(self, setup: ModuleType, tmp_path: Path) -> None:
        (source := tmp_path / "source").write_text("1")
        assert self.done(setup, source)
        assert not self.done(setup, source)
        source.write_text("2")
        assert self.done(setup, source)

    def test_a_step_whose_result_is_gone_is_done_again(self, setup: ModuleType, tmp_path: Path) -> None:
        (made := tmp_path / "made").touch()
        assert self.done(setup, made=made)
        assert not self.done(setup, made=made)
        made.unlink()
        assert self.done(setup, made=made)

    def test_a_step_that_failed_is_done_again(self, setup: ModuleType) -> None:
        with pytest.raises(setup.StepFailed), setup.step("step", "Doing it", []):
            setup.run("false")
        assert self.done(setup)

    def test_a_file_that_moved_counts_as_changed(self, setup: ModuleType, tmp_path: Path) -> None:
        (tmp_path / "a").write_text("same")
        (tmp_path / "b").write_text("same")
        assert setup.digest([tmp_path / "a"]) != setup.digest([tmp_path / "b"])


class TestEnvFile:
    def test_it_gets_a_key_of_its_own_and_is_never_overwritten(self, setup: ModuleType, tmp_path: Path) -> None:
        (tmp_path / ".env.example").write_text((BIN.parent / ".env.example").read_text())
        setup.write_env()
        text = (tmp_path / ".env").read_text()
        assert "DEBUG=True" in text
        assert "change-me" not in text
        assert (tmp_path / ".env").stat().st_mode & 0o077 == 0
        (tmp_path / ".env").write_text("mine")
        setup.write_env()
        assert (tmp_path / ".env").read_text() == "mine"


class TestTranslations:
    def catalog(self, folder: Path, *pairs: tuple[str, str]) -> Path:
        path = folder / "django.po"
        entries = "".join(f'\nmsgid "{source}"\nmsgstr "{text}"\n' for source, text in pairs)
        head = 'msgid ""\nmsgstr ""\n"Content-Type: text/plain; charset=UTF-8\\n"\n'
        path.write_text(head + entries)
        return path

    @pytest.fixture
    def messages(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
        module = load("_messages")
        monkeypatch.setattr(module, "ROOT", tmp_path)
        (tmp_path / "app").mkdir()
        (tmp_path / "app" / "views.py").write_text('from x import gettext as _\n_("Bonjour")\n')
        page = (
            '{% load i18n %}<p>{% translate "L\'ami" %} {% blocktranslate %}Il a {{ n }} (ans){% endblocktranslate %}'
        )
        (tmp_path / "app" / "page.html").write_text(page)
        return module

    def problems(self, messages: ModuleType, path: Path) -> str:
        return "\n".join(messages.problems(path, ("app",)))

    def test_texts_of_code_and_pages_are_found(self, messages: ModuleType, tmp_path: Path) -> None:
        found = self.problems(messages, self.catalog(tmp_path, ("Vieux", "Old")))
        assert "not translated: 'Bonjour'" in found
        assert 'not translated: "L\'ami"' in found
        assert "not translated: 'Il a %(n)s (ans)'" in found
        assert "not used any more: 'Vieux'" in found
        assert "stale" in found

    def test_a_whole_and_fresh_catalog_has_no_problems(self, messages: ModuleType, tmp_path: Path) -> None:
        pairs = [("Bonjour", "Hello"), ("L'ami", "Friend"), ("Il a %(n)s (ans)", "Aged %(n)s")]
        path = self.catalog(tmp_path, *pairs)
        path.with_suffix(".mo").write_bytes(messages.compiled(messages._read(path)))
        assert self.problems(messages, path) == ""
