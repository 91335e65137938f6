"""The fresh proof of who one is that an act which stands for a signature asks for: the one seam of the pages."""

from csdl.accounts.second_factor import second_factor_required

__all__ = ["fresh_proof_required"]

fresh_proof_required = second_factor_required
