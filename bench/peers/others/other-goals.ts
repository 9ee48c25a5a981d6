/** Goals apart from forwarding: the guard, hostile requests, `emit`, and the soak that proves isolation. */
import { emit } from "../../cases/emit.ts";
import type { GuardCosts } from "../../micro/guard.ts";
import type { SoakResult } from "../../soak/stamps.ts";
import type { Figure } from "../../support/bench-case.ts";
import type { Effort } from "../effort.ts";
import type { FiguresResult, Sections } from "../results.ts";
import { measureAmplification } from "./amplification.ts";
import { runProgram } from "./run-program.ts";

const SOAK_REQUESTS = 1_000_000;

/** Runs the bench of the guard, hostile requests, and the bench of `emit`. */
export async function measureOthers(effort: Effort): Promise<Sections["others"]> {
  const results = [await measureGuard(effort), await measureAmplification(effort)];
  if (!effort.quick) results.push(await measureEmit(effort));
  return { results };
}

const figure = (name: string, value: number, unit: Figure["unit"], errors = 0): Figure => {
  return { name, value, unit, errors };
};

async function measureGuard({ progress }: Effort): Promise<FiguresResult> {
  progress("guard");
  const { usual, worst } = await runProgram<GuardCosts>("micro/guard.ts", ["--json"]);
  const uploads = usual.filter(({ name }) => name.endsWith("5 MiB")).map(({ nsPerByte }) => nsPerByte);
  const dearest = worst.toSorted((a, b) => b.nsPerByte - a.nsPerByte)[0]!;
  const small = usual[0]!;
  return {
    id: "guard",
    title: "The guard alone",
    figures: [
      figure("slowest upload", 1000 / Math.max(...uploads), "MB/s"),
      figure(`worst body (${dearest.name})`, dearest.nsPerByte, "ns/B"),
      figure(small.name, small.micros, "us"),
    ],
  };
}

async function measureEmit({ progress }: Effort): Promise<FiguresResult> {
  progress("emit");
  const { figures, gates } = await emit.run();
  return { id: "emit", title: emit.doc, figures: [...figures, ...gates.map(({ max: _, ...gate }) => gate)] };
}

/** A million requests of every kind for 50 tenants, every byte checked. */
export async function measureIsolation({ quick, progress }: Effort): Promise<Sections["isolation"]> {
  const requests = quick ? SOAK_REQUESTS / 100 : SOAK_REQUESTS;
  progress(`soak of ${requests} requests`);
  const soak = await runProgram<SoakResult>("soak/run.ts", ["--json", "--requests", `${requests}`, "--seed", "1"]);
  const failures = Object.entries(soak.failed).map(([reason, times]) => figure(`failed: ${reason}`, times, "count"));
  const figures = [
    figure("requests", soak.requests, "count"),
    figure("bytes checked", soak.bytes / 2 ** 20, "MiB"),
    figure("bytes that crossed", soak.crossed, "count"),
    ...failures,
  ];
  return { results: [{ id: "isolation", title: "Soak: 50 tenants, every byte stamped", figures }] };
}
