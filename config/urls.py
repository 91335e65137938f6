"""Root of the addresses; each portal owns its part."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.templatetags.static import static
from django.urls import include, path, re_path


def _not_offered(request: HttpRequest) -> HttpResponse:
    """Accounts are made by a unit's administrator, who also gives a new password: no page does it by itself."""
    raise Http404


def _icon(request: HttpRequest) -> HttpResponse:
    """Browsers ask here on their own account, whatever the page names as its icon."""
    return redirect(static("components/icon.svg"))


urlpatterns = [
    path("favicon.ico", _icon),
    re_path(r"^accounts/(?:signup|email|confirm-email|password/(?:set|reset)|login/code|phone)\b", _not_offered),
    path("accounts/", include("allauth.account.urls")),
    path("accounts/2fa/", include("allauth.mfa.urls")),
    path("", include("csdl.portals.desk.urls")),
    path("", include("csdl.portals.school.urls")),
    path("", include("csdl.portals.authority.urls")),
]
