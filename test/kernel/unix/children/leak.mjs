// Run with --expose-gc: forgets a received descriptor without closing it, and tells what happens to it.
import { existsSync } from 'node:fs';
import { socketPair } from '../../../../dist/index.js';

const [here, there] = socketPair();
const warned = new Promise(resolve => process.on('warning', resolve));

async function forget() {
  await here.send('x', { descriptors: [0] });
  return (await there.receive()).descriptors[0].fd;
}

const number = await forget();
const collecting = setInterval(gc, 1);
const warning = await warned;
clearInterval(collecting);
console.log(
  JSON.stringify([
    warning.name,
    warning.code,
    warning.message.includes(` ${number} `),
    existsSync(`/proc/self/fd/${number}`),
  ]),
);
here.destroy();
there.destroy();
