/** User id of the one account that every demo database has. */
export const adminUid = 2;

/** Whether a login gets in: the account is admin with the password admin. */
export function passwordFits(login: unknown, password: unknown): boolean {
  return login === "admin" && password === "admin";
}
