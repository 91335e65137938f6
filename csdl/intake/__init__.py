"""The ministry's Excel files in: read, map, check, plan, apply. README.md has the map of the module."""
