// BBR and Multipath TCP on one machine.
import { createServer } from 'node:net';
import { connect, getOption, listen } from 'subsocket';

const server = await listen(createServer(), { host: '127.0.0.1', protocol: 'mptcp' });
const address = server.address();
const port = address !== null && typeof address === 'object' ? address.port : 0;

const plain = await connect({ host: '127.0.0.1', port, options: { TCP_CONGESTION: 'bbr' } });
console.log(`congestion control: ${getOption(plain, 'TCP_CONGESTION')}`);
plain.destroy();

const multipath = await connect({ host: '127.0.0.1', port, protocol: 'mptcp' });
console.log(`multipath: ${getOption(multipath, 'TCP_IS_MPTCP')}`);
for (const { local, remote } of getOption(multipath, 'MPTCP_SUBFLOW_ADDRS')) {
  console.log(`a subflow from ${local.address} to ${remote.address}`);
}
multipath.destroy();
server.close();
