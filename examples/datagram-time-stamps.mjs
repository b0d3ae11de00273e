// The way of a datagram by the kernel's stamps: when it was handed over, left, arrived and was read.
// node examples/datagram-time-stamps.mjs [COUNT]
import { DatagramSocket } from 'subsocket';

const count = Number(process.argv[2] ?? 5);
const receiver = DatagramSocket.open({ bind: { address: '127.0.0.1' } });
const sender = DatagramSocket.open({ connect: { address: '127.0.0.1', port: receiver.localAddress.port } });

/** Sends one and waits for both stamps. */
async function measure(number) {
  const left = new Promise(resolve => {
    sender.send(`datagram ${number}`, undefined, { onTransmitted: ({ stamp }) => resolve(stamp) });
  });
  for await (const { stamp: arrived } of receiver) {
    // The first may have none: the kernel turns stamps on when the first socket of the machine asks for them.
    return arrived === undefined ? undefined : { arrived, left: await left };
  }
}

for (let number = 1; number <= count; number++) {
  const stamps = await measure(number);
  if (stamps === undefined) console.log(`${number}: not stamped`);
  else console.log(`${number}: ${((stamps.arrived - stamps.left) / 1000).toFixed(1)} us from leaving to arriving`);
}
receiver.close();
sender.close();
