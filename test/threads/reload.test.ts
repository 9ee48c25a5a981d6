/** The scenarios of this name, played by edges of two threads. */
import "../support/two-threads.ts";
import "../scenarios/reload.test.ts";
