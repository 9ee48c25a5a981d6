"""What workers of Odoo 14 to 19 make of requests that the guard judged.

Arguments: the tenant's database; the folder of one Werkzeug, or nothing for Python's own parsers.
One case per line in (JSON; of its strings one char is one byte), one JSON list per line out: what in the request a
worker would take for another database, or for a call of its database service. Where the readers of several majors
differ the widest counts: whatever one of them would do is in the list.
"""

import io
import json
import re
import sys
import urllib.parse
import xmlrpc.client

OWN = sys.argv[1]
FORMER = "acme-old"
JSON_TYPES = ("application/json", "application/json-rpc")
FORM_TYPE = "application/x-www-form-urlencoded"
SERVICES = ("common", "db", "object")
DB_METHODS = """db_exist list list_lang list_countries create_database duplicate_database drop dump restore rename
change_admin_password migrate_databases""".split()
LAST_JSONP_MAJOR = 14

if len(sys.argv) > 2:
    sys.path.insert(0, sys.argv[2])
    from werkzeug.wrappers import Request


def foreign(value):
    return bool(value) and value != OWN


# odoo/http.py: JSON-RPC, whose parameters become keyword arguments of whatever endpoint the path leads to.
def from_json(text):
    try:
        top = json.loads(text)
        params = dict(top.get("params", {}))
    except (ValueError, TypeError, AttributeError, RecursionError):
        return
    if foreign(params.get("db")):
        yield "json: params.db"
    if all(name in params for name in ("service", "method", "args")):
        yield from from_call("json", [params["service"]], params["method"], params["args"])


# odoo/http.py dispatch_rpc and odoo/service/{common,db,model}.py; `services` are those that it may be.
def from_call(reader, services, method, args):
    try:
        args = list(args)
    except TypeError:
        return
    known = len(services) == 1
    if "object" in services and args and foreign(args[0]) and (known or isinstance(args[0], str)):
        yield f"{reader}: object on another database"
    if "common" in services and method in ("login", "authenticate") and args and foreign(args[0]):
        yield f"{reader}: login to another database"
    if "db" in services and method != "server_version" and (known or method in DB_METHODS):
        yield f"{reader}: db service"


# addons/rpc: the path names the service, but behind an alias it may be any.
def from_xml(path, body):
    try:
        params, method = xmlrpc.client.loads(body)
    except Exception:
        return
    named = re.search(r"/xmlrpc/(?:2/)?(common|db|object)/?$", path)
    yield from from_call("xml", [named[1]] if named else SERVICES, method, params)


# Parameters of `type=http` endpoints, those of forms and of the query alike; versions differ in which repetition counts.
def from_fields(reader, path, fields):
    query = reader.endswith("query")
    own_words = not query and re.match(r"(/[^/]*)?/(website/form|web/hook)(/|$)", path)
    allowed = FORMER if query else OWN
    for name, value in fields:
        if name == "master_pwd":
            yield f"{reader}: master_pwd"
        if own_words:
            continue
        if name == "db" and foreign(value) and value != allowed:
            yield f"{reader}: db"
        if name == "dbname" and re.match(r"(/[^/]*)?/(logo|logo\.png|web/binary/company_logo)/?$", path):
            if foreign(value) and value != allowed:
                yield f"{reader}: dbname"
        if name in ("state", "RelayState") and foreign(state_of(value)) and state_of(value) != allowed:
            yield f"{reader}: {name}"


# addons/auth_oauth and its kin.
def state_of(value):
    try:
        state = json.loads(value)
        return state.get("d") if isinstance(state, dict) else None
    except (ValueError, RecursionError):
        return None


def by_python(case, body):
    yield from from_json(body.decode("utf-8", "replace"))
    yield from from_xml(case["path"], body)
    sources = [("query", case["query"])]
    if case["type"].lower().startswith(FORM_TYPE):
        sources.append(("form", body.decode("latin-1")))
    for source, text in sources:
        for separated in {text, text.replace(";", "&")}:
            fields = urllib.parse.parse_qsl(separated, keep_blank_values=True)
            yield from from_fields(f"urllib {source}", case["path"], fields)


def by_werkzeug(case, body):
    environ = {
        "REQUEST_METHOD": case["method"],
        "PATH_INFO": case["path"],
        "QUERY_STRING": case["query"],
        "CONTENT_TYPE": case["type"],
        "CONTENT_LENGTH": str(len(body)),
        "HTTP_HOST": OWN,
        "wsgi.url_scheme": "https",
        "wsgi.input": io.BytesIO(body),
    }
    request = Request(environ)
    yield from from_fields("query", case["path"], pairs(request.args))
    jsonp = case["major"] <= LAST_JSONP_MAJOR and request.args.get("jsonp")
    if request.mimetype in JSON_TYPES:
        yield from from_json(request.get_data(as_text=True))
    else:
        yield from from_fields("form", case["path"], pairs(request.form))
        files = [(name, file.read().decode("utf-8", "replace")) for name, file in pairs(request.files)]
        yield from from_fields("file", case["path"], files)
    if jsonp:
        yield from from_json(request.args.get("r") or request.form.get("r") or "{}")


def pairs(fields):
    return [(name, value) for name in fields for value in fields.getlist(name)]


def readings(case):
    body = case["body"].encode("latin-1")
    read = by_werkzeug if len(sys.argv) > 2 else by_python
    found = []
    try:
        found.extend(read(case, body))
    except Exception:
        # The worker answers 400 or 500 here; what it had read before stays in the list.
        pass
    return found


for line in sys.stdin:
    print(json.dumps(readings(json.loads(line))))
