import { useQuery } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { formatBytes, formatDate } from "./format.ts";
import { countOperations, readMetrics, valueOf } from "./metrics.ts";
import { ErrorNote, Facts, Loading } from "./parts.tsx";
import type { Session } from "./session.ts";

/** How often it is read while somebody looks at it. */
const everyMs = 5_000;

/** How the server fares, for administrators: since when it runs, and what was asked of it. */
export function ServerState({ session: { client } }: { readonly session: Session }): ReactNode {
  const metrics = useQuery({
    queryKey: ["metrics"],
    queryFn: ({ signal }) => readMetrics(client, signal),
    refetchInterval: everyMs,
  });
  return (
    <>
      <div className="heading">
        <h1 tabIndex={-1}>Server</h1>
      </div>
      <ErrorNote error={metrics.error} />
      {metrics.isPending ? <Loading /> : null}
      {metrics.data === undefined ? null : <Counts samples={metrics.data} />}
    </>
  );
}

function Counts({ samples }: { readonly samples: Awaited<ReturnType<typeof readMetrics>> }): ReactNode {
  const startedSeconds = valueOf(samples, "process_start_time_seconds");
  const memory = valueOf(samples, "process_resident_memory_bytes");
  const waiting = valueOf(samples, "stowage_events_waiting");
  const operations = countOperations(samples);
  const total = (count: "requests" | "failed"): string =>
    operations.reduce((sum, operation) => sum + operation[count], 0).toLocaleString();
  const facts: readonly (readonly [string, string | undefined])[] = [
    ["Running since", startedSeconds === undefined ? undefined : formatDate(startedSeconds * 1000)],
    ["Memory", memory === undefined ? undefined : formatBytes(memory)],
    ["Requests", total("requests")],
    ["Failed (5xx)", total("failed")],
    ["Events waiting", waiting === undefined ? undefined : waiting.toLocaleString()],
  ];
  return (
    <>
      <Facts rows={facts} />
      <div className="wide">
        <table className="counts">
          <caption className="quiet">Requests since the server started, by operation</caption>
          <thead>
            <tr>
              <th scope="col">Operation</th>
              <th scope="col">Requests</th>
              <th scope="col">Refused (4xx)</th>
              <th scope="col">Failed (5xx)</th>
              <th scope="col">Mean time</th>
            </tr>
          </thead>
          <tbody>
            {operations.map(({ operation, requests, refused, failed, meanSeconds }) => (
              <tr key={operation}>
                <th scope="row">{operation}</th>
                <td>{requests.toLocaleString()}</td>
                <td>{refused.toLocaleString()}</td>
                <td>{failed.toLocaleString()}</td>
                <td>{(meanSeconds * 1000).toFixed(1)} ms</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </>
  );
}
