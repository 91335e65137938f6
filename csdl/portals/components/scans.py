"""The field in which a scan is sent; whether it is one, the action says."""

from django import forms

__all__ = ["ScanField"]

_NO_FILE = "Chưa nhận được tệp. Hãy chọn lại tệp."


class ScanField(forms.FileField):
    """A PDF or a picture of paper."""

    def __init__(self, *, label: str, hint: str, required: bool) -> None:
        super().__init__(
            label=label,
            required=required,
            help_text=hint,
            allow_empty_file=True,
            widget=forms.FileInput({"class": "form-control", "accept": ".pdf,.jpg,.jpeg,.png"}),
            error_messages={"required": "Hãy chọn tệp.", "missing": _NO_FILE, "invalid": _NO_FILE},
        )
