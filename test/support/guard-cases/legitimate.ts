/** What browsers and API clients of the tenant send, with its own database or none. */
import fc from "fast-check";
import { otherDatabase, ownCall, ownDatabase } from "../xml-grammar.ts";
import { caseOf, formerDatabase, type GuardCase } from "./case.ts";

const word = fc.constantFrom(
  "admin",
  "res.partner",
  "read",
  "",
  "é €",
  "a&b=c;d",
  "100%",
  '"',
  "\\",
  "db",
  "<p>x</p>",
  "service",
);
const utf8 = (text: string) => Buffer.from(text, "utf8").toString("latin1");

/** Data of any kind: guarded words mean nothing but at the top of \`params\`. */
const record = fc.dictionary(
  fc.constantFrom("db", "service", "method", "args", "name", "dbname", "state", "<x>"),
  fc.oneof(word, fc.integer(), fc.constant(null), fc.constant([otherDatabase]), fc.constant({ db: otherDatabase })),
  { maxKeys: 4 },
);
const rpc = (params: fc.Arbitrary<unknown>) =>
  fc
    .tuple(params, fc.constantFrom<unknown>(1, "r1", null, 0.5), fc.nat(2))
    .map(([made, id, indent]) =>
      utf8(JSON.stringify({ jsonrpc: "2.0", method: "call", id, params: made }, null, indent)),
    );

const jsonType = fc.constantFrom(
  "application/json",
  "application/json; charset=utf-8",
  "application/json;charset=UTF-8",
);
const webClient = caseOf({
  path: fc.constantFrom(
    "/web/dataset/call_kw/res.partner/read",
    "/web/action/load",
    "/fr/mail/data",
    "/web/session/get_session_info",
  ),
  type: jsonType,
  body: rpc(
    fc.record(
      { model: word, method: word, args: fc.array(record, { maxLength: 2 }), kwargs: record },
      { requiredKeys: [] },
    ),
  ),
});
const login = caseOf({
  path: fc.constantFrom("/web/session/authenticate", "/fr/web/session/authenticate"),
  type: jsonType,
  body: rpc(fc.record({ db: fc.constant(ownDatabase), login: word, password: word })),
});
const calls: ReadonlyArray<readonly [service: string, method: string, args: fc.Arbitrary<unknown[]>]> = [
  ["object", "execute_kw", fc.tuple(fc.constant(ownDatabase), fc.nat(9), word, word, word, fc.array(record), record)],
  ["object", "execute", fc.tuple(fc.constant(ownDatabase), fc.nat(9), word, word, word)],
  ["common", "authenticate", fc.tuple(fc.constant(ownDatabase), word, word, record)],
  ["common", "login", fc.tuple(fc.constant(ownDatabase), word, word)],
  ["common", "version", fc.constant([])],
  ["db", "server_version", fc.constant([])],
];
const ownRpc = caseOf({
  path: fc.constantFrom("/jsonrpc", "/fr/jsonrpc"),
  type: jsonType,
  body: fc
    .constantFrom(...calls)
    .chain(([service, method, args]) => rpc(args.map((made) => ({ service, method, args: made })))),
});
const xml: fc.Arbitrary<GuardCase> = fc
  .tuple(caseOf({ type: fc.constantFrom("text/xml", "application/xml; charset=utf-8", "") }), ownCall)
  .map(([made, { path, body }]) => ({ ...made, path, body }));

const webhook = caseOf({
  path: fc.constantFrom("/web/hook/0f3c", "/fr/payment/stripe/webhook", "/json/2/res.partner/read"),
  type: jsonType,
  body: fc
    .oneof(
      record,
      fc.array(record, { maxLength: 2 }),
      fc.record({
        params: fc.record({ service: fc.constantFrom("billing", "github"), method: word, args: fc.array(word) }),
      }),
    )
    .map((made) => utf8(JSON.stringify(made))),
});

const state = fc.constantFrom(
  "published",
  "California",
  JSON.stringify({ d: ownDatabase, p: 4, r: "https://x" }),
  '{"r":1}',
);
const ordinary = fc.tuple(
  fc.constantFrom("login", "csrf_token", "name", "Database", "database", "x[db]", "prénom"),
  word,
);
const own = fc.oneof(
  { weight: 4, arbitrary: ordinary },
  fc.tuple(fc.constant("db"), fc.constantFrom(ownDatabase, "")),
  fc.tuple(fc.constantFrom("state", "RelayState"), state),
);
const customers = fc.oneof(ordinary, fc.tuple(fc.constantFrom("db", "state", "Database", "dbname"), word));
const onCustomersPath = fc.constantFrom("/website/form/crm.lead", "/fr/website/form/mail.mail", "/web/hook/0f3c");
const encoded = (fields: readonly (readonly [string, string])[]) =>
  new URLSearchParams(fields.map(([name, value]): [string, string] => [name, value])).toString();

const formType = fc.constantFrom(
  "application/x-www-form-urlencoded",
  "application/x-www-form-urlencoded; charset=UTF-8",
);
const forms = fc.oneof(
  caseOf({
    path: fc.constantFrom("/web/login", "/web/signup", "/fr/shop/cart"),
    type: formType,
    body: fc.array(own).map(encoded),
  }),
  caseOf({ path: onCustomersPath, type: formType, body: fc.array(customers).map(encoded) }),
);
const query = caseOf({
  method: fc.constantFrom("GET", "POST"),
  path: fc.constantFrom("/web", "/web/login", "/fr/web/reset_password", "/blog"),
  query: fc.array(fc.oneof(own, fc.constant(["db", formerDatabase] as const))).map(encoded),
});

const plainName = (name: string) => utf8(name).replaceAll('"', "%22");
const isFile = fc.constantFrom(
  "",
  '; filename="a.bin"\r\nContent-Type: application/octet-stream',
  '; filename="é.txt"\r\nContent-Type: text/plain',
);
const boundary = fc.constantFrom(
  "----WebKitFormBoundary7MA4YWxkTrZu0gW",
  "------------------------d74496d66958873e",
  "----geckoformboundaryd2bd",
);
const multipartOf = (fields: fc.Arbitrary<readonly [string, string]>) =>
  fc.tuple(fc.array(fc.tuple(fields, isFile)), boundary).map(([parts, b]) => ({
    type: `multipart/form-data; boundary=${b}`,
    body: `${parts
      .map(
        ([[name, value], file]) =>
          `--${b}\r\nContent-Disposition: form-data; name="${plainName(name)}"${utf8(file)}\r\n\r\n${utf8(value)}\r\n`,
      )
      .join("")}--${b}--\r\n`,
  }));
const uploads = fc
  .oneof(
    fc.tuple(
      caseOf({ path: fc.constantFrom("/web/binary/upload_attachment", "/mail/attachment/upload") }),
      multipartOf(own),
    ),
    fc.tuple(caseOf({ path: onCustomersPath }), multipartOf(customers)),
  )
  .map(([made, form]) => ({ ...made, ...form }));

/** Requests of the legitimate grammar. */
export const legitimateCase: fc.Arbitrary<GuardCase> = fc.oneof(
  webClient,
  login,
  ownRpc,
  xml,
  webhook,
  forms,
  query,
  uploads,
);
