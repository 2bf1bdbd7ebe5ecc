import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { EventLine, HeaderLine } from '../../src/trace/record-lines';

const HEADER: HeaderLine = {
  kind: 'record',
  format: 1,
  started: '2026-03-04T05:06:07.000Z',
  port: '/dev/ttyUSB0',
  settings: {
    chip: 'auto',
    baud: 'auto',
    reset: 'auto',
    linkTimeout: 10,
    idle: 0,
    after: 'leave',
  },
  whole: true,
  dropped: { exchanges: 0, decisions: 0 },
};

/** A file with a record that a test makes up; gone after the test. */
export function recordFile(context: Mocha.Suite) {
  let folder = '';
  context.beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'bk72xx-record-'));
  });
  context.afterEach(() => rmSync(folder, { recursive: true, force: true }));
  return (lines: readonly EventLine[], header: Partial<HeaderLine> = {}): string => {
    const file = join(folder, 'record.jsonl');
    const all = [{ ...HEADER, ...header }, ...lines];
    writeFileSync(file, all.map((line) => `${JSON.stringify(line)}\n`).join(''));
    return file;
  };
}

/** A checksum as records have it. */
export function hex8(crc: number): string {
  return crc.toString(16).padStart(8, '0');
}
