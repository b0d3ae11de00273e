import { localErrorName } from '../engine/local-error.js';
import type { MtuEvent, MtuResult } from '../engine/mtu/mtu-event.js';
import type { MtuOutcome, MtuProbe, MtuRefusal } from '../engine/mtu/mtu-probe.js';
import { describeFindings } from '../engine/mtu/mtu-result.js';
import type { MtuFindings } from '../engine/mtu/mtu-search.js';
import { SearchState } from '../engine/mtu/search-state.js';
import { native } from '../io/native.js';
import { ProbingConnection } from '../sockets/mtu/probing-connection.js';
import { LINUX } from '../wire/constants.generated.js';
import { type Monotonic, NANOSECONDS_PER_MILLISECOND, type Nanoseconds } from '../wire/time.js';
import type { PathMtuSettings } from './mtu-settings.js';
import type { PathMtuTarget } from './mtu-target.js';
import { SearchDriver } from './search-driver.js';

const CARRIER = 'tcp';
/** So many times the longest wait for an answer a first connection may take: a SYN that is lost goes again after a second. */
const CONTACT_WAITS = 4;
/** So many connections that the target resets are opened anew for one probe. */
const MOST_RESETS = 5;
/** Connections whose segment was given up are kept: an acknowledgment may come late. */
const MOST_OPEN = 100;

/**
 * The search for the path MTU over TCP without privilege: every probe is a connection of its own that sends one segment, and
 * the kernel says whether the target has acknowledged it. It takes a port that accepts connections.
 */
export class ConnectionSearch {
  private readonly startedAt = native().monotonicNow();
  private readonly connections = new Map<MtuProbe, ProbingConnection>();
  /** How many of a probe's connections were reset. */
  private readonly resets = new WeakMap<MtuProbe, number>();
  private state: SearchState;
  private driver: SearchDriver | undefined;
  private port = 0;
  private stopped = false;
  private giveUp: () => void = () => {};

  /** @param onEvent takes what becomes of every probe. */
  constructor(
    private readonly target: PathMtuTarget,
    private readonly settings: PathMtuSettings,
    private readonly sizes: { least: number; most: number },
    private readonly onEvent: (event: Exclude<MtuEvent, MtuResult>) => void,
  ) {
    this.state = this.newState(sizes.most);
  }

  async run(): Promise<MtuResult> {
    try {
      return this.describe((await this.makeContact()) ? await this.search() : this.nothing());
    } finally {
      for (const connection of this.connections.values()) connection.close();
    }
  }

  /** Ends the search with what is known. */
  stop(): void {
    this.stopped = true;
    this.giveUp();
    this.driver?.stop();
  }

  /** @returns whether a connection stands at one of the ports: it tells what the target takes. */
  private async makeContact(): Promise<boolean> {
    const { ports } = this.settings;
    for (const [index, port] of ports.tcp.entries()) {
      if (this.stopped) return false;
      this.port = port;
      const { sent } = this.state;
      const errno = await this.tryPort();
      this.state.sent = sent + 1;
      if (errno === 0) return true;
      if (errno === LINUX.ECONNREFUSED) this.state.refusedBy = this.refusal('connection-refused');
      else if (errno === LINUX.ECONNRESET) this.state.refusedBy = this.refusal('connection-reset');
      else if (errno !== undefined && index === ports.tcp.length - 1) this.state.refusal = localErrorName(errno);
    }
    return false;
  }

  /** @returns 0 where it accepts a connection, else an errno, or undefined where nothing came back in time. */
  private async tryPort(): Promise<number | undefined> {
    let connection: ProbingConnection | undefined;
    let timer: NodeJS.Timeout | undefined;
    try {
      const changed = await new Promise<boolean>(resolve => {
        this.giveUp = () => resolve(false);
        timer = setTimeout(this.giveUp, (CONTACT_WAITS * this.settings.wait) / NANOSECONDS_PER_MILLISECOND);
        connection = this.open(() => resolve(true));
      });
      const errno = changed ? connection?.takeError() : undefined;
      if (connection !== undefined && errno === 0) this.learn(connection);
      return errno;
    } finally {
      clearTimeout(timer);
      connection?.close();
    }
  }

  /** More than the target takes in a segment cannot be tried; more than the kernel believes in, it does not send. */
  private learn({ largestPacket, offeredMss, mtu }: ProbingConnection): void {
    const { least, most } = this.sizes;
    this.state = this.newState(offeredMss === undefined ? most : Math.max(least, Math.min(most, largestPacket)));
    this.state.offeredMss = offeredMss;
    this.limitTo(mtu);
  }

