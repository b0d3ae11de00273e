// Notices within a second that the peer is gone, though no packet says so: node examples/dead-peer.mjs HOST PORT
import { connect } from 'subsocket';

const [host = '127.0.0.1', port = '7'] = process.argv.slice(2);
const socket = await connect({
  host,
  port,
  timeout: 2000,
  options: {
    // While data is on its way: how long it may stay unacknowledged.
    TCP_USER_TIMEOUT: 1000,
    // While the connection is idle: probes begin after a second, and follow each second.
    SO_KEEPALIVE: true,
    TCP_KEEPIDLE: 1000,
    TCP_KEEPINTVL: 1000,
    TCP_KEEPCNT: 1,
  },
});

console.log('connected');
const writing = setInterval(() => socket.write('are you there?'), 100);
socket.resume();
socket.on('error', error => console.log(`gone: ${'code' in error ? error.code : error.message}`));
socket.on('close', () => clearInterval(writing));
