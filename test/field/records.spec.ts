import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { type JobEnd, replay } from '../support/replayed';
import { projectRoot } from '../support/project';

const FOLDER = join(projectRoot, 'test', 'field', 'records');

/** Records of faults that are mended: at which line the engine goes another way since. */
const MENDED: Readonly<Record<string, number>> = {
  'rate-changed-with-another-delay.jsonl': 0,
};

/** What has to come out again: the causes that are told may become better. */
function comparable(end: JobEnd | null): unknown {
  if (end === null) return null;
  const { likely: _, ...rest } = end;
  if (rest.kind === 'done') return { ...rest, warnings: rest.warnings.map(({ code }) => code) };
  const { advice: __, ...failed } = rest;
  return failed;
}
