import { type Dirent, readdirSync, readFileSync } from 'node:fs';
import { join, relative, resolve, sep } from 'node:path';

/** The checkout; compiled tests lie two folders below it. */
export const ROOT = resolve(__dirname, '..', '..', '..');

/** The folders that tools make; the rest belongs to the project. */
const MADE = new Set(['.git', 'node_modules', 'dist', 'dist-test', 'coverage', '.node-red']);

/** All the project's files under `folder`, relative to the checkout, with forward slashes. */
export function projectFiles(folder = '.'): string[] {
  const visit = (path: string): string[] =>
    readdirSync(path, { withFileTypes: true }).flatMap((entry: Dirent) => {
      const child = join(path, entry.name);
      if (entry.isDirectory()) return MADE.has(entry.name) ? [] : visit(child);
      return entry.isFile() ? [relative(ROOT, child).split(sep).join('/')] : [];
    });
  return visit(join(ROOT, folder)).sort();
}

export function readText(path: string): string {
  return readFileSync(join(ROOT, path), 'utf8');
}
