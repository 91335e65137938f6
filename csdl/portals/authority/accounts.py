"""Accounts of a unit's staff, of a school's too: who has one, opened and activated by letter, locked and unlocked; and
what the department lays down for signing in."""

import datetime as dt
import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from allauth.mfa.models import Authenticator
from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db import transaction
from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from csdl.access.queries import visible
from csdl.accounts import guarding
from csdl.accounts.actor import require_everywhere
from csdl.accounts.errors import InvalidRecord
from csdl.accounts.models import Account, ActivationLetter, RegulationAcceptance
from csdl.accounts.permissions import Permission
from csdl.accounts.regulation import current_regulation, must_accept
from csdl.accounts.second_factor import KINDS, rules
from csdl.codes import queries as codes
from csdl.lib import clock
from csdl.orgs.enums import TEACHING_KINDS
from csdl.orgs.models import OrgUnit
from csdl.portals.components.forms import DayField
from csdl.portals.components.lists import Filter, address, listing, read_filter, read_search
from csdl.portals.components.table import Cell, Row, table_body
from csdl.staff.actions import (
    NewAccount,
    change_sign_in_names,
    change_sign_in_rules,
    lock_account,
    managed_elsewhere,
    open_accounts,
    print_letters,
    propose_user_names,
    remove_second_factor,
    unlock_account,
)
from csdl.staff.models import StaffMember, StaffPosting
from csdl.staff.queries import accounts_on_many_devices, postings_on, staff_matching

ALL = "tat-ca"
_MANY = 500
_SORTS = {
    "ten": ("staff__sort_key", "staff_id", "pk"),
    "ten-dang-nhap": ("staff__account__username", "staff__sort_key", "pk"),
    "gan-nhat": ("staff__account__last_login", "staff__sort_key", "pk"),
}
# value, words, which postings
_NO_PASSWORD = Q(staff__account__password__startswith="!")  # noqa: S106 - as Django marks that there is none
_STATES: dict[str, tuple[str, Q]] = {
    "chua-co": ("Chưa có tài khoản", Q(staff__account=None)),
    "cho": ("Chờ kích hoạt", Q(staff__account__is_active=True) & _NO_PASSWORD),
    "dang-dung": ("Đang dùng", Q(staff__account__is_active=True) & ~_NO_PASSWORD),
    "da-khoa": ("Đã khóa", Q(staff__account__is_active=False)),
}
_DEVICES = (("nhieu", "Nhiều thiết bị trong một ngày, 7 ngày qua"),)
_AGREED = (("da", "Đã chấp nhận bản đang áp dụng"), ("chua", "Chưa chấp nhận"))
_ACTS = (("mo", "Mở tài khoản"), ("in", "In thư kích hoạt"))


@dataclass(frozen=True)
class Found:
    """Postings that an address asks for."""

    rows: QuerySet[StaffPosting]
    search: str
    filters: list[Filter]


@login_required
def own_accounts(request: HttpRequest) -> HttpResponse:
    """The menu's entry: accounts of the own unit."""
    request.actor.require(Permission.ACCOUNT_MANAGE)
    if request.actor.home_unit is None:
        raise Http404
    return redirect("authority:unit-accounts", request.actor.home_unit.public_id)


@login_required
@never_cache
def unit_accounts(request: HttpRequest, unit: uuid.UUID) -> HttpResponse:
    """Who of a unit's staff has an account and in which state; the same number of statements for one as for many."""
    where = unit_or_404(request, unit)
    found = _found(request, where)
    rows = found.rows.annotate(
        has_factor=Exists(Authenticator.objects.filter(user_id=OuterRef("staff__account_id"), type__in=KINDS))
    )
    page = listing(request, rows.select_related("staff__account"), sorts=_SORTS, default="ten")
    people = [one.staff for one in page.items]
    elsewhere = managed_elsewhere(request.actor, where, people)
    locked = guarding.locked_until([one.account for one in people if one.account])
    positions = codes.labels("staff_position")["staff_position"]
    is_everywhere = request.actor.unit_ids(Permission.ACCOUNT_MANAGE) is None
    context = {
        "unit": where,
        "crumbs": crumbs_to(request, where),
        "listing": page,
        "search": found.search,
        "filters": found.filters,
        "any_held": bool(found.search) or any(one.value != one.default for one in found.filters),
        "acts": _ACTS,
        "bulk_url": address(request, reverse("authority:account-bulk", args=[unit])),
        "body": table_body(_row(where, one, positions, elsewhere, locked) for one in page.items),
        "sums": _sums(request, where),
        "can_lay_down": is_everywhere,
        "leavers_url": reverse("authority:account-leavers")
        if is_everywhere and where.parent_id is None
        else reverse("authority:unit-leavers", args=[unit]),
    }
    template = "authority/accounts/list.html"
    return render(request, f"{template}#results" if request.headers.get("HX-Request") else template, context)


