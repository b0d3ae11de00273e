// Shows how a connection fares while it sends: node examples/connection-dashboard.mjs HOST PORT
import { connect, getOption } from 'subsocket';

const [host = '127.0.0.1', port = '9'] = process.argv.slice(2);
const socket = await connect({ host, port });
socket.resume();

for (let turn = 0; turn < 5; turn++) {
  await new Promise(resolve => socket.write(Buffer.alloc(100_000), resolve));
  const { state, rtt, rttvar, snd_cwnd, snd_mss, total_retrans, delivery_rate = 0 } = getOption(socket, 'TCP_INFO');
  const window = `${snd_cwnd} x ${snd_mss} bytes`;
  const rate = `${(delivery_rate / 1e6).toFixed(1)} MB/s`;
  console.log(
    `${state} rtt ${rtt.toFixed(2)} +- ${rttvar.toFixed(2)} ms, window ${window}, ${rate}, ${total_retrans} again`,
  );
}
socket.end();
