"""Accounts: one named person, one sign-in. Owns the account, its letters of activation, what guards signing in, and the
tokens by which the database knows who acts; the regulation that its users accept.

Leaves to `access` what an account may do and see, and to `staff` which person it belongs to. Second factors and
sessions stand in the tables of django-allauth. Tables: accounts_account, accounts_signinrules, accounts_passwordused,
accounts_activationletter, accounts_signinguard, accounts_deviceday, accounts_remembereddevice, accounts_regulation,
accounts_regulationacceptance, accounts_cache (limits of the second factor).
"""

import datetime as dt

from django.contrib.auth.models import AbstractUser
from django.db import models
from django.db.models.functions import Lower, Now

__all__ = [
    "Account",
    "ActivationLetter",
    "DeviceDay",
    "PasswordUsed",
    "Regulation",
    "RegulationAcceptance",
    "RememberedDevice",
    "SignInGuard",
    "SignInRules",
]


class Account(AbstractUser):
    """One person's sign-in. The display name is kept here because sign-in precedes every right to read records.

    `unit_code` is the code of the unit that opened the account: no password may hold it. A locked account
    (`is_active` false) says since when and why.
    """

    first_name = None  # type: ignore[assignment] # Vietnamese names are one field
    last_name = None  # type: ignore[assignment] # as above
    full_name = models.CharField("họ và tên", max_length=120)
    phone = models.CharField("điện thoại đăng nhập", max_length=20, blank=True)
    unit_code = models.CharField(max_length=20, blank=True)
    locked_at = models.DateTimeField(null=True)
    locked_reason = models.CharField("lý do khóa", max_length=200, blank=True)

    REQUIRED_FIELDS = ["full_name"]

    class Meta:
        verbose_name = "tài khoản"
        constraints = [
            models.CheckConstraint(
                condition=models.Q(username=Lower("username")), name="a_user_name_is_written_in_small_letters"
            ),
            models.UniqueConstraint(
                fields=["email"],
                condition=models.Q(is_active=True) & ~models.Q(email=""),
                name="a_mail_address_signs_in_one_active_account",
            ),
            models.UniqueConstraint(
                fields=["phone"],
                condition=models.Q(is_active=True) & ~models.Q(phone=""),
                name="a_phone_number_signs_in_one_active_account",
            ),
        ]

    def __str__(self) -> str:
        return self.full_name or self.username

    def get_full_name(self) -> str:
        return self.full_name


class SignInRules(models.Model):
    """The one row of what the department lays down for signing in; without it the values below hold.

    `second_factor_from` is the first day on which an account that needs a second factor does nothing before it has one;
    empty: the grace period is open without end.
    """

    second_factor_from = models.DateField("bắt buộc xác thực hai bước từ ngày", null=True, blank=True)
    password_length = models.PositiveSmallIntegerField("số ký tự ít nhất của mật khẩu", default=12)
    admin_password_length = models.PositiveSmallIntegerField("số ký tự ít nhất của mật khẩu người quản trị", default=14)
    idle_minutes = models.PositiveSmallIntegerField("số phút không thao tác thì kết thúc phiên", default=30)
    admin_idle_minutes = models.PositiveSmallIntegerField(
        "số phút không thao tác thì kết thúc phiên của người quản trị", default=15
    )
    session_hours = models.PositiveSmallIntegerField("số giờ dài nhất của một phiên", default=12)
    failures_allowed = models.PositiveSmallIntegerField("số lần nhập sai thì tạm khóa", default=5)
    lock_minutes = models.PositiveSmallIntegerField("số phút tạm khóa lần đầu", default=15)
    address_failures_allowed = models.PositiveSmallIntegerField("số lần nhập sai từ một địa chỉ mạng", default=50)
    letter_days = models.PositiveSmallIntegerField("số ngày dùng được thư kích hoạt", default=14)
    devices_a_day = models.PositiveSmallIntegerField("số thiết bị trong ngày thì ghi nhận bất thường", default=3)
    remember_days = models.PositiveSmallIntegerField(
        "số ngày nhớ thiết bị ở bước xác thực thứ hai (0: không nhớ)", default=30, db_default=30
    )

    class Meta:
        verbose_name = "quy định đăng nhập"
        constraints = [
            models.CheckConstraint(condition=models.Q(pk=1), name="the_rules_of_signing_in_are_one_row"),
        ]

    def __str__(self) -> str:
        return "Quy định đăng nhập"


