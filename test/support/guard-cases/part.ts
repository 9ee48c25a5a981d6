/** Parts of multipart forms: names, heads and contents as some Werkzeug could read them in its own way. */
import fc from "fast-check";
import { joined, mostly } from "./case.ts";
import { fieldNames, valueFor } from "./form.ts";

const percent = (text: string) => text.replaceAll(/[^a-z]/g, (char) => `%${char.charCodeAt(0).toString(16)}`);

/** Ways to name a part. */
const namesOf = (name: string) =>
  mostly(
    `; name="${name}"`,
    ...[
      `;name="${name}"`,
      `; name=${name}`,
      `; NAME="${name}"`,
      `; name = "${name}"`,
      `;\r\n name="${name}"`,
      `;\n\tname="${name}"`,
    ],
    ...[
      `; name*=UTF-8''${percent(name)}`,
      `; name="x"; name*=UTF-8''${percent(name)}`,
      `; name*="utf-8''${name}"`,
      `; name*=cp037''${name}`,
    ],
    ...[
      `; name*0="${name.slice(0, 1)}"; name*1="${name.slice(1)}"`,
      `; name*0*=utf-8''${percent(name)}`,
      `; name="x"; name="${name}"`,
    ],
    ...[
      `; name="${name}"; name="x"`,
      `; name='${name}'`,
      `; name="\\${name}"`,
      `; "name"="${name}"`,
      `, name="${name}"`,
      `; name="${name}`,
    ],
    ...[
      `; filename="a\\"; name="${name}"`,
      `; filename="a;b"; name="${name}"`,
      `; filename=a"; name="${name}"`,
      `;; name="${name}"`,
    ],
    ...[
      `; x=y; name="${name}"`,
      `; name="${name}\\"`,
      `; name="${name}" x`,
      `; filename="\\\\"; name="${name}"`,
      "",
      `; name="a\0"; name="${name}"`,
    ],
    ...[
      `\xa0; name="${name}"`,
      `;\x0bname="${name}"`,
      `; name=\xa0"${name}"`,
      `; name="x\r; name="${name}"`,
      `; filename="a\x85"; name="${name}"`,
    ],
    ...[
      `; name="${name}"; filename="f"`,
      `; name="${name}"; filename*=utf-8''f`,
      `; filename="f"; name="${name}"`,
      `; name="${name}"; filename=""`,
    ],
  );

const more = mostly(
  "",
  ...[
    "Content-Type: text/plain\r\n",
    "Content-Type: text/plain; charset=utf-16\r\n",
    "Content-Type: text/plain; charset=utf-7\r\n",
  ],
  ...[
    "Content-Type: text/plain; charset=cp037\r\n",
    "content-type:text/plain;charset='utf-16le'\r\n",
    "Content-Type: x/y; charset=rot13\r\n",
  ],
  ...[
    "Content-Transfer-Encoding: base64\r\n",
    "Content-Transfer-Encoding: quoted-printable\r\n",
    "Content-Transfer-Encoding: 8bit\r\n",
  ],
  ...[
    "content-transfer-encoding:\r\n base64\r\n",
    "X: y\r\n",
    "X\r\n",
    "Content-Type: multipart/mixed; boundary=B\r\n",
    " folded\r\n",
  ],
  ...[
    'Content-Disposition: form-data; name="db"\r\n',
    'X: y\nContent-Disposition: form-data; name="db"\r\n',
    "Content-Length: 3\r\n",
  ],
  ...[
    'X: y\rContent-Disposition: form-data; name="db"\r\n',
    'X: y\x0bContent-Disposition: form-data; name="master_pwd"\r\n',
  ],
  ...[
    'X: y\x85Content-Disposition: form-data; name="db"\r\n',
    'X: y\xe2\x80\xa8Content-Disposition: form-data; name="db"\r\n',
  ],
  ...[
    'X: y\x1cContent-Disposition: form-data; name="db"\r\n',
    'Content-Disposition : form-data; name="db"\r\n',
    ": x\r\n",
  ],
);
const disposition = mostly(
  "Content-Disposition: form-data",
  "content-disposition:form-data",
  "Content-Disposition: attachment",
  "Content-Disposition:\r\n form-data",
  "Content-Disposition: FORM-DATA",
  "Content-Disposition:",
  "\xefContent-Disposition: form-data",
);
const emptyLine = mostly("\r\n\r\n", "\n\n", "\r\r", "\r\n\n", "\r\n \r\n", "\n\r\n", "\r\n");

const encodings: ReadonlyArray<(text: string) => string> = [
  (text) => Buffer.from(text, "latin1").toString("base64"),
  (text) => Buffer.from(text, "utf16le").toString("latin1"),
  (text) => Buffer.from(`\ufeff${text}`, "utf16le").toString("latin1"),
  (text) => text.replaceAll(/[^a-z.]/g, (char) => `=${char.charCodeAt(0).toString(16).toUpperCase().padStart(2, "0")}`),
  (text) =>
    text.replaceAll(
      /[^a-z.]/g,
      (char) => `+${Buffer.from(char, "utf16le").swap16().toString("base64").replaceAll("=", "")}-`,
    ),
];
const written = (value: string) =>
  fc
    .oneof({ weight: 10, arbitrary: fc.constant(-1) }, fc.nat(encodings.length - 1))
    .map((way) => encodings[way]?.(value) ?? value);

/** Bytes that Werkzeug reads at a time. */
export const READ_BYTES = 65_536;

/** Contents that end near the end of such a piece, and ordinary ones. */
const contentOf = (name: string) =>
  fc.oneof(
    { weight: 150, arbitrary: valueFor(name).chain(written) },
    fc.nat(400).map((less) => "x".repeat(READ_BYTES - less)),
    fc.nat(400).map((less) => "x".repeat(READ_BYTES - 100 - less) + "\r".repeat(100)),
  );

/** A part without its delimiters. */
export const multipartPart = fieldNames.chain((name) =>
  joined(
    disposition,
    namesOf(name),
    fc.constant("\r\n"),
    more,
    emptyLine.map((end) => end.replace(/^\r\n(?=.)/s, "")),
    contentOf(name),
  ),
);