@login_required
@require_POST
def account_bulk(request: HttpRequest, unit: uuid.UUID) -> HttpResponse:
    """What was asked for the ticked people: letters at once, or the page on which accounts are opened."""
    where = unit_or_404(request, unit)
    back = address(request, reverse("authority:unit-accounts", args=[unit]))
    people = _ticked(request, where)
    if not people:
        messages.warning(request, "Chưa chọn ai. Hãy đánh dấu các dòng, hoặc chọn tất cả rồi bấm lại.")
        return redirect(back)
    if request.POST.get("viec") == "in":
        return _letters(request, where, people, back)
    waiting = [one for one in people if one.account_id is None]
    if not waiting:
        messages.info(request, "Những người đã chọn đều có tài khoản rồi.")
        return redirect(back)
    return _open_page(request, where, OpenForm(None, waiting))


@login_required
@never_cache
@require_http_methods(["GET", "POST"])
def account_open(request: HttpRequest, unit: uuid.UUID) -> HttpResponse:
    """Open accounts: names proposed, each may be changed; every fault of every person at once."""
    where = unit_or_404(request, unit)
    people = _ticked(request, where)
    if not people:
        return redirect("authority:unit-accounts", unit)
    form = OpenForm(request.POST if request.method == "POST" else None, people)
    if form.is_bound:
        try:
            with transaction.atomic():
                made = open_accounts(actor=request.actor, unit=where, wanted=form.wanted())
        except InvalidRecord as refused:
            form.refuse(refused)
        else:
            context = {"unit": where, "crumbs": crumbs_to(request, where, inside=True), "people": people, "made": made}
            return render(request, "authority/accounts/opened.html", context)
    return _open_page(request, where, form)


@login_required
@never_cache
def account_detail(request: HttpRequest, unit: uuid.UUID, staff: uuid.UUID) -> HttpResponse:
    """One person's account, and what may be done with it."""
    where = unit_or_404(request, unit)
    return _detail(request, where, _person_or_404(request, where, staff))


@login_required
@require_POST
def account_letter(request: HttpRequest, unit: uuid.UUID, staff: uuid.UUID) -> HttpResponse:
    """Print one letter."""
    where = unit_or_404(request, unit)
    back = reverse("authority:account-detail", args=[unit, staff])
    return _letters(request, where, [_person_or_404(request, where, staff)], back)


@login_required
@require_POST
def account_lock(request: HttpRequest, unit: uuid.UUID, staff: uuid.UUID) -> HttpResponse:
    """Suspend."""
    return _act(request, unit, staff, lock_account, "Đã khóa tài khoản của {}; mọi phiên đang mở đã kết thúc.")


@login_required
@require_POST
def account_unlock(request: HttpRequest, unit: uuid.UUID, staff: uuid.UUID) -> HttpResponse:
    """Let sign in again."""
    return _act(request, unit, staff, unlock_account, "Tài khoản của {} đăng nhập lại được.")


@login_required
@require_POST
def account_factor(request: HttpRequest, unit: uuid.UUID, staff: uuid.UUID) -> HttpResponse:
    """Take away a second factor that was lost."""
    sentence = "Đã gỡ xác thực hai bước của {}; lần đăng nhập tới chỉ cần mật khẩu."
    return _act(request, unit, staff, remove_second_factor, sentence)


@login_required
@require_POST
def account_names(request: HttpRequest, unit: uuid.UUID, staff: uuid.UUID) -> HttpResponse:
    """Other mail address or phone number to sign in by."""
    where = unit_or_404(request, unit)
    person = _person_or_404(request, where, staff)
    email, phone = (request.POST.get(name, "")[:254] for name in ("email", "phone"))
    try:
        change_sign_in_names(actor=request.actor, unit=where, staff=person, email=email, phone=phone)
    except InvalidRecord as refused:
        return _detail(request, where, person, refused, {"email": email, "phone": phone})
    messages.success(request, f"Đã lưu thư điện tử, số điện thoại đăng nhập của {person.full_name}.")
    return redirect("authority:account-detail", unit, staff)


