// One mass ping of the library over 127.0.0.0/8, with nobody listening: what it reached and used, as JSON.
// Usage: mass-ping.mjs TARGETS [no-transmit-stamps]
import { ping } from '../../dist/tools/ping.js';
import { IpAddress } from '../../dist/wire/ip-address.js';

const count = Number(process.argv[2]);

function* targets() {
  let address = IpAddress.parse('127.0.0.1');
  for (let index = 0; index < count; index++, address = address.next()) yield address;
}

const cpu = process.cpuUsage();
const transmitStamps = process.argv[3] !== 'no-transmit-stamps';
const total = await ping(targets(), { rate: 0, transmitStamps }).summary();
const used = process.cpuUsage(cpu);
const report = {
  answered: total.answered,
  targets: total.targets,
  seconds: total.elapsed / 1e3,
  userSeconds: used.user / 1e6,
  systemSeconds: used.system / 1e6,
  residentMegabytes: process.resourceUsage().maxRSS / 1024,
};
console.log(JSON.stringify(report));
