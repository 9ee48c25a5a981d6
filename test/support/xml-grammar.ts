/** Generated XML bodies: calls as clients write them, and what an attacker makes of them. One char per byte. */
import fc from "fast-check";

/** The tenant's database, and another. */
export const ownDatabase = "acme.example.com";
export const otherDatabase = "globex.example.com";

/** A generated body and the path that it is sent to. */
export interface XmlCase {
  readonly path: string;
  readonly body: string;
}

const toUtf8 = (text: string) => Buffer.from(text, "utf8").toString("latin1");
const blank = fc.constantFrom("", "", "\n", " ", "\r\n\t");
const scalarNames = ["string", "int", "i4", "i8", "boolean", "double", "base64", "dateTime.iso8601"];

function encoded(code: number, way: number): string {
  if (way === 1) return `&#${code};`;
  return way === 2 ? `&#x${code.toString(16)};` : String.fromCharCode(code);
}

/** `text` with some of its characters as references. */
const referenced = (text: string) =>
  fc
    .array(fc.constantFrom(0, 0, 0, 1, 2), { minLength: text.length, maxLength: text.length })
    .map((ways) => [...text].map((char, i) => encoded(char.charCodeAt(0), ways[i]!)).join(""));

const anyText = fc.constantFrom("", "a", " b ", "1", "x&amp;y", "&lt;methodName&gt;", toUtf8("é€"), "&#233;", "]]&gt;");

const { value: anyValue } = fc.letrec<{ value: string; content: string }>((tie) => ({
  value: fc.tuple(tie("content"), blank, blank).map(([content, a, b]) => {
    return content.startsWith("<") ? `<value>${a}${content}${b}</value>` : `<value>${content}</value>`;
  }),
  content: fc.oneof(
    { maxDepth: 3 },
    anyText,
    fc
      .tuple(fc.constantFrom("string", "string", "base64"), anyText)
      .map(([name, text]) => `<${name}>${text}</${name}>`),
    fc.constantFrom(
      "<int>2</int>",
      "<i4>-1</i4>",
      "<boolean>1</boolean>",
      "<double>0.5</double>",
      "<nil/>",
      "<struct/>",
    ),
    fc.array(tie("value"), { maxLength: 3 }).map((items) => `<array><data>${items.join("")}</data></array>`),
    fc.constant("<array>\n<data/>\n</array>"),
    fc
      .array(tie("value"), { maxLength: 2 })
      .map(
        (items) =>
          `<struct>${items.map((item, i) => `<member><name>k${i}</name>${item}</member>`).join("\n")}</struct>`,
      ),
  ),
}));

const declaration = fc.constantFrom(
  "",
  "<?xml version='1.0'?>",
  '<?xml version="1.0" ?>\n',
  '<?xml version="1.0" encoding="UTF-8"?>',
  "<?xml version='1.0' encoding='utf-8' standalone='yes' ?>\n",
);

const methods = {
  "/xmlrpc/2/object": ["execute", "execute_kw"],
  "/fr/xmlrpc/object": ["execute_kw"],
  "/xmlrpc/common": ["login", "authenticate"],
  "/pages/harmless": ["execute", "execute_kw", "login", "authenticate"],
} as const;
const pathsOfCalls = Object.keys(methods) as (keyof typeof methods)[];

function callOn(database: string): fc.Arbitrary<XmlCase> {
  const first = fc.oneof(referenced(database), fc.constant(database));
  const firstValue = fc.oneof(
    fc.tuple(blank, first, blank).map(([a, text, b]) => `<value>${a}<string>${text}</string>${b}</value>`),
    first.map((text) => `<value>${text}</value>`),
  );
  const parameters = fc
    .tuple(firstValue, fc.array(anyValue, { maxLength: 4 }), blank)
    .map(([value, more, gap]) => [value, ...more].map((one) => `<param>${gap}${one}${gap}</param>`).join(gap));
  return fc
    .tuple(fc.constantFrom(...pathsOfCalls), fc.nat(3), declaration, blank, parameters)
    .map(([path, index, head, gap, text]) => {
      const method = methods[path][index % methods[path].length]!;
      const inner = `<methodName>${method}</methodName>${gap}<params>${gap}${text}${gap}</params>`;
      return { path, body: `${head}<methodCall>${gap}${inner}${gap}</methodCall>${gap}` };
    });
}

/** Calls of the tenant's own database, as its clients may write them. */
export const ownCall = callOn(ownDatabase);
/** The same of another database. */
export const otherCall = callOn(otherDatabase);

const names = ["methodCall", "methodName", "params", "param", "value", "fault", "member", "name", "array", "data"];
const anyName = fc
  .tuple(
    fc.constantFrom("", "", "", "x:", "x:y:", toUtf8("é:")),
    fc.constantFrom(...names, "struct", "nil", "a", ...scalarNames),
  )
  .map(([prefix, name]) => prefix + name);
const leaf = fc.constantFrom(ownDatabase, otherDatabase, "execute_kw", "list", "1", "", " ", "&d;", "&#65;");

/** Elements in any order: the unmarshaller minds no order either. */
const { node } = fc.letrec<{ node: string }>((tie) => ({
  node: fc.oneof(
    { maxDepth: 5 },
    leaf,
    fc
      .tuple(
        anyName,
        fc.constantFrom("", "", " ", " a='<'", " a='1'"),
        fc.array(tie("node"), { minLength: 1, maxLength: 4 }),
      )
      .map(([name, rest, inner]) => `<${name}${rest}>${inner.join("")}</${name}>`),
    anyName.map((name) => `<${name}/>`),
  ),
}));