class OpenForm:
    """A line for each person: user name, mail address, phone number. Faults stand beside their fields and on top."""

    def __init__(self, data: Any, people: Sequence[StaffMember]) -> None:
        self.is_bound = data is not None
        proposed = {} if self.is_bound else propose_user_names(people)
        self.lines: list[dict[str, Any]] = []
        self.errors: dict[str, list[str]] = {}
        self.labels: dict[str, str] = {}
        for one in people:
            values = {
                "username": data.get(f"username-{one.public_id}", "") if self.is_bound else proposed[one.pk],
                "email": data.get(f"email-{one.public_id}", "") if self.is_bound else "",
                "phone": data.get(f"phone-{one.public_id}", "") if self.is_bound else "",
            }
            self.lines.append({"person": one, "key": str(one.public_id), "values": values, "errors": {}})

    def wanted(self) -> list[NewAccount]:
        return [NewAccount(line["person"], **line["values"]) for line in self.lines]

    def refuse(self, refused: InvalidRecord) -> None:
        self.errors = refused.fields
        for line in self.lines:
            line["errors"] = {
                name: refused.fields[f"{name}-{line['key']}"]
                for name in ("username", "email", "phone")
                if f"{name}-{line['key']}" in refused.fields
            }


class RulesForm(forms.Form):
    """What the department lays down."""

    use_required_attribute = False

    second_factor_from = DayField(
        label="Bắt buộc xác thực hai bước từ ngày",
        hint="Với thủ trưởng, người quản trị, người có quyền tải dữ liệu, phê duyệt. Để trống: chưa ấn định ngày.",
        required=False,
    )

    groups = (
        ("Mật khẩu", ("password_length", "admin_password_length")),
        ("Phiên làm việc", ("idle_minutes", "admin_idle_minutes", "session_hours", "devices_a_day")),
        ("Nhớ thiết bị", ("remember_days",)),
        ("Nhập sai", ("failures_allowed", "lock_minutes", "address_failures_allowed")),
        ("Thư kích hoạt", ("letter_days",)),
    )

    def __init__(self, data: Any) -> None:
        held = rules()
        super().__init__(data, initial={"second_factor_from": held.second_factor_from})
        for _, names in self.groups:
            for name in names:
                label = str(getattr(held._meta.get_field(name), "verbose_name", name))
                self.fields[name] = forms.IntegerField(
                    label=label[:1].upper() + label[1:],
                    initial=getattr(held, name),
                    error_messages={"required": "Hãy nhập một số.", "invalid": "Hãy nhập một số."},
                    widget=forms.TextInput({"class": "form-control", "inputmode": "numeric", "autocomplete": "off"}),
                )

    @property
    def laid_out(self) -> list[tuple[str, list[forms.BoundField]]]:
        whole = [("Xác thực hai bước", ("second_factor_from",)), *self.groups]
        return [(title, [self[name] for name in names]) for title, names in whole]


@login_required
@require_http_methods(["GET", "POST"])
def sign_in_rules(request: HttpRequest) -> HttpResponse:
    """What the department lays down for signing in."""
    require_everywhere(request.actor, Permission.ACCOUNT_MANAGE)
    form = RulesForm(request.POST if request.method == "POST" else None)
    if form.is_bound:
        is_whole = form.is_valid()
        try:
            with transaction.atomic():
                change_sign_in_rules(actor=request.actor, values=form.cleaned_data)
                # Tried for the action's faults, so that all are said in the same go.
                transaction.set_rollback(not is_whole)
        except InvalidRecord as refused:
            for name, texts in refused.fields.items():
                form.add_error(name, texts)
        if not form.errors:
            messages.success(request, "Đã lưu quy định đăng nhập; phiên đang mở theo quy định mới sau một phút.")
            return redirect("authority:sign-in-rules")
    return render(request, "authority/accounts/rules.html", {"form": form})


