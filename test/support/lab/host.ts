import type { ChildProcess, StdioOptions } from 'node:child_process';
import { ENVIRONMENT, ended, type Finished, finish, start } from './command.js';
import { Namespace } from './namespace.js';
import { unprivilegedGroup, unprivilegedWords } from './unprivileged.js';

const projectRoot = new URL('../../..', import.meta.url).pathname;

/** One end of a link. */
export interface Interface {
  /** Its name in the host's namespace: that of the host at the other end, numbered from the second link on. */
  name: string;
  /** Addresses without prefix length; undefined where the link has none of that family. */
  v4: string | undefined;
  v6: string | undefined;
}

export interface RunOptions {
  /** Without any privilege, as nobody. Default: false. */
  unprivileged?: boolean;
  /** Sent to the program's standard input, which is then closed. */
  input?: string;
  env?: NodeJS.ProcessEnv;
  /** Milliseconds after which it is killed. Default: 30,000. */
  timeout?: number;
}

const DEFAULT_TIMEOUT_MS = 30_000;

/** A machine of the lab: a network namespace and the programs that run in it. */
export class Host {
  /** By the name of the host at the other end. */
  readonly interfaces = new Map<string, Interface>();
  private readonly namespace = new Namespace();
  private readonly running = new Set<ChildProcess>();
  private readonly endings: (() => void)[] = [];
  private allowsPingSockets = false;

  constructor(readonly name: string) {}

  /** Process id that stands for the namespace: `ip link set X netns PID`. */
  get pid(): number {
    return this.namespace.pid;
  }

  /** The interface to a neighbour. @throws Error where there is none. */
  interfaceTo(neighbour: Host | string): Interface {
    const name = typeof neighbour === 'string' ? neighbour : neighbour.name;
    const found = this.interfaces.get(name);
    if (found === undefined) throw new Error(`${this.name} has no link to ${name}`);
    return found;
  }

  /** The address of the first interface that has one of the family. */
  address(family: 4 | 6): string {
    for (const { v4, v6 } of this.interfaces.values()) {
      const address = family === 4 ? v4 : v6;
      if (address !== undefined) return address;
    }
    throw new Error(`${this.name} has no IPv${family} address`);
  }

  /** Runs a program to its end. A status other than 0 is a result, not an error. */
  exec(command: string, args: readonly string[] = [], options: RunOptions = {}): Promise<Finished> {
    const child = this.spawn(command, args, options, ['pipe', 'pipe', 'pipe']);
    const timer = setTimeout(() => child.kill('SIGKILL'), options.timeout ?? DEFAULT_TIMEOUT_MS);
    child.stdin?.on('error', () => undefined).end(options.input ?? '');
    return finish(child).finally(() => clearTimeout(timer));
  }

  /** As `exec`, without any privilege. */
  unprivileged(command: string, args: readonly string[] = [], options: RunOptions = {}): Promise<Finished> {
    return this.exec(command, args, { ...options, unprivileged: true });
  }

  /**
   * Runs a program of Node, with this version of Node and from the project's root: a file, or the text of a module, which
   * can import 'subsocket' and './dist/...'.
   */
  node(program: string, args: readonly string[] = [], options: RunOptions = {}): Promise<Finished> {
    return this.exec(process.execPath, [...nodeWords(program), ...args], options);
  }

  /** Runs the command, as built. */
  subsocket(args: readonly string[], options: RunOptions = {}): Promise<Finished> {
    return this.node('bin/subsocket.js', args, options);
  }

  /** Starts a program that goes on until it is killed, at the latest when the lab closes. */
  spawn(
    command: string,
    args: readonly string[] = [],
    { unprivileged = false, env = {} }: RunOptions = {},
    stdio: StdioOptions = ['pipe', 'pipe', 'inherit'],
  ): ChildProcess {
    // The kernel ends it with us (PR_SET_PDEATHSIG); set last, for a change of user clears it.
    const privilege = unprivileged ? unprivilegedWords() : ['setpriv'];
    const words = [...this.namespace.entrance, ...privilege, '--pdeathsig=KILL', '--', command, ...args];
    const child = start(words, { cwd: projectRoot, env: { ...ENVIRONMENT, ...env }, stdio });
    this.running.add(child.once('exit', () => this.running.delete(child)));
    return child;
  }

  /** As `spawn`, of a program of Node as `node` takes it. */
  spawnNode(
    program: string,
    args: readonly string[] = [],
    options: RunOptions = {},
    stdio?: StdioOptions,
  ): ChildProcess {
    return this.spawn(process.execPath, [...nodeWords(program), ...args], options, stdio);
  }

  /** Runs commands of ip(8), one an element, in one go: `host.ip('route add default via 10.0.0.1')`. */
  ip(...commands: string[]): void {
    this.namespace.run(['ip', '-batch', '-'], commands.join('\n'));
  }

  /**
   * Adds a route: `host.route('10.0.2.0/24', 'via 10.0.1.2')`, `host.route('2001:db8::/32', 'unreachable')`. Where nothing
   * else tells the family, '::/0' and not 'default' is IPv6's.
   */
  route(destination: string, how: string): void {
    const kind = /^(?:unreachable|prohibit|blackhole|local|throw)\b/.exec(how)?.[0] ?? '';
    this.ip(`route add ${kind} ${destination} ${how.slice(kind.length)}`);
  }

  /** Makes the host answer for every address of a prefix as for its own. */
  answerFor(prefix: string): void {
    this.route(prefix, 'local dev lo');
  }

  /** Sets kernel parameters of this namespace, by their names in sysctl(8): `{ 'net.ipv4.ip_forward': 1 }`. */
  sysctl(values: Readonly<Record<string, string | number>>): void {
    const lines = Object.entries(values).map(
      ([name, value]) => `echo '${value}' > /proc/sys/${name.replaceAll('.', '/')}`,
    );
    this.namespace.run(['sh', '-e'], lines.join('\n'));
  }

  /** Reads a kernel parameter of this namespace. */
  readSysctl(name: string): string {
    return this.namespace.run(['cat', `/proc/sys/${name.replaceAll('.', '/')}`]).trim();
  }

  /** Loads rules of nft(8). */
  nft(rules: string): void {
    this.namespace.run(['nft', '-f', '-'], rules);
  }

  /** Limits what an interface sends, by a token bucket: tc-tbf(8). `rate` and `burst` in the units of tc(8). */
  shape(device: string, { rate, burst, latency }: { rate: string; burst: string; latency: string }): void {
    const bucket = ['rate', rate, 'burst', burst, 'latency', latency];
    this.namespace.run(['tc', 'qdisc', 'replace', 'dev', device, 'root', 'tbf', ...bucket]);
  }

  /** Lets programs without privilege open ping sockets: a new namespace does not. Only real root can take it back. */
  allowPingSockets(allowed = true): void {
    if (allowed === this.allowsPingSockets) return;
    const group = unprivilegedGroup();
    this.sysctl({ 'net.ipv4.ping_group_range': allowed ? `${group} ${group}` : '1 0' });
    this.allowsPingSockets = allowed;
  }

  /** Calls `ending` when the host closes. */
  whenClosed(ending: () => void): void {
    this.endings.push(ending);
  }

  /** Ends every program of the host and its namespace. */
  async close(): Promise<void> {
    for (const ending of this.endings.splice(0)) ending();
    const children = [...this.running];
    for (const child of children) child.kill('SIGKILL');
    await Promise.all(children.map(ended));
    await this.namespace.close();
  }
}

function nodeWords(program: string): string[] {
  return /^\S+\.[cm]?js$/.test(program) ? [program] : ['--input-type=module', '--eval', program];
}
