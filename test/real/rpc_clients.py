"""Python's XML-RPC client and OdooRPC, as a script's author uses them, through an edge on this machine.

Arguments: port, hostname, database. Prints a JSON object: of each action what came back, or the error as it prints.
"""

import json
import socket
import sys
import xmlrpc.client

import odoorpc

port, host, database = int(sys.argv[1]), sys.argv[2], sys.argv[3]
resolve = socket.getaddrinfo
socket.getaddrinfo = lambda _host, *rest, **more: resolve("127.0.0.1", *rest, **more)

url = f"http://{host}:{port}/xmlrpc/2"
common = xmlrpc.client.ServerProxy(f"{url}/common")
models = xmlrpc.client.ServerProxy(f"{url}/object")
manager = xmlrpc.client.ServerProxy(f"http://{host}:{port}/xmlrpc/db")
odoo = odoorpc.ODOO(host, port=port)


def logged_in():
    odoo.login(database, "admin", "admin")
    return odoo.execute("res.company", "search_read", [], ["name"])


actions = {
    "xmlrpc version": lambda: common.version()["server_version"],
    "xmlrpc authenticate": lambda: common.authenticate(database, "admin", "admin", {}),
    "xmlrpc wrong password": lambda: common.authenticate(database, "admin", "wrong", {}),
    "xmlrpc search_read": lambda: models.execute_kw(
        database, 2, "admin", "res.company", "search_read", [[]], {"fields": ["name"], "limit": 1}
    ),
    "xmlrpc server_version": lambda: manager.server_version(),
    "xmlrpc list": lambda: manager.list(),
    "odoorpc version": lambda: odoo.version,
    "odoorpc search_read": logged_in,
    "odoorpc list": lambda: odoo.db.list(),
}


def outcome(action):
    try:
        return action()
    except Exception as error:
        return f"{type(error).__name__}: {error}"


print(json.dumps({name: outcome(action) for name, action in actions.items()}))