def _found(request: HttpRequest, where: OrgUnit) -> Found:
    search = read_search(request)
    state = read_filter(request, "tinh-trang", "Tình trạng", [(key, text) for key, (text, _) in _STATES.items()])
    devices = read_filter(request, "thiet-bi", "Thiết bị", _DEVICES)
    agreed = read_filter(request, "quy-che", "Quy chế", _AGREED)
    rows = _working(request, where)
    if state.value:
        rows = rows.filter(_STATES[state.value][1])
    if devices.value:
        rows = rows.filter(pk__in=accounts_on_many_devices(where).values("pk"))
    if agreed.value:
        accepted = RegulationAcceptance.objects.filter(
            account_id=OuterRef("staff__account_id"), regulation=current_regulation()
        )
        has = Q(Exists(accepted))
        rows = rows.filter(has if agreed.value == "da" else ~has, staff__account__isnull=False)
    if search:
        rows = rows.filter(staff_matching(search, prefix="staff__") | Q(staff__account__username__startswith=search))
    return Found(rows, search, [state, agreed, devices])


def _working(request: HttpRequest, where: OrgUnit) -> QuerySet[StaffPosting]:
    rows = visible(StaffPosting.objects.all(), request.actor, Permission.ACCOUNT_MANAGE, of_unit=where.pk)
    return postings_on(rows, clock.today())


def _sums(request: HttpRequest, where: OrgUnit) -> list[tuple[str, int, str]]:
    """How many in each state, with the list of exactly those; one query."""
    found = _working(request, where).aggregate(
        **{f"n{n}": Count("pk", filter=q) for n, (_, q) in enumerate(_STATES.values())}
    )
    base = reverse("authority:unit-accounts", args=[where.public_id])
    return [(text, found[f"n{n}"], f"{base}?tinh-trang={key}") for n, (key, (text, _)) in enumerate(_STATES.items())]


def _row(
    where: OrgUnit,
    posting: StaffPosting,
    positions: dict[str, str],
    elsewhere: dict[int, str],
    locked: dict[int, dt.datetime],
) -> Row:
    person, account = posting.staff, posting.staff.account
    tone, text, note = _state(account, locked)
    if account:
        url = reverse("authority:account-detail", args=[where.public_id, person.public_id])
    else:
        url = f"{reverse('authority:account-open', args=[where.public_id])}?chon={person.public_id}"
    last = account.last_login if account else None
    css = "" if account else "phone-hide"
    return Row(
        Cell(person.full_name, url if account or person.pk not in elsewhere else ""),
        [
            Cell(positions.get(posting.position_code, posting.position_code), css="phone-hide"),
            Cell(account.username if account else "", css=css, label="Tên đăng nhập"),
            Cell(text, tone=tone, note=note, label="Tình trạng"),
            Cell(
                f"{last.astimezone(clock.LOCAL_ZONE):%H:%M %d/%m/%Y}" if last else "",
                css=f"nowrap {css}",
                label="Đăng nhập gần nhất",
            ),
            Cell(("Có" if posting.has_factor else "Chưa") if account else "", css=css, label="Hai bước"),
            Cell(elsewhere.get(person.pk, ""), css="phone-hide"),
        ],
        str(person.public_id) if person.pk not in elsewhere else "-",
    )


def _state(account: Account | None, locked: dict[int, dt.datetime]) -> tuple[str, str, str]:
    """Tone, words, and what stands behind them."""
    if account is None:
        return "calm", "Chưa có tài khoản", ""
    if not account.is_active:
        return "bad", "Đã khóa", account.locked_reason
    if account.pk in locked:
        until = locked[account.pk].astimezone(clock.LOCAL_ZONE)
        return "wait", "Tạm khóa do nhập sai", f"đến {until:%H:%M}"
    if not account.has_usable_password():
        return "wait", "Chờ kích hoạt", ""
    return "good", "Đang dùng", ""


def _detail(
    request: HttpRequest,
    where: OrgUnit,
    person: StaffMember,
    refused: InvalidRecord | None = None,
    typed: dict[str, str] | None = None,
) -> HttpResponse:
    account = person.account
    if account is None:
        return redirect("authority:unit-accounts", where.public_id)
    locked = guarding.locked_until([account])
    tone, text, note = _state(account, locked)
    context = {
        "unit": where,
        "crumbs": crumbs_to(request, where, inside=True),
        "person": person,
        "account": account,
        "tone": tone,
        "state": text,
        "note": note,
        "is_failing": account.pk in locked,
        "has_factor": Authenticator.objects.filter(user=account, type__in=KINDS).exists(),
        "letter": ActivationLetter.objects.filter(account=account, used_at=None, ended_at=None).first(),
        "today": clock.today(),
        "acceptances": RegulationAcceptance.objects.filter(account=account)
        .select_related("regulation")
        .order_by("-regulation__version"),
        "regulation_due": must_accept(account.pk),
        "elsewhere": managed_elsewhere(request.actor, where, [person]).get(person.pk, ""),
        "problems": refused.problems if refused else [],
        "typed": typed or {"email": account.email, "phone": account.phone},
    }
    return render(request, "authority/accounts/detail.html", context)


