import os
from typing import Any

import pytest

from tests.browser.chromium import launch_options


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    return {**browser_type_launch_args, **launch_options()}


@pytest.fixture(autouse=True, scope="session")
def queries_beside_playwright() -> None:
    """Playwright's sync API runs an event loop in this very thread, which Django takes for async code.

    Never undone: the database is torn down after every fixture of the browser.
    """
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
