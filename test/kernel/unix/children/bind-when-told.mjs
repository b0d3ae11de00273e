// Listens at a path as soon as it is told to, and says whether it could; keeps the path until it is told to end.
import { UnixServer } from '../../../../dist/index.js';

const [path] = process.argv.slice(2);
process.once('message', async () => {
  const server = await UnixServer.listen(path).catch(error => error);
  process.send(server instanceof Error ? server.code : 'listening');
  process.once('message', () => process.exit());
});
process.send('ready');
