/** Rate limits against the plain version, on generated traffic. */
import fc from "fast-check";
import t from "tap";
import { RateLimits } from "../../src/policy/limits/rate-limits.ts";
import { PlainBuckets } from "../support/rate-reference.ts";
import { rateMemory, take } from "../support/rates.ts";

const limit = fc.record({
  requests: fc.integer({ min: 1, max: 50 }),
  perMs: fc.constantFrom(1000, 60_000),
  burst: fc.integer({ min: 1, max: 8 }),
});
const request = fc.record({
  afterMs: fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 3000 }), fc.double({ min: 0, max: 50, noNaN: true })),
  tenant: fc.constantFrom("acme", "other"),
  address: fc.constantFrom("203.0.113.1", "203.0.113.2", "2001:db8::1"),
});
const requests = fc.array(request, { minLength: 30, maxLength: 60 });
const seed = Number(process.env.SEED ?? Date.now() % 2 ** 31);
t.comment(`seed ${seed}: repeat with SEED=${seed}`);

t.test("every request is decided as by the plain version", async (t) => {
  let refused = 0;
  fc.assert(
    fc.property(limit, limit, requests, fc.boolean(), (perTenant, perClient, asked, shared) => {
      const rates = new RateLimits(rateMemory(64, 16, shared));
      const plain = new PlainBuckets();
      let nowMs = 0;
      for (const { afterMs, tenant, address } of asked) {
        nowMs += afterMs;
        const got = take(rates, { tenant, address, perTenant, perClient }, nowMs);
        const want = plain.take(
          [
            [tenant, perTenant],
            [`${tenant} ${address}`, perClient],
          ],
          nowMs,
        );
        if (Math.abs(got - want) > 1 || (got === 0) !== (want === 0)) throw new Error(`${got} instead of ${want}`);
        if (got > 0) refused++;
      }
    }),
    { seed, numRuns: 2000 },
  );
  t.ok(refused > 1000, `enough are refused: ${refused}`);
});

t.test("with far too little room nobody is granted more than the plain version grants", async (t) => {
  const crowd = fc.array(
    fc.record({ afterMs: fc.integer({ min: 0, max: 400 }), client: fc.integer({ min: 0, max: 30 }) }),
    { minLength: 100, maxLength: 300 },
  );
  let held = 0;
  fc.assert(
    fc.property(limit, crowd, fc.boolean(), (perClient, asked, shared) => {
      const rates = new RateLimits(rateMemory(1, 16, shared));
      const granted = new Map<string, number[]>();
      let nowMs = 0;
      for (const { afterMs, client } of asked) {
        nowMs += afterMs;
        const address = `203.0.113.${client}`;
        if (take(rates, { address, perClient }, nowMs) === 0)
          granted.set(address, [...(granted.get(address) ?? []), nowMs]);
      }
      held += rates.clients.overflows;
      for (const times of granted.values()) {
        const plain = new PlainBuckets();
        for (const ms of times) if (plain.take([["", perClient]], ms) !== 0) throw new Error(`granted at ${ms}`);
      }
    }),
    { seed, numRuns: 500 },
  );
  t.ok(held > 1000, `the overflow is used: ${held}`);
});
