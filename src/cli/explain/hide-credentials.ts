const CREDENTIAL_LINE = /^([ \t]*(?:cookie|authorization|proxy-authorization)[ \t]*:).*$/gim;

/** A head's text without the values of its cookies and credentials: it may be pasted into a ticket. */
export function hideCredentials(text: string): string {
  return text.replace(CREDENTIAL_LINE, "$1 (hidden)");
}