  private newState(most: number): SearchState {
    const { settings, sizes, target, port } = this;
    const { family } = target.address;
    return new SearchState({
      family,
      carriers: [
        { name: CARRIER, protocol: 'tcp', port, smallest: ProbingConnection.smallestPacket(family), echoes: false },
      ],
      least: sizes.least,
      most,
      mostIsLocal: most === target.interfaceMtu,
      wait: settings.wait,
      locates: false,
      budget: settings.budget,
    });
  }

  private limitTo(mtu: number): void {
    if (mtu < this.state.options.most) this.state.refusedHere = Math.min(this.state.refusedHere, mtu + 1);
  }

  private search(): Promise<MtuFindings> {
    this.driver = new SearchDriver(this.state, { send: probe => this.send(probe), onStep: () => this.tidy() });
    return this.driver.run();
  }

  private send(probe: MtuProbe): void {
    const connection = this.open(() => this.goOn(probe, connection));
    this.connections.set(probe, connection);
  }

  private open(onChange: () => void): ProbingConnection {
    const { interface: device, mark, source } = this.settings.socket;
    const { address, scopeId } = this.target;
    return ProbingConnection.open({ address, port: this.port, scopeId, interface: device, mark, source }, onChange);
  }

  private goOn(probe: MtuProbe, connection: ProbingConnection): void {
    const outcome = connection.hasSent ? this.fateOf(probe, connection) : this.sendSegment(probe, connection);
    if (outcome !== undefined) this.driver?.handle(probe, outcome);
  }

  /** @returns what became of it, where that is settled already. */
  private sendSegment(probe: MtuProbe, connection: ProbingConnection): MtuOutcome | undefined {
    const errno = connection.takeError();
    if (errno === LINUX.ECONNREFUSED) return this.refusal('connection-refused', probe.sentAt);
    const sent = errno === LINUX.ECONNRESET ? 'reset' : errno === 0 ? connection.send(probe.size) : undefined;
    if (sent === 'reset') this.tryAgain(probe, connection);
    return sent === 'too-long' ? this.tooLong(connection) : undefined;
  }

  private fateOf(probe: MtuProbe, connection: ProbingConnection): MtuOutcome | undefined {
    const { fate } = connection;
    if (fate === 'acknowledged') {
      return { kind: 'fits', from: String(this.target.address), rtt: since(probe.sentAt), replyHopLimit: -1 };
    }
    if (fate === 'reset') this.tryAgain(probe, connection);
    return fate === 'cut' ? this.tooLong(connection) : undefined;
  }

  private tooLong(connection: ProbingConnection): MtuOutcome {
    this.limitTo(connection.mtu);
    return { kind: 'local' };
  }

  /** A reset says nothing of sizes. A target that resets one connection after the other lets nothing be learned. */
  private tryAgain(probe: MtuProbe, connection: ProbingConnection): void {
    connection.close();
    if (probe.outcome !== undefined) return;
    const resets = (this.resets.get(probe) ?? 0) + 1;
    this.resets.set(probe, resets);
    if (resets <= MOST_RESETS) {
      this.driver?.attempt(() => this.send(probe));
      return;
    }
    this.state.refusedBy = this.refusal('connection-reset', probe.sentAt);
    this.driver?.stop();
  }

  private refusal(error: string, sentAt = native().monotonicNow()): MtuRefusal {
    return { kind: 'refused', from: String(this.target.address), error, rtt: since(sentAt), replyHopLimit: -1 };
  }

  /** Hands on what is known, and closes what is done with. */
  private tidy(): void {
    for (const event of this.state.events.splice(0)) if (event.type !== 'result') this.onEvent(event);
    for (const [probe, connection] of this.connections) {
      const over = probe.outcome !== undefined && probe.outcome.kind !== 'lost';
      if (!over && this.connections.size <= MOST_OPEN) continue;
      connection.close();
      this.connections.delete(probe);
    }
  }

  private nothing(): MtuFindings {
    return { boundary: { lower: 0, upper: this.state.options.most + 1, proven: false }, contact: false };
  }

  /** A belief of the kernel that changed during the search came from a report: of whom it does not tell. */
  private describe(findings: MtuFindings): MtuResult {
    const { label, address, source, kernelMtu } = this.target;
    const where = { target: label, address: String(address), source: String(source) };
    const result = describeFindings(this.state, findings, where, since(this.startedAt) / NANOSECONDS_PER_MILLISECOND);
    const limits = result.limits.map(limit =>
      limit.evidence === 'local' && limit.mtu < kernelMtu
        ? { mtu: limit.mtu, address: null, ttl: null, evidence: 'reported' as const }
        : limit,
    );
    const reported = limits.some(({ mtu, evidence }) => evidence === 'reported' && mtu === result.pathMtu);
    const method = reported ? 'reported' : result.method;
    return { ...result, limits, method, ...(this.stopped && { stopped: true }) };
  }
}

function since(time: Monotonic): Nanoseconds {
  return native().monotonicNow() - time;
}
