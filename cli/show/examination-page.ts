import {
  durationText,
  type Examination,
  type JobFacts,
  type Note,
  render,
  type Spread,
  say,
  sizeText,
  speedText,
} from '../../src';
import { KEYS, type Row, rows, spans } from './rows';

/** What was measured, what is unusual and what to do about it, and where the report lies. */
export function examinationPage(found: Examination, { port }: JobFacts, path: string): string {
  const { chip, reading, unmeasured, unusual } = found;
  return rows([
    [say('cli.rowPort'), port],
    [say('cli.rowChip'), chip.model ?? say('cli.chipUnknown', { family: chip.family })],
    [say('cli.rowChipId'), chip.chipId],
    [say('cli.rowBootloader'), chip.bootloader.name],
    [
      say('cli.rowFlash'),
      `${chip.flash.name ?? chip.flash.id ?? ''} ${sizeText(chip.flash.size)}`.trim(),
    ],
    [say('cli.rowStatus'), values(chip.status)],
    [say('cli.rowEfuseKey'), chip.key],
    [say('cli.rowKey'), chip.codeKey === null ? say('cli.unknown') : KEYS[chip.codeKey]],
    [say('cli.rowMac'), chip.mac ?? say('cli.noMac')],
    ...linkRows(found),
    ...lineRows(found),
    [say('cli.rowChecksum'), checksums(found)],
    [
      say('cli.rowReadTwice'),
      reading &&
        say(reading.differed + reading.contradicted > 0 ? 'cli.readDiffers' : 'cli.readAgrees', {
          sectors: reading.sectors,
        }),
    ],
    ...flashRows(found),
    [
      say('cli.rowUnmeasured'),
      unmeasured.map(({ probe, whyCode }) => `${probe}: ${render(whyCode)}`).join('\n') || null,
    ],
    [
      say('cli.rowUnusual'),
      unusual
        .map(({ whatCode, adviceCode }) =>
          render(say('cli.unusual', { what: whatCode, advice: adviceCode })),
        )
        .join('\n') || say('cli.nothingUnusual'),
    ],
    [say('cli.rowReport'), say('cli.mayBePosted', { path })],
  ]);
}

function linkRows({ link }: Examination): Row[] {
  const { window } = link;
  const wire = link.wire ?? say(link.restart === null ? 'cli.unknown' : 'cli.noWire');
  return [
    [say('cli.rowLink'), say('cli.linkedAfter', { time: durationText(link.ms) })],
    [say('cli.rowWire'), wire],
    [
      say('cli.rowWindow'),
      window &&
        (window.closesMs === null
          ? say('cli.windowOpen', { opens: ms(window.opensMs), longest: ms(window.longestMs) })
          : say('cli.window', { opens: ms(window.opensMs), closes: ms(window.closesMs) })),
    ],
  ];
}

function lineRows({ line }: Examination): Row[] {
  const { answerMs, baud, holdMs, commandAhead, rates } = line;
  const ways = rates.map(
    ({ baud: rate, toHost, toChip }) =>
      `${String(rate).padStart(7)}  ${render(wayOf(toHost, toChip))}`,
  );
  return [
    [
      say('cli.rowAnswers'),
      answerMs && say('cli.answers', { times: spread(answerMs), count: line.answers, baud }),
    ],
    [
      say('cli.rowAdapter'),
      holdMs === null
        ? null
        : holdMs === 0
          ? say('cli.passesOn')
          : say('cli.keepsBack', { ms: ms(holdMs) }),
    ],
    [
      say('cli.rowAhead'),
      commandAhead === null ? null : say(commandAhead ? 'cli.hearsAhead' : 'cli.deafAhead'),
    ],
    [say('cli.rowRates'), ways.join('\n') || null],
  ];
}

function wayOf(toHost: boolean | null, toChip: boolean | null): Note {
  if (toHost && toChip) return say('cli.bothWays');
  if (toHost === null && toChip === null) return say('cli.notTried');
  return say(toHost ? 'cli.toHostOnly' : 'cli.failed');
}

function checksums({ checksum }: Examination): Note | null {
  const { blankBytesPerSecond: blank, otherBytesPerSecond: other } = checksum;
  if (blank === null && other === null) return null;
  const shown = (speed: number | null) => (speed === null ? say('cli.unknown') : speedText(speed));
  return say('cli.checksums', { blank: shown(blank), other: shown(other) });
}

function flashRows({ flash }: Examination): Row[] {
  if (flash === null) return [];
  const { eraseMs, programMs, at } = flash;
  const half = eraseMs[32768];
  return [
    [say('cli.rowMeasuredAt'), say('cli.blankAgain', { range: spans([at]) })],
    [say('cli.rowErase4'), spread(eraseMs[4096])],
    [say('cli.rowErase32'), half === null ? say('cli.notKnownToChip') : spread(half)],
    [say('cli.rowErase64'), spread(eraseMs[65536])],
    [say('cli.rowProgram256'), spread(programMs[256])],
    [say('cli.rowProgram4'), spread(programMs[4096])],
  ];
}

function spread({ least, median, worst }: Spread): Note {
  return say('cli.spread', { least: ms(least), median: ms(median), worst: ms(worst) });
}

function ms(value: number): number {
  return value < 100 ? Math.round(value * 10) / 10 : Math.round(value);
}

function values(all: Readonly<Record<string, string>> | null): string | null {
  if (all === null) return null;
  // Of names that are numbers an object has an order of its own.
  const sorted = Object.entries(all).sort(([one], [other]) => (one < other ? -1 : 1));
  return sorted.map(([name, value]) => `${name}=${value}`).join(' ');
}
