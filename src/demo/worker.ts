import type { Dbfilter } from "../policy/dbfilter.ts";
import { createApplication } from "./application.ts";
import type { Call, WorkerSettings } from "./call.ts";
import { createHttp10Server } from "./http10-server.ts";
import { type Listening, listen } from "./listen.ts";
import type { Application } from "./message.ts";
import { createRealtimeServer } from "./realtime-server.ts";
import { Sessions } from "./sessions.ts";

/** What a group of stand-in workers should be. */
export interface DemoWorkersOptions {
  /** As in a catalog, `17.0`. */
  readonly odoo: string;
  readonly dbfilter: Dbfilter;
  /** Every database that the workers can open, those of other groups included. */
  readonly databases: readonly string[];
  /** Default: a free port, as for `realtimePort`. */
  readonly httpPort?: number;
  readonly realtimePort?: number;
  /** Default: 127.0.0.1. */
  readonly host?: string;
  /** Whether databases may be listed; default: yes, as Odoo's own. */
  readonly listDb?: boolean;
  /** Requests that the HTTP port serves at a time; default: 4. */
  readonly workers?: number;
}

/** Running stand-in workers. */
export interface DemoWorkers {
  readonly httpPort: number;
  readonly realtimePort: number;
  /** Requests read so far, on both ports. */
  requests(): number;
  /** Stops listening and cuts every connection. */
  close(): Promise<void>;
}

/**
 * Starts workers that behave as Odoo does wherever an edge can tell: how a request is bound to a database, what leaks
 * unguarded, and what the connections do. Rejects with the system's error when a port is in use.
 */
export async function startDemoWorkers(options: DemoWorkersOptions): Promise<DemoWorkers> {
  const { odoo, dbfilter, databases, host = "127.0.0.1", listDb = true } = options;
  const odooMajor = Number.parseInt(odoo, 10);
  const sessions = new Sessions(odooMajor);
  const settings: WorkerSettings = { odoo, odooMajor, dbfilter, databases, listDb, sessions };
  let requests = 0;
  const counted = (port: Call["port"]): Application => {
    const application = createApplication(settings, port);
    return (request) => {
      requests++;
      return application(request);
    };
  };
  const http = await listen(createHttp10Server(counted("http"), options.workers ?? 4), host, options.httpPort ?? 0);
  const realtime = await listen(createRealtimeServer(counted("realtime")), host, options.realtimePort ?? 0).catch(
    (error) => http.close().then(() => Promise.reject(error)),
  );
  return describe(http, realtime, () => requests);
}

function describe(http: Listening, realtime: Listening, requests: () => number): DemoWorkers {
  return {
    httpPort: http.port,
    realtimePort: realtime.port,
    requests,
    close: async () => {
      await Promise.all([http.close(), realtime.close()]);
    },
  };
}
