// Four sockets on one port, each datagram to the one that its first byte names: a BPF program in the kernel decides.
import { once } from 'node:events';
import { bindUdp, filterProgram, setOption } from 'subsocket';

const first = await bindUdp({ address: '127.0.0.1', options: { SO_REUSEPORT: true } });
const { port } = first.address();
const others = [1, 2, 3].map(() => bindUdp({ address: '127.0.0.1', port, options: { SO_REUSEPORT: true } }));
const workers = [first, ...(await Promise.all(others))];

setOption(
  first,
  'SO_ATTACH_REUSEPORT_CBPF',
  filterProgram([
    { do: 'load', size: 1, at: 0 },
    { do: 'compute', operator: '%', value: workers.length },
    { do: 'return-accumulator' },
  ]),
);

const client = await bindUdp({ address: '127.0.0.1' });
for (const [index, worker] of workers.entries()) {
  client.send(Uint8Array.of(index), port, '127.0.0.1');
  const [message] = await once(worker, 'message');
  console.log(`worker ${index} got ${message[0]}`);
}
for (const socket of [...workers, client]) socket.close();