def _act(
    request: HttpRequest, unit: uuid.UUID, staff: uuid.UUID, act: Callable[..., Any], sentence: str
) -> HttpResponse:
    where = unit_or_404(request, unit)
    person = _person_or_404(request, where, staff)
    try:
        act(actor=request.actor, unit=where, staff=person, reason=request.POST.get("reason", ""))
    except InvalidRecord as refused:
        return _detail(request, where, person, refused)
    messages.success(request, sentence.format(person.full_name))
    return redirect("authority:account-detail", unit, staff)


def _letters(request: HttpRequest, where: OrgUnit, people: Sequence[StaffMember], back: str) -> HttpResponse:
    try:
        paper = print_letters(
            actor=request.actor, unit=where, people=people, address=request.build_absolute_uri("/").rstrip("/")
        )
    except InvalidRecord as refused:
        for text in refused.problems:
            messages.error(request, text)
        return redirect(back)
    name = f"thu-kich-hoat-{where.code}-{clock.now():%Y%m%d-%H%M}.pdf"
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}
    return HttpResponse(paper, content_type="application/pdf", headers=headers)


def _ticked(request: HttpRequest, where: OrgUnit) -> list[StaffMember]:
    """The people ticked, or all found, who work at the unit; in the order of names."""
    rows = _found(request, where).rows
    if not request.POST.get(ALL):
        wanted = []
        for text in (request.POST.getlist("chon") or request.GET.getlist("chon"))[:_MANY]:
            try:
                wanted.append(uuid.UUID(text))
            except ValueError:
                continue
        rows = _working(request, where).filter(staff__public_id__in=wanted)
    people = [one.staff for one in rows.select_related("staff__account").order_by("staff__sort_key", "pk")[:_MANY]]
    if request.POST.get(ALL):
        elsewhere = managed_elsewhere(request.actor, where, people)
        people = [one for one in people if one.pk not in elsewhere]
        if request.POST.get("viec") == "in":
            people = [one for one in people if one.account and one.account.is_active]
    return people


def _person_or_404(request: HttpRequest, where: OrgUnit, staff: uuid.UUID) -> StaffMember:
    rows = visible(StaffPosting.objects.all(), request.actor, Permission.ACCOUNT_MANAGE, of_unit=where.pk)
    return get_object_or_404(
        StaffMember.objects.select_related("account"), public_id=staff, pk__in=rows.values("staff_id")
    )


def unit_or_404(request: HttpRequest, public_id: uuid.UUID) -> OrgUnit:
    """A unit whose accounts this account manages; any other does not exist for it."""
    units = visible(OrgUnit.objects.select_related("parent"), request.actor, Permission.ACCOUNT_MANAGE)
    return get_object_or_404(units, public_id=public_id)


def _open_page(request: HttpRequest, where: OrgUnit, form: OpenForm) -> HttpResponse:
    context = {"unit": where, "crumbs": crumbs_to(request, where, inside=True), "form": form}
    return render(request, "authority/accounts/open.html", context)


def crumbs_to(request: HttpRequest, unit: OrgUnit, *, inside: bool = False) -> list[tuple[str, str]]:
    """The way to a unit's accounts, or to a page inside of them."""
    crumbs = []
    home = request.actor.home_unit
    teaches = unit.kind in TEACHING_KINDS
    if home is None or home.pk != unit.pk:
        first = ("Trường", "authority:school-list") if teaches else ("Đơn vị", "authority:unit-list")
        crumbs.append((first[0], reverse(first[1])))
    name = "school:overview" if teaches else "authority:unit-detail"
    crumbs.append((unit.name, reverse(name, args=[unit.public_id])))
    if inside:
        crumbs.append(("Tài khoản", reverse("authority:unit-accounts", args=[unit.public_id])))
    return crumbs
