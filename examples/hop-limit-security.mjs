// The generalised TTL security mechanism (RFC 5082): neighbours send with a hop limit of 255, and what arrives with less
// has passed a router and is not from a neighbour. node examples/hop-limit-security.mjs [PORT]
import { DatagramSocket, filterProgram, WHOLE_PACKET } from 'subsocket';

const NEIGHBOUR = 255;
/** The TTL in an IPv4 header; a filter finds the header at SKF_NET_OFF (linux/filter.h). */
const TTL = 0xfff00000 + 8;
const port = Number(process.argv[2] ?? 0);

// The kernel drops the others before they reach the socket's buffer. For TCP the option IP_MINTTL does it; UDP has none.
const neighboursOnly = filterProgram([
  { do: 'load', size: 1, at: TTL },
  { do: 'jump', if: '==', value: NEIGHBOUR, whenFalse: 'stranger' },
  { do: 'return', value: WHOLE_PACKET },
  { do: 'label', name: 'stranger' },
  { do: 'return', value: 0 },
]);
const guarded = DatagramSocket.open({
  bind: { port },
  options: { SO_ATTACH_FILTER: neighboursOnly, IP_TTL: NEIGHBOUR },
});
// A socket that wants to know of them looks for itself.
const watching = DatagramSocket.open({ bind: {} });
console.log(`guarded ${guarded.localAddress.port} watching ${watching.localAddress.port}`);

guarded.on('message', ({ payload }) => console.log(`from a neighbour: ${payload}`));
watching.on('message', ({ payload, hopLimit, source }) => {
  if (hopLimit === NEIGHBOUR) console.log(`from a neighbour: ${payload}`);
  else console.log(`refused ${payload} of ${source.address}: ${NEIGHBOUR - (hopLimit ?? 0)} hops away, or forged`);
});
