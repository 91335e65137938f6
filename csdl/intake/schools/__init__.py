"""The school file, step by step: reading (read, map), checks, planning (plan); `actions.schools` applies the plan."""
