const EMPTY: readonly never[] = Object.freeze([]);

/**
 * The value, plain data, with everything in it frozen.
 *
 * All empty lists become one: most of a tenant's lists are empty, and that halves what a plan leaves to the collector.
 */
export function deepFreeze<T>(value: T): T {
  if (typeof value !== "object" || value === null || Object.isFrozen(value)) return value;
  if (Array.isArray(value) && value.length === 0) return EMPTY as T;
  const parts = value as Record<string, unknown>;
  for (const key of Object.keys(parts)) {
    const part = parts[key];
    const frozen = deepFreeze(part);
    if (frozen !== part) parts[key] = frozen;
  }
  return Object.freeze(value);
}
