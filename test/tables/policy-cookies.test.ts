import t from "tap";
import { countSessions, hasSession, rewriteSetCookie } from "../../src/policy/cookies.ts";

const livechat = 'im_livechat_history=["/","/fr"]; im_livechat_session={"visitor_uid":false,"name":"Bot, x"}';

const counts: ReadonlyArray<readonly [rule: string, cookie: string, want: number]> = [
  ["no cookie, no session", "", 0],
  ["one session", "session_id=abc", 1],
  ["among others", "frontend_lang=en_US; session_id=abc; tz=Europe/Paris", 1],
  ["raw JSON is split at semicolons only", `${livechat}; session_id=abc`, 1],
  ["a comma separates nothing", "a=1,session_id=abc", 0],
  ["two sessions", "session_id=a; session_id=b", 2],
  ["without a space", "session_id=a;session_id=b", 2],
  ["an empty value counts", "session_id=", 1],
  ["a name without a value counts", "session_id; a=b", 1],
  ["a nameless cookie of that value counts", "=session_id=x", 1],
  ["several = in front count", " = =session_id=x", 1],
  ["a tab around the name counts", "\tsession_id\t=x", 1],
  ["a vertical tab around the name counts", "\x0bsession_id\x0c=x", 1],
  ["a no-break space around the name counts", "\xa0session_id\x85=x", 1],
  ["a UTF-8 space around the name counts", "\xe2\x80\x83session_id\xe3\x80\x80=x", 1],
  ["a quoted name counts", '"session_id"=x', 1],
  ["a quoted name with an octal escape counts", '"session\\137id"=x', 1],
  ["a quoted name that is another does not", '"session"=x', 0],
  ["half a quote does not", '"session_id=x', 0],
  ["case counts", "Session_ID=x", 0],
  ["a longer name does not", "session_id2=x", 0],
  ["a name that ends so does not", "my_session_id=x", 0],
  ["a space inside does not", "session _id=x", 0],
  ["as a value it does not", "a=session_id", 0],
  ["inside a quoted value it counts: some version splits there", 'a="x; session_id=1"', 1],
  ["an escaped name is another", "session%5fid=x", 0],
];
for (const [rule, cookie, want] of counts) t.equal(countSessions(cookie), want, rule);

t.ok(hasSession("a=b; session_id=x"), "a session is had");
t.notOk(hasSession(livechat), "a livechat visitor has none");

const rewrites: ReadonlyArray<readonly [rule: string, secure: boolean, value: string, want: string]> = [
  ["a cookie on http stays", false, "session_id=a; HttpOnly; Path=/", "session_id=a; HttpOnly; Path=/"],
  ["Secure is added on https", true, "session_id=a; Path=/", "session_id=a; Path=/; Secure"],
  ["Secure is added once", true, "session_id=a; secure; Path=/", "session_id=a; secure; Path=/"],
  ["Secure with a value is Secure", true, "a=b;Secure=1", "a=b;Secure=1"],
  ["a cookie called Secure is not Secure", true, "Secure=1", "Secure=1; Secure"],
  ["Domain is removed", false, "a=b; Domain=example.com; Path=/", "a=b; Path=/"],
  ["Domain at the end is removed", false, "a=b; Path=/; domain=example.com", "a=b; Path=/"],
  ["every Domain is removed", false, "a=b;Domain=x;DOMAIN =y; Path=/", "a=b; Path=/"],
  ["Domain without a value is removed", false, "a=b; Domain", "a=b"],
  ["an attribute that begins so stays", false, "a=b; Domainx=1; Domain", "a=b; Domainx=1"],
  ["a cookie called Domain stays", false, "Domain=x; Path=/", "Domain=x; Path=/"],
  ["SameSite stays as it is", true, "a=b; SameSite=Lax", "a=b; SameSite=Lax; Secure"],
  [
    "Expires keeps its comma",
    false,
    "a=b; Expires=Thu, 01 Jan 2026 00:00:00 GMT",
    "a=b; Expires=Thu, 01 Jan 2026 00:00:00 GMT",
  ],
  ["raw JSON stays", false, 'a={"b":[1,2]}; Path=/', 'a={"b":[1,2]}; Path=/'],
  ["both at once", true, "a=b; Domain=x", "a=b; Secure"],
];
for (const [rule, secure, value, want] of rewrites) t.equal(rewriteSetCookie(value, secure), want, rule);
