"""Figures of the product beside bare SQL that does the same; `make bench`, `make bench-full`. See README.md."""
