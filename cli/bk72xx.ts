#!/usr/bin/env node
import { run } from './run';

// Whoever reads what we say may go away first, as `head` does: the job does not end because of it.
for (const stream of [process.stdout, process.stderr]) stream.on('error', () => {});

run(process.argv.slice(2)).then(
  (status) => {
    // Not process.exit: what is still on its way into a pipe arrives.
    process.exitCode = status;
  },
  (error: unknown) => {
    console.error(error);
    process.exitCode = 1;
  },
);
