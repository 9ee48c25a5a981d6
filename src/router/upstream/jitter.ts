const JITTER = 0.2;

/** `ms` up to a fifth more or less, by a random number in [0, 1): keeps many edges and endpoints from acting together. */
export function jittered(ms: number, random: number): number {
  return ms * (1 - JITTER + 2 * JITTER * random);
}
