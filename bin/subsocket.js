#!/usr/bin/env node
import module from 'node:module';

// Node 22 and later keep compiled code on disk, which saves a part of every start after the first.
module.enableCompileCache?.();

const built = new URL('../dist/bin/main.js', import.meta.url);

async function load() {
  try {
    return await import(built.href);
  } catch (error) {
    if (error.code !== 'ERR_MODULE_NOT_FOUND' || error.url !== built.href) throw error;
    process.stderr.write('subsocket: not built yet; build it with: npm run build\n');
    process.exit(2);
  }
}

const { main } = await load();
await main(process.argv.slice(2));
