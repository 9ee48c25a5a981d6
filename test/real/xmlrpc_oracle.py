"""What a worker makes of XML bodies: one JSON string per line in (one char per byte), one JSON value per line out.

null: no call. Else [method or null, kind of the first parameter, its text or null].
"""

import json
import sys
import xmlrpc.client


def read(body):
    try:
        params, method = xmlrpc.client.loads(body.encode("latin-1"))
    except Exception:
        return None
    if not params:
        return [method, "none", None]
    first = params[0]
    return [method, type(first).__name__, first if isinstance(first, str) else None]


for line in sys.stdin:
    print(json.dumps(read(json.loads(line))))
