/** The scenarios of edges before one store, played by edges of two threads. */
import "../support/two-threads.ts";
import "./redis-edges.test.ts";
