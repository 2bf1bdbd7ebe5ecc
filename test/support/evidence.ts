import assert from 'node:assert/strict';
import type { Drop } from '../../src/diagnosis/evidence/evidence';
import { EvidenceLog } from '../../src/diagnosis/evidence/evidence-log';
import type { CauseId } from '../../src/diagnosis/rules/finding';
import { findings } from './findings';

export const BAUD = 921_600;
export const WHITE = 0xf154670a;

/** A linked chip on which everything went well so far. */
export function linked(family: 'full' | 'basic' = 'full'): EvidenceLog {
  const log = new EvidenceLog();
  log.good('link', 115_200);
  log.family(family);
  for (let count = 0; count < 40; count++) log.good('checksum', BAUD);
  for (let count = 0; count < 10; count++) log.good('read', BAUD);
  for (let count = 0; count < 20; count++) log.good('erase', BAUD);
  for (let count = 0; count < 20; count++) log.good('program', BAUD);
  return log;
}

export function drop(address: number, over: Partial<Drop> = {}): Omit<Drop, 'carriedOut'> {
  return {
    address,
    phase: 'write',
    baud: BAUD,
    kind: 'silence',
    command: 'program',
    found: 'rebooted',
    received: 0,
    busy: false,
    ...over,
  };
}

export function wrong(
  log: EvidenceLog,
  address: number,
  direction: 'read' | 'write',
  times = 1,
): void {
  for (let time = 0; time < times; time++) {
    log.checksumPair({ address, length: 4096, direction, baud: BAUD, host: 1, chip: 2 });
  }
}

export function right(
  log: EvidenceLog,
  address: number,
  direction: 'read' | 'write' = 'write',
): void {
  const pair = { address, length: 4096, direction, baud: BAUD, host: WHITE, chip: WHITE };
  log.checksumPair(pair);
}

type TellingFinding = ReturnType<typeof findings>[number];

export function of(log: EvidenceLog, id: CauseId): TellingFinding | undefined {
  return findings(log.evidence).find((one) => one.id === id);
}

export function first(log: EvidenceLog): TellingFinding {
  const [found] = findings(log.evidence);
  assert.ok(found, 'something is found');
  return found;
}
