"""Appends a row to a table again and again with delta-rs, as another program would, while a server writes to it too.

usage: delta_append.py TABLE_URI COUNT
Each append copies the table's first row. Prints how many there were; one that loses against another commit is tried again.
"""

import json
import os
import sys

from deltalake import DeltaTable, write_deltalake


def main():
    uri, count = sys.argv[1], int(sys.argv[2])
    row = DeltaTable(uri).to_pyarrow_table().slice(0, 1)
    for _ in range(count):
        write_deltalake(uri, row, mode="append")
    print(json.dumps({"appended": count, "version": DeltaTable(uri).version()}))


main()
# See delta_rows.py.
sys.stdout.flush()
os._exit(0)
