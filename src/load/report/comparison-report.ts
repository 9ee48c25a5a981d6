import type { RunComparison } from "../compare-runs.ts";
import { comparisonConcernsOf, comparisonFactsOf, comparisonTablesOf } from "./comparison-tables.ts";
import { textDocument } from "./text-report.ts";
import type { Paint } from "./text-table.ts";

/** The comparison of two runs for a terminal; ends with a newline. */
export function comparisonTextReport(comparison: RunComparison, paint: Paint): string {
  const concerns = comparisonConcernsOf(comparison);
  return textDocument(comparisonFactsOf(comparison), comparisonTablesOf(comparison), concerns, paint);
}
