/**
 * A glance at a whole JSON body: whether the reader could find anything in it at all. Off the doors it finds something
 * only where a string is one of a few names (`db`, a call's `service`, a `login`: json.ts, json-params.ts,
 * login-fields.ts), or where a byte shows an encoding other than UTF-8. A letter of a string is itself or a `\u` escape, so
 * a body with neither those names in quotes, nor such an escape, nor such a byte, needs no reading.
 *
 * It may say that there is something where there is nothing, never the contrary. Hot: most bodies of a web client end
 * here. Neither expression repeats anything, so both are linear; V8 looks for their first bytes many at a time, and for
 * both in one only one by one. `bench/micro/guard.ts`.
 */

const names = /"(?:db|service|login)"/;
/** An escape that could spell a name, and the bytes of UTF-16, UTF-32 and their marks. */
const disguises = /\\u|[\0\xfe\xff]/;

/** As much of a piece's end as a name or an escape that goes on in the next piece can begin with. */
const OVERLAP = '"service"'.length - 1;

/** Whether the text (latin-1) of a JSON object, all of it, may hold what the reader judges. */
export function mayHoldName(text: string): boolean {
  return disguises.test(text) || names.test(text);
}

/** The same of an object in pieces. */
export function mayHoldNameInPieces(pieces: Iterable<Uint8Array>): boolean {
  let before = "";
  for (const piece of pieces) {
    const text = before + Buffer.from(piece.buffer, piece.byteOffset, piece.length).toString("latin1");
    if (mayHoldName(text)) return true;
    before = text.slice(-OVERLAP);
  }
  return false;
}
