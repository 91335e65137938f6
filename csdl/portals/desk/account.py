"""One's own account: sign-in names, second factor, sessions; the page that asks for a fresh second factor; and the way
in by a letter of activation."""

import time
from typing import Any

from allauth.account.adapter import get_adapter
from allauth.account.internal import flows
from allauth.account.models import Login
from allauth.mfa.models import Authenticator
from allauth.mfa.webauthn.forms import ReauthenticateWebAuthnForm
from allauth.mfa.webauthn.internal import auth as webauthn
from django import forms
from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.decorators import login_not_required, login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from csdl.accounts import devices, guarding, letters, second_factor, sessions
from csdl.accounts.forms import CodeAgainForm
from csdl.accounts.models import Account, ActivationLetter
from csdl.accounts.passwords import shortest
from csdl.accounts.second_factor import has_second_factor
from csdl.staff.sign_ins import note_sign_in

# How long one may take to choose a password once the code was taken.
_CHOOSING_SECONDS = 15 * 60
_LETTER = "activation_letter"


@login_required
@never_cache
def account(request: HttpRequest) -> HttpResponse:
    """What the account is, how it signs in, and where it is signed in now."""
    kinds = list(Authenticator.objects.filter(user=request.actor.account).values_list("type", flat=True))
    codes = Authenticator.objects.filter(user=request.actor.account, type=Authenticator.Type.RECOVERY_CODES).first()
    context = {
        "held": sessions.held(request),
        "has_totp": Authenticator.Type.TOTP in kinds,
        "passkeys": kinds.count(Authenticator.Type.WEBAUTHN),
        "codes_left": len(codes.wrap().get_unused_codes()) if codes else 0,
        "sessions": sessions.sessions_of(request, request.actor.account),
        "devices": devices.devices_of(request.actor.account),
    }
    return render(request, "desk/account/account.html", context)


@login_required
@require_POST
def session_end(request: HttpRequest) -> HttpResponse:
    """End one session, or all of them and this one last."""
    key = request.POST.get("phien", "")
    if key == "tat-ca":
        ended = sessions.end_sessions(request, request.actor.account)
        logout(request)
        messages.success(request, f"Đã đăng xuất ở mọi nơi: {ended + 1} phiên. Hãy đăng nhập lại.")
        return redirect("account_login")
    ended = (
        sessions.end_sessions(request, request.actor.account, key=int(key)) if key.isdecimal() and len(key) < 19 else 0
    )
    if ended:
        messages.success(request, "Đã kết thúc phiên làm việc ấy.")
    else:
        messages.info(request, "Phiên làm việc ấy đã kết thúc trước đó.")
    return redirect("desk:account")


@login_required
@require_POST
def device_forget(request: HttpRequest) -> HttpResponse:
    """Forget one device that was remembered for the second factor."""
    key = request.POST.get("thiet-bi", "")
    if key.isdecimal() and len(key) < 19 and devices.forget_devices(request, request.actor.account, key=int(key)):
        messages.success(request, "Đã thôi nhớ thiết bị ấy; lần đăng nhập tới ở đó hỏi lại bước thứ hai.")
    else:
        messages.info(request, "Thiết bị ấy đã hết được nhớ trước đó.")
    return redirect("desk:account")


@login_required
@never_cache
@require_http_methods(["GET", "POST"])
def second_factor_confirm(request: HttpRequest) -> HttpResponse:
    """Ask for a code or a passkey, then go back to what needed it."""
    back = request.POST.get("next") or request.GET.get("next") or ""
    if not url_has_allowed_host_and_scheme(back, {request.get_host()}, require_https=request.is_secure()):
        back = reverse("desk:account")
    if not has_second_factor(request.actor.account):
        return redirect("mfa_index")
    by_key = request.method == "POST" and "credential" in request.POST
    code_form = CodeAgainForm(
        request.POST if request.method == "POST" and not by_key else None, user=request.actor.account
    )
    key_form = ReauthenticateWebAuthnForm(request.POST if by_key else None, user=request.actor.account)
    shown = key_form if by_key else code_form
    if request.method == "POST" and shown.is_valid():
        shown.save()
        return flows.reauthentication.resume_request(request) or redirect(back)
    kinds = set(Authenticator.objects.filter(user=request.actor.account).values_list("type", flat=True))
    has_keys = Authenticator.Type.WEBAUTHN in kinds
    context = {
        "form": code_form,
        "next": back,
        "has_totp": Authenticator.Type.TOTP in kinds,
        "has_keys": has_keys,
        "key_refused": by_key,
        "js_data": {"request_options": webauthn.begin_authentication(request.actor.account)} if has_keys else None,
        "minutes": second_factor.FRESH_SECONDS // 60,
    }
    return render(request, "desk/account/confirm.html", context)


