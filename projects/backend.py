"""Who logs in, as Django's own backend has it; whose session it is, by a statement that is compiled once."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib.auth import get_user_model
from django.contrib.auth.backends import ModelBackend

from projects.prepared import by_key

if TYPE_CHECKING:
    from django.contrib.auth.models import User


class Backend(ModelBackend):
    def get_user(self, user_id: int) -> User | None:
        """The person, or `None` where they are gone or may not log in any more."""
        users = get_user_model()
        try:
            user = by_key(users, user_id)
        except users.DoesNotExist:
            return None
        return user if self.user_can_authenticate(user) else None
