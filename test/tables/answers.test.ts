import t from "tap";
import { answerCodes } from "../../src/core/answers.ts";
import { headAnswers } from "../../src/core/head-answers.ts";
import { policyAnswers } from "../../src/core/policy-answers.ts";
import { workerAnswers } from "../../src/core/worker-answers.ts";

// Joining the tables would let a repeated code silently replace the first.
const rows = [headAnswers, policyAnswers, workerAnswers].flatMap((table) => Object.keys(table));
t.strictSame(rows, answerCodes, "no code stands in two tables, and all keep their order");
