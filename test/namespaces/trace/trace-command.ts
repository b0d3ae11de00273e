import { jsonLines } from '../../support/cli/command.js';
import type { Host, RunOptions } from '../../support/lab/index.js';

/** A probe of `subsocket trace --json`, as somebody sees it who knows its fields from the documentation alone. */
export interface ShownProbe {
  address?: string;
  rtt?: number;
  timeout?: boolean;
  sentTtl?: number;
  error?: string;
  mtu?: number;
  [field: string]: unknown;
}

export interface ShownHop {
  type: 'hop';
  ttl: number;
  probes: ShownProbe[];
  rateLimited?: boolean;
}

export interface TraceOutcome {
  hops: ShownHop[];
  result: Record<string, unknown> | undefined;
  status: number | null;
  stderr: string;
}

/** Runs `subsocket trace -n --json`. */
export async function traceIn(host: Host, args: readonly string[], options?: RunOptions): Promise<TraceOutcome> {
  const { stdout, stderr, status } = await host.subsocket(['trace', '-n', '--json', ...args], options);
  const events = jsonLines<ShownHop | { type: 'result' }>(stdout);
  return {
    hops: events.filter((event): event is ShownHop => event.type === 'hop'),
    result: events.find(({ type }) => type === 'result') as Record<string, unknown> | undefined,
    status,
    stderr,
  };
}

/** Hop by hop, who answered: `*` where nobody did, all of them where several did. */
export function hopAddresses(hops: readonly ShownHop[]): string[] {
  return hops.map(({ probes }) => [...new Set(probes.map(({ address }) => address ?? '*'))].join(' '));
}
