/** Multipart forms: boundaries and delimiters as some Werkzeug could read them in its own way. */
import fc from "fast-check";
import { caseOf, mostly } from "./case.ts";
import { multipartPart, READ_BYTES } from "./part.ts";

const boundaries = mostly(
  "----WebKitFormBoundaryX1",
  "B",
  "a'b_c",
  "x+y",
  "a b",
  "(b)",
  "--",
  "B--",
  "0".repeat(70),
  "b,c",
  "b:/?=",
);

/** Ways to tell a boundary. */
const typesOf = (b: string) =>
  mostly(
    `multipart/form-data; boundary=${b}`,
    ...[
      `multipart/form-data; boundary="${b}"`,
      `Multipart/Form-Data;boundary=${b}`,
      `multipart/form-data; charset=utf-16; boundary=${b}`,
    ],
    ...[`multipart/form-data; boundary=${b}; boundary=other`, `multipart/form-data; boundary=other; boundary=${b}`],
    ...[
      `multipart/form-data, boundary=${b}`,
      `multipart/form-data; BOUNDARY=${b}`,
      `multipart/form-data; boundary = ${b}`,
    ],
    ...[
      `multipart/form-data; boundary*0=${b.slice(0, 2)}; boundary*1=${b.slice(2)}`,
      `multipart/form-data; boundary*=utf-8''${b}`,
    ],
    ...[
      `multipart/form-data; boundary='${b}'`,
      `multipart/form-data; boundary="${b}`,
      `multipart/form-data; boundary=${b};`,
    ],
    ...[
      `multipart/form-data; x="; boundary=other"; boundary=${b}`,
      `multipart/form-data; boundary=${b} x`,
      "multipart/form-data",
    ],
    ...[
      `multipart/form-data; boundary="\\${b}"`,
      `multipart/form-data;; boundary=${b}`,
      `multipart/form-data; boundary=${b},other`,
    ],
    ...[`multipart/mixed; boundary=${b}`, `multipart/form-data ; boundary=${b}`, `multipart/form-data;boundary=${b}\t`],
  );

/** What stands between two parts. */
const delimitersOf = (b: string) =>
  mostly(
    `\r\n--${b}\r\n`,
    ...[
      `\n--${b}\n`,
      `\r\n--${b}\n`,
      `\n--${b}\r\n`,
      `\r--${b}\r`,
      `\r\n--${b} \r\n`,
      `\r\n--${b}\t \r\n`,
      `--${b}\r\n`,
      `\r\n --${b}\r\n`,
    ],
    ...[
      `\r\n--${b}x\r\n`,
      `\r\n--${b.slice(0, -1)}\r\n`,
      `\r\n--${b}--\r\n--${b}\r\n`,
      `\r\n--${b}--`,
      `\r\n---${b}\r\n`,
      `\r\n--${b}\r\n\r\n`,
    ],
    ...[
      `\r\n--${b}\r`,
      `\r\n--${b}\x0b\r\n`,
      `\r\n\r\n--${b}\r\n`,
      `\r\r\n--${b}\r\n`,
      `\r\n--other\r\n`,
      `\r\n--${b}-\r\n`,
      `\x85--${b}\r\n`,
    ],
    // Old versions cut lines at 64 KiB.
    ...[-2, -1, 0, 1, 2].map((more) => `\r\n${"x".repeat(READ_BYTES + more)}--${b}\r\n`),
  );
const firstOf = (b: string) =>
  mostly(
    `--${b}\r\n`,
    `\r\n--${b}\r\n`,
    `\n--${b}\n`,
    `preamble\r\n--${b}\r\n`,
    `\r\n\r\n--${b}\r\n`,
    `--${b}--\r\n--${b}\r\n`,
    ` --${b}\r\n`,
    "",
  );
const lastOf = (b: string) =>
  mostly(
    `\r\n--${b}--\r\n`,
    `\r\n--${b}--`,
    `\r\n--${b}\r\n`,
    "",
    `\n--${b}--\n`,
    `\r\n--${b}--\r\nepilogue`,
    `\r\n--${b}-- \r\n`,
    `\r\n--${b}--\r\n--${b}\r\nContent-Disposition: form-data; name="db"\r\n\r\nx\r\n--${b}--\r\n`,
  );

const forms = boundaries.chain((b) =>
  fc.record({
    type: typesOf(b),
    body: fc
      .tuple(firstOf(b), fc.array(fc.tuple(multipartPart, delimitersOf(b)), { minLength: 1, maxLength: 3 }), lastOf(b))
      .map(
        ([first, parts, last]) =>
          first + parts.map((one, i) => (i + 1 < parts.length ? one.join("") : one[0])).join("") + last,
      ),
  }),
);
const paths = fc.constantFrom(
  "/web/login",
  "/pages/harmless",
  "/website/form/crm.lead",
  "/fr/web/hook/5",
  "/logo",
  "/jsonrpc",
);

/** Multipart forms of someone who wants another database. */
export const hostileMultipart = fc
  .tuple(caseOf({ path: paths, method: mostly("POST", "PUT", "GET") }), forms)
  .map(([made, form]) => ({ ...made, ...form }));
