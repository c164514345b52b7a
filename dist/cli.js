#!/usr/bin/env node
// The bin of the package. Plain JavaScript that old versions of Node can read too: they are told, not left to crash.
import { readFileSync } from 'node:fs';

const major = Number(process.versions.node.split('.')[0]);
if (major < 22) {
  console.error(`c4ang needs Node 22 or newer, and this is ${process.versions.node} (${process.execPath}).`);
  process.exitCode = 2;
} else {
  const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'));
  const { startCli } = await import('./index.js');
  await startCli(version);
}
