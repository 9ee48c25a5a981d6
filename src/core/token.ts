/** 1 for each byte that a token may hold (RFC 9110 section 5.6.2). */
export const isToken = new Uint8Array(256);
for (const byte of Buffer.from("!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"))
  isToken[byte] = 1;
