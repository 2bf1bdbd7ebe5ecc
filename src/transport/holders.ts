import { readdir, readFile, readlink, realpath } from 'node:fs/promises';
import { join } from 'node:path';

/**
 * The other processes that have a device open, as `name (process 123)`. Linux only, and only those that
 * this user may look at; empty where nothing can be told. Never fails.
 * @param proc where the kernel tells of processes; tests put their own in
 */
export async function processesHolding(path: string, proc = '/proc'): Promise<string[]> {
  const device = await realpath(path).catch(() => path);
  const processes = (await readdir(proc).catch(() => [])).filter((name) => /^\d+$/.test(name));
  const holders: string[] = [];
  for (const id of processes) {
    if (Number(id) === process.pid || !(await holds(join(proc, id), device))) continue;
    const name = await readFile(join(proc, id, 'comm'), 'utf8').catch(() => '');
    holders.push(`${name.trim() || 'a program'} (process ${id})`);
  }
  return holders;
}

async function holds(process: string, device: string): Promise<boolean> {
  for (const descriptor of await readdir(join(process, 'fd')).catch(() => [])) {
    const target = await readlink(join(process, 'fd', descriptor)).catch(() => null);
    if (target === device) return true;
  }
  return false;
}
