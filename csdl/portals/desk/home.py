"""Home: what waits for this account, with counts that lead to the list of exactly those."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from csdl.jobs.queries import running_jobs
from csdl.lib import clock
from csdl.portals.components.years import chosen_year
from csdl.portals.desk.delegation.tasks import rights_tasks
from csdl.portals.desk.report_tasks import report_tasks
from csdl.portals.desk.tasks import board_below, tasks_of


@login_required
def home(request: HttpRequest) -> HttpResponse:
    """Tasks of the account's own unit, by the clock of the business."""
    year = chosen_year(request)
    context = {
        "tasks": [
            *report_tasks(request.actor, today=clock.today()),
            *tasks_of(request.actor, year=year, today=clock.today()),
            *rights_tasks(request.actor, today=clock.today()),
        ],
        "board": board_below(request.actor, today=clock.today()),
        "running": running_jobs(request.actor.account_id)[:5],
    }
    return render(request, "desk/home.html", context)
