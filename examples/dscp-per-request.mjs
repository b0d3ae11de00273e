// Marks the packets of one kind of request for a better queue: node examples/dscp-per-request.mjs [URL]
import { get } from 'node:http';
import { getOption, httpAgent } from 'subsocket';

const urgent = httpAgent({ keepAlive: true, socketOptions: { IP_TOS: 'EF', SO_PRIORITY: 6 } });
const bulk = httpAgent({ keepAlive: true, socketOptions: { IP_TOS: 'CS1' } });

for (const agent of [urgent, bulk]) {
  const request = get(process.argv[2] ?? 'http://127.0.0.1:8080/', { agent }, response => {
    console.log(`${response.statusCode} with ${getOption(response.socket, 'IP_TOS')}`);
    response.resume().on('end', () => agent.destroy());
  });
  request.on('error', error => console.error(error.message));
}
