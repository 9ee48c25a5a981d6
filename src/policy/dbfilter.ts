/** The filters that a pool may have: Odoo's `%h` is the host, `%d` its first label. */
export type Dbfilter = "^%h$" | "%h" | "^%d$" | "^%d\\..*$";