class ActivationForm(forms.Form):
    """What stands in the letter."""

    use_required_attribute = False

    login = forms.CharField(
        label="Tên đăng nhập",
        max_length=150,
        error_messages={"required": "Hãy nhập tên đăng nhập ghi trong thư."},
        widget=forms.TextInput({"class": "form-control", "autocomplete": "username", "autocapitalize": "none"}),
    )
    code = forms.CharField(
        label="Mã kích hoạt",
        max_length=40,
        error_messages={"required": "Hãy nhập mã kích hoạt ghi trong thư."},
        widget=forms.TextInput({"class": "form-control", "autocomplete": "off", "autocapitalize": "characters"}),
    )


class FirstPasswordForm(forms.Form):
    """A password of one's own, twice."""

    use_required_attribute = False

    password1 = forms.CharField(
        label="Mật khẩu mới",
        strip=False,
        error_messages={"required": "Hãy nhập mật khẩu mới."},
        widget=forms.PasswordInput({"class": "form-control", "autocomplete": "new-password"}),
    )
    password2 = forms.CharField(
        label="Nhập lại mật khẩu mới",
        strip=False,
        error_messages={"required": "Hãy nhập lại mật khẩu mới."},
        widget=forms.PasswordInput({"class": "form-control", "autocomplete": "new-password"}),
    )

    def __init__(self, data: Any, holder: Account) -> None:
        super().__init__(data)
        self.holder = holder

    def clean_password1(self) -> str:
        return str(get_adapter().clean_password(self.cleaned_data["password1"], user=self.holder))

    def clean(self) -> dict[str, Any]:
        first, again = self.cleaned_data.get("password1"), self.cleaned_data.get("password2")
        if first and again and first != again:
            self.add_error("password2", "Hai lần nhập mật khẩu mới chưa giống nhau.")
        return self.cleaned_data


@login_not_required
@never_cache
@sensitive_post_parameters("code")
@require_http_methods(["GET", "POST"])
def activation(request: HttpRequest) -> HttpResponse:
    """The first step: the user name and the code of the letter."""
    if request.user.is_authenticated:
        messages.info(request, "Đang đăng nhập rồi. Muốn kích hoạt tài khoản khác, hãy đăng xuất trước.")
        return redirect("desk:account")
    form = ActivationForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            letter = letters.letter_for(
                form.cleaned_data["login"], form.cleaned_data["code"], address=get_adapter().get_client_ip(request)
            )
        except (guarding.Locked, letters.LetterRefused) as refused:
            form.add_error(None, refused.message)
        else:
            request.session.cycle_key()
            request.session[_LETTER] = [letter.pk, int(time.time())]
            return redirect("desk:activation-password")
    return render(request, "desk/account/activation.html", {"form": form})


@login_not_required
@never_cache
@sensitive_post_parameters("password1", "password2")
@require_http_methods(["GET", "POST"])
def activation_password(request: HttpRequest) -> HttpResponse:
    """The second step: a password of one's own; then the person is signed in, through the second factor if any."""
    key, taken_at = request.session.get(_LETTER, (0, 0))
    letter = ActivationLetter.objects.select_related("account").filter(pk=key).first()
    if letter is None or time.time() - taken_at > _CHOOSING_SECONDS:
        request.session.pop(_LETTER, None)
        messages.warning(request, "Hãy nhập tên đăng nhập và mã kích hoạt trước.")
        return redirect("desk:activation")
    holder = letter.account
    form = FirstPasswordForm(request.POST if request.method == "POST" else None, holder)
    if form.is_valid():
        del request.session[_LETTER]
        try:
            holder = letters.activate(letter.pk, form.cleaned_data["password1"])
        except letters.LetterRefused as refused:
            messages.error(request, refused.message)
            return redirect("desk:activation")
        note_sign_in("account:activate", holder, {"letter": letter.pk})
        flows.login.record_authentication(request, holder, method="password", reauthenticated=True)
        return flows.login.perform_login(request, Login(user=holder, redirect_url=reverse("desk:activation-done")))
    context = {"form": form, "holder": holder, "least": shortest(holder)}
    return render(request, "desk/account/activation_password.html", context)


@login_required
def activation_done(request: HttpRequest) -> HttpResponse:
    """After the first sign-in: on to the second factor where the account needs one, else home."""
    sessions.forget_held(request)
    return redirect("mfa_index" if sessions.held(request).is_missing else "desk:home")
