"""One's own page: my rights, my papers, what waits for my confirmation."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from csdl.access.models import Grant
from csdl.delegation.enums import PaperState
from csdl.delegation.models import Commitment, Minutes
from csdl.delegation.queries import grant_lines, sign_again_by, waiting_for_account
from csdl.lib import clock
from csdl.portals.desk.delegation.reach import tone_of


@login_required
def my_rights(request: HttpRequest) -> HttpResponse:
    """What the signed-in person may do, where, until when, and on which paper it stands."""
    account_id = request.actor.account_id
    grants = Grant.objects.filter(account_id=account_id).select_related("unit", "account").order_by("state", "valid_to")
    minutes, commitments = waiting_for_account(account_id)
    again = sign_again_by(Commitment.objects.filter(account_id=account_id)) if commitments else {}
    papers = [
        *Minutes.objects.filter(receiver_id=account_id).exclude(state=PaperState.DRAFT).select_related("unit"),
        *Commitment.objects.filter(account_id=account_id).exclude(state=PaperState.DRAFT).select_related("unit"),
    ]
    lines = grant_lines(grants)
    context = {
        "lines": [(tone_of(line), line) for line in lines if not line.is_over],
        "ended": [line for line in lines if line.is_over],
        "minutes": minutes,
        "commitments": [(one, again.get(one.pk)) for one in commitments],
        "papers": [(isinstance(one, Minutes), one) for one in papers],
        "today": clock.today(),
    }
    return render(request, "desk/delegation/mine.html", context)
