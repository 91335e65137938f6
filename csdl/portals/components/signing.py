"""The fresh proof of who one is that an act which stands for a signature asks for: the one seam of the pages.

Until the second factor is here it is the password, asked again; then this file alone says otherwise.
"""

from allauth.account.decorators import reauthentication_required

__all__ = ["fresh_proof_required"]

fresh_proof_required = reauthentication_required
