"""Wrong passwords are counted, and then the door stays shut for a while: for one name from one address.

By name alone a stranger could lock anybody out; by address alone one colleague could lock out a whole mission behind
its one address. So five wrong passwords shut the door for that name from that address only. Who tries many names from
one address meets a second limit, twenty times as high: only a machine gets there. Names that nobody has are counted and
answered like the others, so that the answer does not tell who has an account.

A few tries that arrive at the same moment may all be let through, as many as the server has threads.
"""

from ipaddress import ip_address, ip_network

from axes.handlers.database import AxesDatabaseHandler
from axes.handlers.proxy import AxesProxyHandler
from django.conf import settings
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import ngettext

from . import pages

ADDRESS_LIMIT = 20 * settings.AXES_FAILURE_LIMIT


def address_of(request) -> str:
    """Return the address a request came from; of an IPv6 address the network, since its owner has all of that.

    X-Forwarded-For is read only as far as it was written by the proxies that TRUSTED_PROXIES counts.
    """
    hops = settings.TRUSTED_PROXIES
    said = request.META.get("HTTP_X_FORWARDED_FOR", "").split(",")
    for text in (said[-hops] if hops and len(said) >= hops else "", request.META.get("REMOTE_ADDR", "")):
        try:
            address = ip_address(text.strip())
        except ValueError:
            continue
        if address.version == 6 and (inside := address.ipv4_mapped):
            return str(inside)
        return str(address if address.version == 4 else ip_network((address, 64), strict=False).network_address)
    return "0.0.0.0"  # a server behind a socket of the file system knows no address


class Throttle(AxesDatabaseHandler):
    def get_failures(self, request, credentials=None) -> int:
        """Count wrong passwords of this name from this address, or of this address on the scale of its own limit."""
        of_name, of_address = (
            sum(attempts.values_list("failures_since_start", flat=True))
            for attempts in self.get_user_attempts(request, credentials)
        )
        return max(of_name, of_address * settings.AXES_FAILURE_LIMIT // ADDRESS_LIMIT)

    def reset_user_attempts(self, request, credentials=None) -> int:
        """Forget this name from this address only: who has an account could else clear the address's count at will."""
        return self.get_user_attempts(request, credentials)[0].delete()[0]


def minutes_to_wait(request, credentials) -> int:
    """Return how long the door stays shut: tries in the meantime do not count, so this does not grow."""
    of_name, of_address = AxesProxyHandler.get_implementation().get_user_attempts(request, credentials)
    total = sum(of_name.values_list("failures_since_start", flat=True))
    attempts = of_name if total >= settings.AXES_FAILURE_LIMIT else of_address
    latest = attempts.aggregate(latest=Max("attempt_time"))["latest"] or timezone.now()
    left = latest + settings.AXES_COOLOFF_TIME - timezone.now()
    return max(1, -int(-left.total_seconds() // 60))


def refused(request, response, credentials):
    """Answer 429: the sign-in form, with how long to wait. It does not tell whether there is such an account."""
    minutes = minutes_to_wait(request, credentials)
    wait = ngettext("%d minute", "%d minutes", minutes) % minutes
    sentence = f"Too many wrong passwords. Wait {wait}, then try again. Nobody else is kept out."
    # What was typed before the session ended is carried on (see kept.py).
    said = {"next": request.POST.get("next", ""), "kept": request.POST.get("_kept", "")}
    answer = pages.sign_in(request, sentence, 429, **said)
    answer["Retry-After"] = str(60 * minutes)
    return answer
