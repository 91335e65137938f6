"""Files out: what leaves the system, for whom, why, with which columns."""
