import { createRequire } from 'node:module';
import path from 'node:path';
import { BkError, say, textOf } from '../../../src';

/** What is used of the optional packages, by the names under which they are installed. */
export interface QueuePackages {
  bullmq: typeof import('bullmq');
  ioredis: typeof import('ioredis');
}

/** In the order in which they are asked for, with the versions that this package was tested with. */
const WANTED = [
  { name: 'bullmq', version: '6' },
  { name: 'ioredis', version: '5' },
] as const;

/**
 * Loads what only the queue needs, when it is needed. `require()` looks where this package lies and in the folders of
 * NODE_PATH, which `import()` does not: Home Assistant's add-on keeps its npm_packages there. Where the package is a link
 * to a checkout, they may lie in Node-RED's user folder all the same.
 * @param userDir Node-RED's, absolute
 * @throws BkError BK_QUEUE that says what to install, and where
 */
export function queuePackages(userDir: string, load: NodeJS.Require = require): QueuePackages {
  const missing: string[] = [];
  const found: Record<string, unknown> = {};
  for (const { name, version } of WANTED) {
    const loaded = [load, createRequire(path.join(userDir, 'flows.json'))]
      .map((from) => loadedBy(from, name))
      .find((one) => one !== undefined);
    if (loaded === undefined) missing.push(`${name}@${version}`);
    else found[name] = loaded;
  }
  if (missing.length === 0) return found as unknown as QueuePackages;
  const packages = missing.join(' ');
  throw new BkError('BK_QUEUE', say('queue.packagesMissing', { packages }), {
    phase: 'open',
    advice: [
      say('queue.installPackages', { packages, folder: userDir }),
      say('queue.installInAddOn', { packages }),
    ],
  });
}

/** @throws BkError BK_QUEUE where it is there and cannot be loaded */
function loadedBy(from: NodeJS.Require, name: string): unknown {
  try {
    return from(name);
  } catch (reason) {
    if (isAbsent(reason, name)) return undefined;
    throw new BkError('BK_QUEUE', say('queue.packageBroken', { name, reason: textOf(reason) }), {
      phase: 'open',
      reason,
      advice: [say('queue.installAgain', { name })],
    });
  }
}

/** What is missing need not be the package itself: one that it needs may be. */
function isAbsent(reason: unknown, name: string): boolean {
  const { code } = reason as NodeJS.ErrnoException;
  return code === 'MODULE_NOT_FOUND' && textOf(reason).startsWith(`Cannot find module '${name}'`);
}
