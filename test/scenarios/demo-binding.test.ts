import t from "tap";
import { ask, get, post, request, runRows, workersFor } from "../support/odoo.ts";

const h16 = (await workersFor(t, "16.0", "^%d$")).httpPort;
const h17 = (await workersFor(t, "17.0", "^%h$")).httpPort;
const h19 = (await workersFor(t, "19.0", "^%h$")).httpPort;
const wide = (await workersFor(t, "17.0", "%h", { databases: ["acme.a", "acme.b"] })).httpPort;

const login = "/web/login";
const inAcme = /Database: acme\.localhost/;
const inGlobex = /Database: globex\.localhost/;
const toSelector = /^HTTP\/1\.0 303 .*Location: \/web\/database\/selector\r/s;

runRows(t, [
  ["the host selects its database", h17, get(login), inAcme],
  ["its port does not count", h17, get(login, "Host: acme.localhost:8080"), inAcme],
  ["its case does", h17, get(login, "Host: ACME.localhost"), toSelector],
  ["%d is its first label", h16, get(login, "Host: initech.localhost"), /Database: initech</],
  ["no database leads to the selector", h17, get(login, "Host: nobody.localhost"), toSelector],
  ["the front page leads to the back office then", h19, get("/", "Host: nobody.localhost"), /Location: \/odoo\r/],
  ["several databases are none", wide, get(login, "Host: acme"), toSelector],
  ["?db= picks one that the filter accepts", wide, get(`${login}?db=acme.b`, "Host: acme"), / 302 .*\?db=acme\.b\r/s],
  ["?db= of another host is ignored", h17, get(`${login}?db=globex.localhost`), inAcme],
  ["X-Forwarded-Host wins, by its last element", h17, get(login, "X-Forwarded-Host: x, globex.localhost"), inGlobex],
  ["so does X_Forwarded_Host", h17, get(login, "X_Forwarded_Host: globex.localhost"), inGlobex],
  ["an empty one does not", h17, get(login, "X-Forwarded-Host:"), inAcme],
  ["an absolute target overrides Host", h17, get(`http://u@globex.localhost${login}`), inGlobex],
  [
    "19 binds by X-Odoo-Database, statelessly",
    h19,
    get(login, "X-Odoo-Database: acme.localhost"),
    /^(?!.*session_id=).*acme/s,
  ],
  ["not to another host's", h19, get(login, "X-Odoo-Database: globex.localhost"), toSelector],
  ["17 does not read it", h17, get(login, "X-Odoo-Database: globex.localhost"), inAcme],
]);

const sessionOf = (answer: string): string => /session_id=([\w-]+)/.exec(answer)![1]!;
const loggedIn = async (): Promise<string> => sessionOf(await ask(h17, post(login, "login=admin&password=admin")));

t.test("a session belongs to one database", async (t) => {
  const cookie = `Cookie: a="b,c"; session_id=${await loggedIn()}`;
  t.match(await ask(h17, get("/web", cookie)), /^(?!.*Set-Cookie).*Logged in as admin/s, "it is known where it began");
  t.match(
    await ask(h17, get("/web", cookie, "Host: globex.localhost")),
    / 303 .*session_id=/s,
    "elsewhere it is ended",
  );
  t.match(await ask(h17, get("/web", cookie)), / 303 .*session_id=/s, "and then gone at home too");
});

t.test("up to 17 a session may stand in the query", async (t) => {
  t.match(await ask(h17, get(`/web?session_id=${await loggedIn()}`)), /Logged in as admin/);
});

t.test("logging out ends a session", async (t) => {
  const cookie = `Cookie: session_id=${await loggedIn()}`;
  t.match(await ask(h17, get("/web/session/logout", cookie)), / 303 .*session_id=/s);
  t.match(await ask(h17, get("/web", cookie)), /Location: \/web\/login\r/);
});

t.test("picking a database by ?db= is remembered", async (t) => {
  const cookie = `Cookie: session_id=${sessionOf(await ask(wide, get(`${login}?db=acme.b`, "Host: acme")))}`;
  t.match(await ask(wide, get(`${login}?db=acme.b`, "Host: acme", cookie)), /Database: acme\.b</);
});

t.test("19 refuses a session beside another X-Odoo-Database", async (t) => {
  const cookie = `Cookie: session_id=${sessionOf(await ask(h19, get("/")))}`;
  t.match(await ask(h19, request("GET /", [cookie, "X-Odoo-Database: globex.localhost"])), /^HTTP\/1\.0 403 /);
});
