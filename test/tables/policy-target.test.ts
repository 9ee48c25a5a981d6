import t from "tap";
import { splitTarget } from "../../src/policy/target.ts";

const rows: ReadonlyArray<readonly [rule: string, method: string, target: string, want: string]> = [
  ["origin-form has no authority", "GET", "/web", "|/web|-"],
  ["a query is what stands behind the first ?", "GET", "/web?a=b?c", "|/web|a=b?c"],
  ["an empty query is one", "GET", "/web?", "|/web|"],
  ["a path that begins with two slashes is origin-form", "GET", "//evil.example/x", "|//evil.example/x|-"],
  ["a raw backslash in the query passes", "GET", "/web?q=C:\\a", "|/web|q=C:\\a"],
  ["raw quotes, braces and bars pass", "GET", '/{a}|"?q=<>^`{|}', '|/{a}|"|q=<>^`{|}'],
  ["a stray percent passes here", "GET", "/a%?b=%", "|/a%|b=%"],
  ["a fragment is refused", "GET", "/web#x", "bad_target"],
  ["a fragment in the query is refused", "GET", "/web?a#x", "bad_target"],
  ["a space is refused", "GET", "/web x", "bad_target"],
  ["a control byte is refused", "GET", "/web\x0b", "bad_target"],
  ["a control byte in the query is refused", "GET", "/web?\x01", "bad_target"],
  ["0x7f is refused", "GET", "/web\x7f", "bad_target"],
  ["0xa0 is refused", "GET", "/web\xa0", "bad_target"],
  ["a char beyond a byte is refused", "GET", "/web\u2028", "bad_target"],
  ["an empty target is refused", "GET", "", "bad_target"],
  ["absolute-form has an authority", "GET", "http://acme.example:80/web?a", "acme.example:80|/web|a"],
  ["the scheme has no case", "GET", "HTTP://acme.example/", "acme.example|/|-"],
  ["absolute-form without a path asks for /", "GET", "http://acme.example", "acme.example|/|-"],
  ["absolute-form without a path keeps its query", "GET", "http://acme.example?x=1", "acme.example|/|x=1"],
  ["absolute-form keeps a double slash", "GET", "http://acme.example//web", "acme.example|//web|-"],
  ["an @ in the path is no userinfo", "GET", "http://acme.example/@/x", "acme.example|/@/x|-"],
  ["an @ in the query is no userinfo", "GET", "http://acme.example?x@y", "acme.example|/|x@y"],
  ["userinfo is refused", "GET", "http://u@acme.example/", "bad_target"],
  ["empty userinfo is refused", "GET", "http://@acme.example/", "bad_target"],
  ["an empty authority is refused", "GET", "http:///web", "bad_target"],
  ["an empty authority before a query is refused", "GET", "http://?x", "bad_target"],
  ["https is refused", "GET", "https://acme.example/", "bad_target"],
  ["another scheme is refused", "GET", "file:///web", "bad_target"],
  ["one slash after the scheme is refused", "GET", "http:/web", "bad_target"],
  ["a scheme without slashes is refused", "GET", "http:web", "bad_target"],
  ["a rootless path is refused", "GET", "web/login", "bad_target"],
  ["authority-form is refused", "GET", "acme.example:443", "bad_target"],
  ["a lone query is refused", "GET", "?a=b", "bad_target"],
  ["OPTIONS * asks about the server", "OPTIONS", "*", "asterisk_target"],
  ["* is for OPTIONS only", "GET", "*", "bad_target"],
  ["*/ is no asterisk-form", "OPTIONS", "*/", "bad_target"],
];

function written(method: string, target: string): string {
  const split = splitTarget(method, target);
  if (typeof split === "string") return split;
  return `${split.authority}|${split.path}|${split.hasQuery ? split.query : "-"}`;
}

for (const [rule, method, target, want] of rows) t.equal(written(method, target), want, rule);
