import type { Host, Lab } from '../lab/index.js';

/** Hosts on one Ethernet: each has a cable to a bridge, whose port is named after it. */
export interface Ethernet {
  hosts: readonly Host[];
  bridge: Host;
}

/** 10.9.0.N/24 and fd09::N/64 for host N, from 1. The bridge forwards every multicast to every port. */
export function ethernet(lab: Lab, names: readonly string[]): Ethernet {
  const bridge = lab.host('bridge');
  bridge.ip('link add br0 type bridge mcast_snooping 0', 'link set br0 up');
  const hosts = names.map((name, index) => {
    const host = lab.host(name);
    lab.link(host, bridge);
    bridge.ip(`link set dev ${name} master br0`);
    const number = index + 1;
    host.ip(
      `address add 10.9.0.${number}/24 broadcast + dev bridge`,
      `address add fd09::${number}/64 dev bridge nodad`,
      'route add 224.0.0.0/4 dev bridge',
    );
    return host;
  });
  return { hosts, bridge };
}
