/**
 * A whole head, from its first byte to the empty line's last: as text for what is kept of it, and the bytes that it was
 * made from, `bytes[at, at + text.length)`, for the walk over it. The bytes are lent: whoever reads them does so at once.
 */
export interface HeadPiece {
  /** Latin-1: one character per byte. */
  readonly text: string;
  readonly bytes: Uint8Array;
  readonly at: number;
}

/** The same of somebody who has only the text. */
export function headPiece(text: string): HeadPiece {
  return { text, bytes: Buffer.from(text, "latin1"), at: 0 };
}

/** No head: it was refused before it was whole. */
export const noHead: HeadPiece = headPiece("");
