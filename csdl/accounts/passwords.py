"""Rules of passwords in the words of our pages, where the framework's own are not translated."""

from django.contrib.auth.password_validation import MinimumLengthValidator

__all__ = ["LongEnough"]


class LongEnough(MinimumLengthValidator):
    """At least so many characters."""

    def get_error_message(self) -> str:
        return f"Mật khẩu quá ngắn. Hãy dùng ít nhất {self.min_length} ký tự, ví dụ ghép vài từ dễ nhớ."
