"""Reads a table with delta-rs, as any engine would, and prints rows of one service as JSON.

usage: delta_rows.py TABLE_URI SERVICE COLUMN...
Binary columns are printed as lower-case hex. A table that does not exist yet has no rows: it is made by the first seal.
"""

import json
import os
import sys

import pyarrow.compute as pc
from deltalake import DeltaTable
from deltalake.exceptions import TableNotFoundError


def show(value):
    if isinstance(value, bytes):
        return value.hex()
    if isinstance(value, list):
        return [show(item) for item in value]
    if hasattr(value, "isoformat"):
        return value.isoformat()
    return value


def main():
    uri, service, columns = sys.argv[1], sys.argv[2], sys.argv[3:]
    try:
        table = DeltaTable(uri)
    except TableNotFoundError:
        print(json.dumps({"version": None, "rows": []}))
        return
    wanted = list(dict.fromkeys(["service_name", *columns]))
    rows = table.to_pyarrow_table(columns=wanted)
    if service != "*":
        rows = rows.filter(pc.equal(rows["service_name"], service))
    rows = rows.to_pylist()
    print(json.dumps({"version": table.version(), "rows": [{c: show(row[c]) for c in columns} for row in rows]}))


main()
# The answer is out. The reader's threads sometimes abort the interpreter when it takes itself down ("terminate called
# without an active exception"), which says nothing about the table.
sys.stdout.flush()
os._exit(0)
