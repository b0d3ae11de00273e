// Writes to the system's log, as syslog(3) does: a datagram to /dev/log.
//   node examples/syslog.mjs "a message" [/dev/log]
import { UnixDatagramSocket } from 'subsocket';

const [text = 'hello', path = '/dev/log'] = process.argv.slice(2);
const FACILITY_USER = 1;
const SEVERITY_NOTICE = 5;

const log = await UnixDatagramSocket.open({ connect: path });

/** RFC 3164, as local daemons read it: priority, tag with the process id, text. */
await log.send(`<${FACILITY_USER * 8 + SEVERITY_NOTICE}>example[${process.pid}]: ${text}`);
log.close();
