"""What h11 reads: one JSON string (latin-1: one character per byte) per line in, one verdict per line out."""
import json
import sys

import h11

LIMIT = 1 << 20


def read(raw):
    connection = h11.Connection(our_role=h11.SERVER, max_incomplete_event_size=LIMIT)
    try:
        connection.receive_data(raw)
        request = connection.next_event()
    except h11.RemoteProtocolError as error:
        return {"refused": str(error)}
    if not isinstance(request, h11.Request):
        return {"refused": "no request"}
    return {
        "reading": {
            "method": request.method.decode("latin-1"),
            "target": request.target.decode("latin-1"),
            "fields": [[name.decode("latin-1"), value.decode("latin-1")] for name, value in request.headers],
            "body": body(connection),
        }
    }


def body(connection):
    data = b""
    try:
        while isinstance(event := connection.next_event(), h11.Data):
            data += event.data
    except h11.RemoteProtocolError:
        pass
    return data.decode("latin-1")


for line in sys.stdin:
    print(json.dumps(read(json.loads(line).encode("latin-1"))))
