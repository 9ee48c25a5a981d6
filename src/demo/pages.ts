import { passwordFits } from "./accounts.ts";
import { accepts, type Call } from "./call.ts";
import { escapeHtml, type Field, html, redirect, type WorkerResponse } from "./message.ts";

/** A page that says which database it was made from, and for which host. */
export function page(call: Call, status: number, title: string, content: string, fields?: readonly Field[]) {
  const body = `<!doctype html>
<title>${escapeHtml(title)} | ${call.database ?? "no database"}</title>
<h1>${escapeHtml(title)}</h1>
<p>Database: ${call.database ?? "none"}</p>
<p>Host: ${escapeHtml(call.host)}</p>
<p>Odoo ${call.settings.odoo}</p>
${content}
`;
  return html(status, body, fields);
}

/** The website's front page; without a database the way to the back office. */
export function home(call: Call): WorkerResponse {
  if (call.database === null) return redirect(303, backOffice(call));
  const language: Field = ["Set-Cookie", "frontend_lang=en_US; Path=/"];
  return page(call, 200, "Home", `<p><a href="/web/login">Sign in</a></p>`, [language]);
}

/** The login form, and its POST: 303 when the password fits, 200 when not. */
export function login(call: Call): WorkerResponse {
  return withDatabase(call, () => {
    if (call.request.method !== "POST") return loginPage(call, "");
    const form = new URLSearchParams(call.request.body.toString());
    if (!passwordFits(form.get("login"), form.get("password"))) return loginPage(call, "Wrong login/password");
    const { sessions } = call.settings;
    sessions.end(call.session);
    call.session = sessions.create(call.database, form.get("login"));
    return redirect(303, backOffice(call));
  });
}

/** The back office, for those who are logged in. */
export function webClient(call: Call): WorkerResponse {
  return withDatabase(call, () =>
    call.session.login === null
      ? redirect(303, "/web/login")
      : page(call, 200, "Back office", `<p>Logged in as ${escapeHtml(call.session.login)}</p>`),
  );
}

/** Ends the session, as a click on "Log out" does. */
export function logout(call: Call): WorkerResponse {
  call.settings.sessions.end(call.session);
  call.session = call.settings.sessions.create(call.database);
  return redirect(303, "/web/login");
}

/** What Odoo says of a path that it does not know. */
export function notFound(call: Call): WorkerResponse {
  return page(call, 404, "Page not found", "<p>We could not find the page you are looking for.</p>");
}

/** Odoo's `ensure_db`: `?db=` where the filter accepts it, else the bound database, else off to the selector. */
function withDatabase(call: Call, render: () => WorkerResponse): WorkerResponse {
  const asked = call.query.get("db") ?? "";
  if (asked !== "" && asked !== call.session.database && accepts(call.settings, call.host, asked)) {
    call.session = call.settings.sessions.create(asked);
    return redirect(302, call.request.target);
  }
  return call.database === null ? redirect(303, "/web/database/selector") : render();
}

function loginPage(call: Call, problem: string): WorkerResponse {
  const form = `<p role="alert">${problem}</p>
<form action="/web/login" method="post">
<input name="login" placeholder="admin"><input name="password" type="password" placeholder="admin"><button>Log in</button>
</form>`;
  return page(call, 200, "Log in", form);
}

function backOffice(call: Call): string {
  return call.settings.odooMajor >= 18 ? "/odoo" : "/web";
}
