"""Who is signed in, read with what every page needs of the account."""

from __future__ import annotations

from django.contrib.auth.backends import ModelBackend

from accounts.models import User


class AccountBackend(ModelBackend):
    """Django's own, that reads an account's division and department along with it."""

    def get_user(self, user_id: int) -> User | None:
        """Return the account with this key; ``None`` if there is none, or it may not sign in."""
        user = User.objects.select_related("division", "department").filter(pk=user_id).first()
        return user if user is not None and self.user_can_authenticate(user) else None
