"""Who may (権限): actors, roles, accounts and the two refusals.

Owns identity within the system. Never knows a domain: what a role may do is said in each domain's policies.
"""

from typing import TYPE_CHECKING, Any

from dokodemo.kernel.access.actors import ANONYMOUS, Actor, Forbidden, Grant, NotFound, Role, system

if TYPE_CHECKING:
    from dokodemo.kernel.access.models import Account

__all__ = ["ANONYMOUS", "Account", "Actor", "Forbidden", "Grant", "NotFound", "Role", "system"]


def __getattr__(name: str) -> Any:
    # The model can only be imported once Django is set up; the values above are needed earlier.
    if name == "Account":
        from dokodemo.kernel.access.models import Account

        return Account
    raise AttributeError(name)
