import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { Bench } from '../../support/simulator';

const FOLDER = path.resolve('../shared/data/transcripts');
const SIZE = 0x200000;

interface Exchange {
  line: number;
  sent: string;
  answer: string;
}

function exchanges(text: string): Exchange[] {
  const found: Exchange[] = [];
  let sent = '';
  text.split('\n').forEach((row, index) => {
    if (row.startsWith('> ')) sent = row.slice(2).trim();
    if (row.startsWith('< ')) found.push({ line: index + 1, sent, answer: row.slice(2).trim() });
  });
  return found;
}

/** What the answers to FlashRead4K show of the flash, where they were read before anything was written. */
function shownContents(all: Exchange[], into: Buffer): void {
  for (const { sent, answer } of all) {
    if (!sent.startsWith('01e0fcfff4050009')) continue;
    const bytes = Buffer.from(answer, 'hex');
    bytes.copy(into, bytes.readUInt32LE(11) % SIZE, 15);
  }
}

describe('simulated chip: what public tools recorded', () => {
  const names = existsSync(FOLDER)
    ? readdirSync(FOLDER).filter((name) => /-bk7231[nt]-(read|write)\.txt$/.test(name))
    : [];
  if (names.length === 0) {
    it('gives the answers of the recordings', function () {
      console.log('      no recordings at', FOLDER);
      this.skip();
    });
  }
  for (const name of names) {
    for (const speed of ['fast', 'real'] as const) {
      it(`${name} (${speed})`, async () => {
        const all = exchanges(readFileSync(path.join(FOLDER, name), 'utf8'));
        assert.ok(all.length > 5);
        const chip = name.includes('-bk7231t-') ? 'bk7231t' : 'bk7231n';
        const bench = new Bench({ chip, speed });
        // The answers before the first write that are checksums only cannot be shown; the tools read first.
        shownContents(all, bench.chip.flash);
        const skipped = unshown(all);
        bench.chip.reset();
        await bench.wait(20);
        for (const { line, sent, answer } of all) {
          const baud = /^01e0fc060f(.{8})/.exec(sent)?.[1];
          let got: string;
          if (baud === undefined) {
            got = await bench.send(sent, 2500);
          } else {
            bench.heard = Buffer.alloc(0);
            bench.chip.receive(Buffer.from(sent, 'hex'), bench.baudRate);
            await bench.wait(8);
            bench.baudRate = Buffer.from(baud, 'hex').readUInt32LE(0);
            await bench.wait(400);
            got = bench.heard.toString('hex');
          }
          if (skipped.has(line)) continue;
          if (got !== answer) {
            assert.fail(
              `line ${line}: ${sent.slice(0, 40)} gave ${got.slice(0, 60)}, recorded ${answer.slice(0, 60)}`,
            );
          }
        }
      });
    }
  }
});

/** Lines whose answer depends on flash that no recorded answer shows. */
function unshown(all: Exchange[]): Set<number> {
  const known = new Uint8Array(SIZE);
  const lines = new Set<number>();
  for (const { sent, answer } of all) {
    if (!sent.startsWith('01e0fcfff4050009')) continue;
    const at = Buffer.from(answer, 'hex').readUInt32LE(11) % SIZE;
    known.fill(1, at, at + 4096);
  }
  for (const { line, sent } of all) {
    const bytes = Buffer.from(sent, 'hex');
    if (sent.startsWith('01e0fcfff406000f')) {
      const at = bytes.readUInt32LE(9) % SIZE;
      known.fill(1, at, at + 4096);
    }
    if (!sent.startsWith('01e0fc0910')) continue;
    const start = bytes.readUInt32LE(5) % SIZE;
    const length = Math.min(SIZE, bytes.readUInt32LE(9) - bytes.readUInt32LE(5));
    // The first 256 bytes are the forged bootloader: that its checksum comes out is part of the test.
    if (start === 0 && length === 256) continue;
    if (known.subarray(start, start + length).includes(0)) lines.add(line);
  }
  return lines;
}
