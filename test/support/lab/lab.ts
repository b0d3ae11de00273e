import { IpAddress } from '../../../src/wire/ip-address.js';
import { runNow } from './command.js';
import { Host, type Interface } from './host.js';

export interface LinkOptions {
  /** Prefixes; the first host gets the first address, the second the second: '10.0.1.0/24', 'fd00:1::/64'. */
  v4?: string;
  v6?: string;
  /** Bytes, of both ends. Default: 1500. */
  mtu?: number;
}

export interface Link {
  /** The end at the first host, and at the second. */
  ends: readonly [Interface, Interface];
}

/** Parameters of every host. New namespaces take some from the machine and some from the kernel: here all are the same. */
const HOST_PARAMETERS = {
  // Addresses can be used at once: no duplicate address detection.
  'net.ipv6.conf.all.disable_ipv6': 0,
  'net.ipv6.conf.default.disable_ipv6': 0,
  'net.ipv6.conf.all.accept_dad': 0,
  'net.ipv6.conf.default.accept_dad': 0,
  'net.ipv6.conf.default.dad_transmits': 0,
  'net.ipv6.conf.default.router_solicitations': 0,
  // Replies may come another way than the request went.
  'net.ipv4.conf.all.rp_filter': 0,
  'net.ipv4.conf.default.rp_filter': 0,
  // Every probe is answered; a test about rate limits sets its own.
  'net.ipv4.icmp_ratelimit': 0,
  'net.ipv6.icmp.ratelimit': 0,
};

const ROUTER_PARAMETERS = { 'net.ipv4.ip_forward': 1, 'net.ipv6.conf.all.forwarding': 1 };

/**
 * Machines and cables out of network namespaces. Nothing of it is visible from outside or remains: all goes when the lab
 * closes, or when this process ends.
 *
 *     await using lab = new Lab();
 *     const a = lab.host('a');
 *     const r1 = lab.router('r1');
 *     lab.link(a, r1, { v4: '10.0.1.0/24', v6: 'fd00:1::/64' });
 */
export class Lab {
  private readonly hosts = new Map<string, Host>();

  /** A new machine. The name is of at most 12 letters: it names interfaces of its neighbours. */
  host(name: string): Host {
    if (this.hosts.has(name)) throw new Error(`the lab has a host ${name} already`);
    const host = new Host(name);
    this.hosts.set(name, host);
    host.sysctl(HOST_PARAMETERS);
    host.ip('link set lo up');
    return host;
  }

  /** A new machine that forwards what is not for it. */
  router(name: string): Host {
    const router = this.host(name);
    router.sysctl(ROUTER_PARAMETERS);
    return router;
  }

  /** Connects two hosts with a cable (veth(4)), up and with addresses that can be used at once. */
  link(first: Host, second: Host, { v4, v6, mtu = 1500 }: LinkOptions = {}): Link {
    const ends = [newInterface(first, second, 1, v4, v6), newInterface(second, first, 2, v4, v6)] as const;
    const [one, other] = ends;
    const names = `name ${one.name} mtu ${mtu} netns ${first.pid} type veth peer name ${other.name} mtu ${mtu} netns ${second.pid}`;
    runNow(['ip', 'link', 'add', ...names.split(' ')]);
    for (const [host, end] of [[first, one] as const, [second, other] as const]) {
      const addresses = [withLength(end.v4, v4), withLength(end.v6, v6)].flatMap(address => address ?? []);
      host.ip(...addresses.map(address => `address add ${address} dev ${end.name}`), `link set dev ${end.name} up`);
    }
    return { ends };
  }

  /** Ends every program in the lab and all namespaces. Idempotent. */
  async close(): Promise<void> {
    const hosts = [...this.hosts.values()];
    this.hosts.clear();
    await Promise.all(hosts.map(host => host.close()));
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }
}

function newInterface(host: Host, peer: Host, position: number, v4?: string, v6?: string): Interface {
  let key = peer.name;
  for (let number = 2; host.interfaces.has(key); number++) key = `${peer.name}-${number}`;
  const end = { name: key, v4: addressIn(v4, position), v6: addressIn(v6, position) };
  host.interfaces.set(key, end);
  return end;
}

function addressIn(prefix: string | undefined, position: number): string | undefined {
  if (prefix === undefined) return undefined;
  let address = IpAddress.parse(prefix.split('/')[0] ?? '');
  for (let step = 0; step < position; step++) address = address.next();
  return address.toString();
}

function withLength(address: string | undefined, prefix: string | undefined): string | undefined {
  return address === undefined
    ? undefined
    : `${address}/${prefix?.split('/')[1]}${address.includes(':') ? ' nodad' : ''}`;
}
