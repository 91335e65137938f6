"""The second wall: row-level-security policies, made from the same declarations as the queryset filter.

No tables of its own. Reads every `visibility.py`, writes the migrations that hold the policies, and prepares the
roles and grants of a database.
"""
