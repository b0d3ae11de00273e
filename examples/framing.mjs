// A stream has no boundaries of messages: what was sent in two parts may come in one, or in five. Here is how to put them
// back, with a length before each message or a line end behind it, and what that means for descriptors.
import { openSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { socketPair } from 'subsocket';

/**
 * Messages with a length of four bytes before each. Descriptors never come later than the first byte that they were sent
 * with; a read may bring bytes of the message before, too. So they are kept in order, and a message says how many are its own.
 * @param {import('subsocket').UnixSocket} socket
 */
async function* frames(socket) {
  let bytes = Buffer.alloc(0);
  /** @type {import('subsocket').OwnedDescriptor[]} */
  const waiting = [];
  for await (const { data, descriptors } of socket.messages()) {
    bytes = Buffer.concat([bytes, data]);
    waiting.push(...descriptors);
    while (bytes.length >= 5 && bytes.length >= 5 + bytes.readUInt32BE(0)) {
      const length = bytes.readUInt32BE(0);
      const descriptors = waiting.splice(0, bytes.readUInt8(4));
      yield { text: bytes.toString('utf8', 5, 5 + length), descriptors };
      bytes = bytes.subarray(5 + length);
    }
  }
}

/**
 * @param {import('subsocket').UnixSocket} socket
 * @param {string} text
 * @param {number[]} descriptors
 */
function sendFrame(socket, text, descriptors = []) {
  const data = Buffer.from(text);
  const header = Buffer.alloc(5);
  header.writeUInt32BE(data.length, 0);
  header.writeUInt8(descriptors.length, 4);
  return socket.send(Buffer.concat([header, data]), { descriptors });
}

/**
 * Lines, from a socket that is read as bytes.
 * @param {import('subsocket').UnixSocket} socket
 */
async function* lines(socket) {
  let text = '';
  for await (const part of socket.setEncoding('utf8')) {
    const found = (text + part).split('\n');
    text = found.pop() ?? '';
    yield* found;
  }
}

const [here, there] = socketPair();
const path = join(tmpdir(), `framing-${process.pid}`);
writeFileSync(path, 'what the file says');
const file = openSync(path, 'r');
void sendFrame(here, 'first');
void sendFrame(here, 'second, with a file', [file]);
void sendFrame(here, 'third'.repeat(100_000));
here.end();
for await (const { text, descriptors } of frames(there)) {
  console.log(`${text.length} characters, ${descriptors.length} descriptors`);
  for (const descriptor of descriptors) {
    console.log(`  ${readFileSync(descriptor.fd, 'utf8')}`);
    descriptor.close();
  }
}

const [writer, reader] = socketPair();
writer.write('one\ntw');
writer.end('o\nthree\n');
for await (const line of lines(reader)) console.log(line);
