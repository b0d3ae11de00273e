// Sets the sample of every row that an ordinary socket has, and writes what the kernel said: an errno's name, or null.
import { native } from '../../../dist/io/native.js';
import { setOption } from '../../../dist/io/option.js';
import { ALL_OPTIONS } from '../../../dist/options/table.js';
import { LINUX } from '../../../dist/wire/constants.generated.js';

const { AF_INET, AF_INET6, AF_NETLINK, SOCK_STREAM, SOCK_DGRAM, SOCK_RAW } = LINUX;
const DATAGRAM = [AF_INET, SOCK_DGRAM];
const sockets = {
  any: DATAGRAM,
  ip: DATAGRAM,
  udp: DATAGRAM,
  tcp: [AF_INET, SOCK_STREAM],
  ip6: [AF_INET6, SOCK_DGRAM],
  netlink: [AF_NETLINK, SOCK_RAW],
};

function refusalOf(kind, name, value) {
  const [family, type] = sockets[kind];
  const descriptor = native().socket(family, type, 0);
  try {
    setOption(descriptor, name, value);
    return null;
  } catch (error) {
    return error.code;
  } finally {
    native().close(descriptor);
  }
}

const refusals = { 'SO_BUSY_POLL_BUDGET 1': refusalOf('udp', 'SO_BUSY_POLL_BUDGET', 1) };
for (const { name, access, sample, on } of ALL_OPTIONS) {
  const kind = on.find(each => Object.hasOwn(sockets, each));
  if (access !== 'r' && sample !== undefined && kind !== undefined) refusals[name] = refusalOf(kind, name, sample);
}
process.stdout.write(JSON.stringify(refusals));
