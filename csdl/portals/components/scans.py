"""The field in which a scan is sent; whether it is one, the action says."""

from django import forms
from django.utils.functional import lazy

from csdl.lib.uploads import upload_limit_mb

__all__ = ["ScanField"]

_NO_FILE = "Chưa nhận được tệp. Hãy chọn lại tệp."


class ScanField(forms.FileField):
    """A PDF or a picture of paper; the hint begins with what is taken."""

    def __init__(self, *, label: str, hint: str = "", required: bool) -> None:
        super().__init__(
            label=label,
            required=required,
            help_text=lazy(lambda: f"PDF, JPEG hoặc PNG, nặng nhất {upload_limit_mb()} MB. {hint}".rstrip(), str)(),
            allow_empty_file=True,
            widget=forms.FileInput({"class": "form-control", "accept": ".pdf,.jpg,.jpeg,.png"}),
            error_messages={"required": "Hãy chọn tệp.", "missing": _NO_FILE, "invalid": _NO_FILE},
        )
