import type { ChildProcess } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { DatagramSocketOptions } from '../../../src/index.js';
import type { Host } from '../lab/index.js';

/** What an agent tells: an event of one of its sockets. */
export interface AgentEvent {
  event: 'ready' | 'message' | 'icmp-error' | 'drain' | 'error' | 'warning' | 'stamped';
  socket: string;
  [fact: string]: unknown;
}

interface Waiter {
  matches(event: AgentEvent): boolean;
  resolve(event: AgentEvent): void;
}

/** Datagram sockets on a host of the lab, by name: see agent.mjs. */
export class Agent {
  private readonly child: ChildProcess;
  private readonly calls = new Map<number, { resolve(result: unknown): void; reject(error: Error): void }>();
  private readonly events: AgentEvent[] = [];
  private readonly waiters: Waiter[] = [];
  private next = 0;

  private constructor(host: Host) {
    this.child = host.spawnNode('test/support/datagram/agent.mjs');
    if (this.child.stdout !== null) {
      createInterface({ input: this.child.stdout }).on('line', line => this.take(JSON.parse(line) as object));
    }
  }

  static async on(host: Host): Promise<Agent> {
    const agent = new Agent(host);
    await agent.event('ready');
    return agent;
  }

  /** @returns the port it is bound to. */
  open(socket: string, options: DatagramSocketOptions): Promise<number> {
    return this.call(socket, 'open', options) as Promise<number>;
  }

  /** Calls a method of a socket. Rejects with an error that has the `name`, `code` and `message` of what it threw. */
  call(socket: string, method: string, ...args: unknown[]): Promise<unknown> {
    const id = this.next++;
    return new Promise((resolve, reject) => {
      this.calls.set(id, { resolve, reject });
      this.child.stdin?.write(`${JSON.stringify({ id, socket, method, arguments: args })}\n`);
    });
  }

  /** The next event of a kind, of a socket if one is named; one that came before counts, once. */
  event(kind: AgentEvent['event'], socket?: string): Promise<AgentEvent> {
    const matches = (event: AgentEvent): boolean =>
      event.event === kind && (socket === undefined || event.socket === socket);
    const index = this.events.findIndex(matches);
    const [came] = index < 0 ? [] : this.events.splice(index, 1);
    if (came !== undefined) return Promise.resolve(came);
    return new Promise(resolve => this.waiters.push({ matches, resolve }));
  }

  /** The next datagram on a socket. */
  message(socket: string): Promise<AgentEvent> {
    return this.event('message', socket);
  }

  private take(line: { id?: number; result?: unknown; error?: object } | AgentEvent): void {
    if ('event' in line) this.takeEvent(line as AgentEvent);
    else this.takeResult(line);
  }

  private takeResult({ id = -1, result, error }: { id?: number; result?: unknown; error?: object }): void {
    const call = this.calls.get(id);
    this.calls.delete(id);
    if (error === undefined) call?.resolve(result);
    else call?.reject(Object.assign(new Error(), error));
  }

  private takeEvent(event: AgentEvent): void {
    const index = this.waiters.findIndex(({ matches }) => matches(event));
    if (index < 0) this.events.push(event);
    else this.waiters.splice(index, 1)[0]?.resolve(event);
  }
}
