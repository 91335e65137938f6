-- Purpose: undo takes back rows the run wrote, by key. Inputs: {table}, {key}, keys.
DELETE FROM {table} WHERE {key} = ANY (%(keys)s);
