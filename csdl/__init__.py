"""CSDL GDĐT: the education database of a province. Start at docs/map.md."""
