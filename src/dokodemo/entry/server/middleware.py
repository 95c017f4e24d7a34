"""Who is asking (操作者): puts `request.actor` on each request and turns refusals into pages.

Owns the bridge from Django's session to `kernel.access.Actor`. Never decides what an actor may do.
"""

from collections.abc import Callable

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.functional import SimpleLazyObject

from dokodemo.city.organisation.queries import staff_grants
from dokodemo.city.parties.port import resident_of
from dokodemo.kernel import calendar_jp
from dokodemo.kernel.access import ANONYMOUS, Account, Actor, Forbidden, NotFound
from dokodemo.kernel.ui.views import forbidden

Handler = Callable[[HttpRequest], HttpResponse]


def actor_of(account: Account) -> Actor:
    """The actor an account is today: its grants by dated appointments, its resident by the linked sign-in."""
    if account.kind == Account.Kind.STAFF:
        grants = staff_grants(account_id=account.pk, on=calendar_jp.today())
        return Actor(kind="staff", account_id=account.pk, grants=grants, name=account.username)
    try:
        resident_id = account.linked_resident  # type: ignore[attr-defined]
    except AttributeError:
        resident_id = resident_of(account.pk)
    return Actor(kind="resident", account_id=account.pk, resident_id=resident_id)


class ActorMiddleware:
    """Sets `request.actor`; answers 404 for NotFound and 403 for Forbidden, wherever they are raised."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Serve one request as its actor."""
        request.actor = SimpleLazyObject(lambda: _actor(request))  # type: ignore[attr-defined]
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """Hide what the actor may not see, and refuse what the actor may not do.

        A refusal is answered here: raised on, Django would log it with a traceback, as if the city were broken.
        """
        if isinstance(exception, NotFound):
            raise Http404 from exception
        if isinstance(exception, Forbidden):
            return forbidden(request, exception)
        return None


def _actor(request: HttpRequest) -> Actor:
    account = request.user
    actor = actor_of(account) if isinstance(account, Account) and account.is_authenticated else ANONYMOUS
    # From now on as it is: every look through the lazy one costs as much as a dozen plain ones.
    request.actor = actor  # type: ignore[attr-defined]
    return actor
