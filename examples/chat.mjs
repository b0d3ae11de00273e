// A matchmaker introduces two people who never learn each other's address: each gets one end of a pair, and the matchmaker
// keeps none.
//   node examples/chat.mjs serve /tmp/chat.sock      then twice:  node examples/chat.mjs join /tmp/chat.sock
import { createInterface } from 'node:readline';
import { socketPair, UnixServer, UnixSocket } from 'subsocket';

const [role = 'join', path = '/tmp/chat.sock'] = process.argv.slice(2);

async function serve() {
  const server = await UnixServer.listen(path);
  console.log('waiting for two');
  for (;;) {
    const [first, second] = [await server.accept(), await server.accept()];
    const ends = socketPair();
    await Promise.all([first, second].map((person, index) => person?.send('go', { descriptors: [ends[index] ?? 0] })));
    for (const socket of [first, second, ...ends]) socket?.destroy();
    console.log('two were introduced');
  }
}

async function join() {
  const matchmaker = await UnixSocket.connect(path);
  const [end] = (await matchmaker.receive())?.descriptors ?? [];
  matchmaker.destroy();
  if (end === undefined) throw new Error('nobody came');
  const friend = end.toSocket().setEncoding('utf8');
  friend.on('data', text => process.stdout.write(`they: ${text}`));
  friend.on('end', () => process.exit());
  const input = createInterface({ input: process.stdin });
  input.on('line', line => friend.write(`${line}\n`));
  input.on('close', () => friend.end());
}

await (role === 'serve' ? serve() : join());
