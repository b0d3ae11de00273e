import type { Host } from './host.js';
import type { Lab } from './lab.js';

export interface ChainOptions {
  /** MTU of each link, from the client's on; 1500 where it has no element. */
  mtus?: readonly number[];
}

/** A path: client - r1 - ... - rn - server. Link i, from 0, is 10.0.i.0/24 and fd00:i::/64. */
export interface Chain {
  client: Host;
  /** From the client's side on. */
  routers: readonly Host[];
  server: Host;
  /** The server's address. */
  target(family: 4 | 6): string;
  /** What answers at TTL 1, 2, ...: each router's address on the client's side, and at last the server's. */
  path(family: 4 | 6): string[];
}

interface Prefixes {
  v4: string;
  v6: string;
}

const prefixesOf = (link: number): Prefixes => ({ v4: `10.0.${link}.0/24`, v6: `fd00:${link.toString(16)}::/64` });

/** Makes a path of `length` routers, with routes both ways for both families. */
export function chain(lab: Lab, length: number, { mtus = [] }: ChainOptions = {}): Chain {
  const client = lab.host('client');
  const routers = Array.from({ length }, (_, index) => lab.router(`r${index + 1}`));
  const server = lab.host('server');
  const hosts = [client, ...routers, server];
  const links = hosts.slice(1).map((host, index) => {
    return lab.link(hosts[index] as Host, host, { ...prefixesOf(index), mtu: mtus[index] });
  });
  hosts.forEach((host, index) => {
    host.ip(...routesOf(hosts, host, index));
  });
  const path = (family: 4 | 6): string[] =>
    links.map(({ ends: [, far] }) => (family === 4 ? far.v4 : far.v6) as string);
  return { client, routers, server, path, target: family => path(family).at(-1) as string };
}

/** Away from the client by default; back to each link nearer to the client. The server has the way back alone. */
function routesOf(hosts: readonly Host[], host: Host, index: number): string[] {
  const [before, after] = [hosts[index - 1], hosts[index + 1]];
  if (after === undefined)
    return before === undefined ? [] : routesVia(host, before, [{ v4: 'default', v6: 'default' }]);
  const onward = routesVia(host, after, [{ v4: 'default', v6: 'default' }]);
  if (before === undefined) return onward;
  const nearer = Array.from({ length: index - 1 }, (_, link) => prefixesOf(link));
  return [...onward, ...routesVia(host, before, nearer)];
}

function routesVia(host: Host, gateway: Host, destinations: readonly Prefixes[]): string[] {
  const { v4, v6 } = gateway.interfaceTo(host);
  return destinations.flatMap(to => [`route add ${to.v4} via ${v4}`, `route add ${to.v6} via ${v6}`]);
}
