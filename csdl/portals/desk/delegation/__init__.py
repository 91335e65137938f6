"""Pages of delegation, shared by schools and authorities: rights, papers, the administration account, people."""
