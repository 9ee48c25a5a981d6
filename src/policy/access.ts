import type { AddressSet } from "./addresses.ts";

/** A tenant's lists; null where it has none. */
export interface AccessLists {
  readonly allow: AddressSet | null;
  readonly deny: AddressSet | null;
}

/** Whether a client may reach the tenant: any deny wins, and an allow list that is there admits only what it names. */
export function accessAllows(client: string, lists: AccessLists): boolean {
  if (lists.deny?.has(client)) return false;
  return lists.allow === null || lists.allow.has(client);
}
