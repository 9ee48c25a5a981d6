import { z } from "zod";
import { type Scanned, scannedText } from "../scanned.ts";
import { database, document, hostname, metadata, name, networks } from "./fields.ts";

const LIST_MAX = 1000;

const alias = z.strictObject({
  hostname: hostname.meta({ description: "Further hostname of the tenant." }),
  mode: z.enum(["Redirect", "Rewrite"]).prefault("Redirect").meta({
    description: "Redirect: 308 to the tenant's hostname; Rewrite: Host is replaced by it.",
  }),
});

const origin = scannedText("invalid_origin", (text): Scanned<string> => {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url === null || !/^https?:$/.test(url.protocol)) return { fault: "must be an http or https origin" };
  return url.origin === text
    ? { value: text }
    : { fault: "must be serialised as browsers send it", hint: `write ${url.origin}` };
});

// A canonical path as the edge compares it: no escapes, no empty, `.` or `..` segments.
const PATH = /^(?:\/(?!\.{1,2}(?:\/|$))[A-Za-z0-9._~!$&'()*+,;=:@-]+)+$/;

const exemptPath = scannedText("invalid_path", (text) =>
  PATH.test(text) ? { value: text } : { fault: "must start with `/` and have no escapes, query or empty segments" },
);

// `master_pwd` is refused on every path: no form of a customer has that field, and every database door has it.
const exemptName = scannedText("guard_not_exempt", (text) => {
  if (text === "master_pwd") return { fault: "is judged on every path" };
  return text === "" ? { fault: "must not be empty", code: "out_of_range" } : { value: text };
});

const exemption = z.strictObject({
  path: exemptPath.meta({ description: "Canonical path of the form." }),
  names: z
    .array(exemptName.meta({ type: "string" }))
    .min(1)
    .max(LIST_MAX)
    .meta({ description: "Form fields that name no database there." }),
});

const spec = z
  .strictObject({
    hostname: hostname.meta({ description: "Canonical hostname; stored in lower case and punycode." }),
    aliases: z.array(alias).max(LIST_MAX).prefault([]).meta({ description: "Further hostnames." }),
    database: database.optional().meta({ description: "PostgreSQL database of the tenant; without it, the hostname." }),
    pool: name.meta({ description: "Name of the WorkerPool that serves the tenant." }),
    tier: name.meta({ description: "Name of the tenant's Tier." }),
    state: z.enum(["Active", "Maintenance", "Suspended"]).prefault("Active").meta({
      description: "Maintenance and Suspended answer 503 for the tenant.",
    }),
    access: z
      .strictObject({
        allow: networks("Networks of the only clients that are let in; empty: all."),
        deny: networks("Networks of clients that are refused, also where they are allowed."),
      })
      .prefault({})
      .meta({ description: "Who may reach the tenant." }),
    origins: z
      .array(origin.meta({ type: "string" }))
      .max(LIST_MAX)
      .prefault([])
      .meta({ description: "Further origins that may open WebSockets with a session." }),
    formerDatabases: z
      .array(database.meta({ type: "string" }))
      .max(LIST_MAX)
      .prefault([])
      .meta({ description: "Names that old invitation mails still carry in `?db=`." }),
    guard: z
      .strictObject({
        exempt: z
          .array(exemption)
          .max(LIST_MAX)
          .prefault([])
          .meta({ description: "Form fields that mean something else on a path." }),
      })
      .prefault({})
      .meta({ description: "Exceptions from the binding guard." }),
  })
  .meta({ description: "Settings of the tenant." });

/** One customer. */
export const tenantDocument = document(
  "Tenant",
  metadata("Name of the tenant.", {}),
  spec,
  "One customer: a hostname, a database, a pool and a tier.",
);
