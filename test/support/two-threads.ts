/** Imported before a file of scenarios, has them played by edges of two threads. */
import { THREADS_VARIABLE } from "./threads.ts";

process.env[THREADS_VARIABLE] = "2";