class PasswordUsed(models.Model):
    """A password the account had before, as its hash: the last ones are not taken again."""

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="passwords_used")
    password = models.CharField(max_length=128)
    at = models.DateTimeField(db_default=Now())

    class Meta:
        indexes = [models.Index(fields=["account", "-at"], name="password_used_by_account")]

    def __str__(self) -> str:
        return f"{self.account_id} {self.at:%d/%m/%Y}"


class ActivationLetter(models.Model):
    """A letter with a one-time code by which a person chooses a password; the code stands here as a keyed hash only.

    A letter ends by its use, by the next letter, by the day, or by too many wrong codes.
    """

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="letters")
    code_hash = models.CharField(max_length=64)
    issued_at = models.DateTimeField(db_default=Now(), help_text="real time")
    issued_by = models.BigIntegerField(null=True)
    last_day = models.DateField(help_text="last day on which the code is taken, by the clock of the business")
    wrong_codes = models.PositiveSmallIntegerField(default=0)
    used_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["account"],
                condition=models.Q(used_at=None, ended_at=None),
                name="an_account_has_one_open_letter",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.account_id} {self.last_day:%d/%m/%Y}"

    def holds_on(self, day: dt.date) -> bool:
        """Whether its code is still taken on a day."""
        return self.used_at is None and self.ended_at is None and day <= self.last_day


class SignInGuard(models.Model):
    """Failures of one account, of one name that is no account, or of one network address; never the name itself.

    `key` is a keyed hash. `level` counts the locks in a row, each twice as long as the one before.
    """

    key = models.CharField(max_length=64, primary_key=True)
    failures = models.PositiveIntegerField(default=0)
    level = models.PositiveSmallIntegerField(default=0)
    last_failed_at = models.DateTimeField(null=True)
    locked_until = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return self.key[:8]


class DeviceDay(models.Model):
    """An account was signed in on a device (the random name that a browser keeps) on a day, in real time."""

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="device_days")
    device = models.CharField(max_length=32)
    day = models.DateField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["account", "day", "device"], name="a_device_of_a_day_is_said_once"),
        ]

    def __str__(self) -> str:
        return f"{self.account_id} {self.day}"


class RememberedDevice(models.Model):
    """A browser on which signing in takes the password alone for some days, because a second factor was shown there.

    The browser keeps a random token, here stands its hash only. It never stands in for the fresh second factor that a
    signature asks for, and it ends with a new password, a change of the second factors, signing out everywhere.
    """

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="remembered_devices")
    token_hash = models.CharField(max_length=64, unique=True)
    browser = models.CharField(max_length=60)
    address = models.GenericIPAddressField(null=True)
    created_at = models.DateTimeField(db_default=Now(), help_text="real time")
    used_at = models.DateTimeField(null=True)
    expires_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["account", "expires_at"], name="remembered_device_by_account")]

    def __str__(self) -> str:
        return f"{self.account_id} {self.browser}"


class Regulation(models.Model):
    """One version of the regulation on managing and using the database, as the department published it. Never changed:
    another text is another version."""

    version = models.PositiveSmallIntegerField("bản", unique=True)
    title = models.CharField("tên quy chế", max_length=200)
    decision_no = models.CharField("số, ký hiệu văn bản ban hành", max_length=60, blank=True)
    text = models.TextField("nội dung")
    text_hash = models.CharField(max_length=64)
    published_at = models.DateTimeField("công bố lúc")
    published_by = models.CharField("người công bố", max_length=200)

    class Meta:
        verbose_name = "quy chế"

    def __str__(self) -> str:
        return f"{self.title}, bản {self.version}"

    @property
    def paragraphs(self) -> list[tuple[bool, str]]:
        """Lines of the text, each with whether it heads what follows."""
        return [(line.startswith(("Điều ", "Chương ", "Mục ")), line) for line in self.text.splitlines()]


class RegulationAcceptance(models.Model):
    """A person accepted one version: when, from which address, and the hash of the text that stood there."""

    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="acceptances")
    regulation = models.ForeignKey(Regulation, on_delete=models.PROTECT, related_name="acceptances")
    text_hash = models.CharField(max_length=64)
    at = models.DateTimeField("chấp nhận lúc")
    address = models.GenericIPAddressField("từ địa chỉ mạng", null=True)

    class Meta:
        verbose_name = "chấp nhận quy chế"
        constraints = [
            models.UniqueConstraint(fields=["account", "regulation"], name="a_version_is_accepted_once"),
        ]

    def __str__(self) -> str:
        return f"{self.account_id} {self.regulation_id}"