const doctype = fc.constantFrom(
  ...[
    "",
    "",
    "",
    "<!DOCTYPE a>",
    '<!DOCTYPE a SYSTEM "b[">',
    "<!DOCTYPE a [<!ELEMENT a ANY>]>",
    `<!DOCTYPE a [<!ENTITY d "${otherDatabase}">]>`,
  ],
  `<!DOCTYPE a [<!ENTITY d "&#60;params>&#60;value>${otherDatabase}&#60;/value>&#60;/params>">]>`,
  `<!DOCTYPE a [<!ENTITY d "<methodName>execute_kw</methodName><string>${otherDatabase}</string>">]>`,
);
const paths = fc.constantFrom<string>(
  ...pathsOfCalls,
  "/xmlrpc/2/db",
  "/fr/xmlrpc/db/",
  "/pages/harmless",
  "/pages/harmless",
);

const freeForm = fc
  .tuple(paths, declaration, doctype, anyName, fc.array(node, { minLength: 1, maxLength: 5 }))
  .map(([path, head, type, root, inner]) => ({ path, body: `${head}${type}<${root}>${inner.join("")}</${root}>` }));

const planted = fc.constantFrom(
  `<value>${otherDatabase}</value>`,
  `<string>${otherDatabase}</string>`,
  `<params><param><value>${otherDatabase}</value></param></params>`,
  `<![CDATA[${otherDatabase}]]>`,
  otherDatabase,
  "<methodName>list</methodName>",
  '<!DOCTYPE a [<!ENTITY d "e">]>',
);
const tagPieces =
  "< > / : x: ' \" & &d; &amp; &#x; &#0; ]]> <!----> <!--<a --> <![CDATA[]]> <nil/> <params/> <fault/> a='b'";
const pieces = fc.oneof(
  planted,
  fc.constantFrom(...tagPieces.split(" "), " ", "<?x y?>", "\0", "\x01", "\xff", "\xc0\xbc", "\xef\xbb\xbf"),
  fc.constantFrom("<value>", "</value>", "<string>", "</string>", "<params>", "</params>", "</methodCall>"),
);

/** One change: what to do at which of a body's tokens, and with which piece. */
const change = fc.tuple(
  fc.constantFrom("insert", "insert", "drop", "repeat", "swap", "prefix", "retype"),
  fc.oneof(fc.nat(16), fc.nat(10_000)),
  pieces,
);
type Change = typeof change extends fc.Arbitrary<infer T> ? T : never;

function changed(body: string, [kind, position, piece]: Change): string {
  const tokens = body.match(/<[^>]*>|[^<]+/g) ?? [];
  const at = position % (tokens.length + 1);
  const token = tokens[at] ?? "";
  if (kind === "insert") {
    const middle = position % (body.length + 1);
    return position % 2 === 0
      ? tokens.toSpliced(at, 0, piece).join("")
      : body.slice(0, middle) + piece + body.slice(middle);
  }
  if (kind === "drop") return tokens.toSpliced(at, 1).join("");
  if (kind === "repeat") return tokens.toSpliced(at, 0, token).join("");
  if (kind === "swap") return tokens.toSpliced(at, 2, tokens[at + 1] ?? "", token).join("");
  if (kind === "retype") return body.replace(/<string>([^<]*)<\/string>/, "<dateTime.iso8601>$1</dateTime.iso8601>");
  const name = /^<\/?([\w.]+)/.exec(token)?.[1] ?? "methodCall";
  return body.replaceAll(new RegExp(`(</?)(${name}\\b)`, "g"), "$1x:$2");
}

const mutated = fc
  .tuple(fc.oneof(ownCall, ownCall, otherCall), paths, fc.boolean(), fc.array(change, { minLength: 1, maxLength: 3 }))
  .map(([{ path, body }, other, moved, changes]) => ({
    path: moved ? other : path,
    body: changes.reduce(changed, body),
  }));

const encodings = [
  "utf-16",
  "utf-16le",
  "iso-8859-1",
  "us-ascii",
  "koi8-r",
  "cp1252",
  "cp037",
  "utf-7",
  "mac-greek",
  "utf8",
];
const wide = (text: string) => Buffer.from(text, "utf16le");
const waysToEncode: ReadonlyArray<(text: string) => Buffer> = [
  (text) => Buffer.from(`\ufeff${text}`),
  (text) => Buffer.from(text),
  (text) => wide(text),
  (text) => wide(text).swap16(),
  (text) => wide(`\ufeff${text}`),
  (text) => wide(`\ufeff${text}`).swap16(),
  (text) => wide(text.replaceAll(/(<\/?)(\w)/g, "$1丁:$2")).swap16(),
];

const reencoded = fc
  .tuple(fc.oneof(otherCall, freeForm), fc.constantFrom(...waysToEncode), fc.option(fc.constantFrom(...encodings)))
  .map(([{ path, body }, encode, label]) => {
    const text = label === null ? body : `<?xml version="1.0" encoding="${label}"?>${body.replace(/^<\?.*?\?>/, "")}`;
    return { path, body: encode(text).toString("latin1") };
  });

/** Bodies that someone writes who wants another database. */
export const hostileBody: fc.Arbitrary<XmlCase> = fc.oneof(
  { weight: 1, arbitrary: otherCall },
  { weight: 4, arbitrary: freeForm },
  { weight: 4, arbitrary: mutated },
  { weight: 2, arbitrary: reencoded },
);
