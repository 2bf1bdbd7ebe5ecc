import { durationText, hex, type JobFacts, type Note, render, say, speedText } from '../../src';

/** A name and what it is; null and undefined are left out. */
export type Row = readonly [label: Note, value: Note | string | null | undefined];

/** With which key code is stored, by the words that reports have for it. */
export const KEYS: Readonly<Record<'tuya' | 'none' | 'custom' | 'other', Note>> = {
  tuya: say('common.tuyaKey'),
  none: say('common.noKey'),
  custom: say('common.ownKey'),
  other: say('common.otherKey'),
};

/** Names in one column, and behind them what they are; a value of several lines stays in its column. */
export function rows(list: readonly Row[]): string {
  const shown = list.flatMap(([label, value]) =>
    value === null || value === undefined ? [] : [[render(label), textOf(value)] as const],
  );
  const width = Math.max(0, ...shown.map(([label]) => label.length)) + 2;
  const indent = `\n${' '.repeat(width)}`;
  return shown
    .map(([label, value]) => label.padEnd(width) + value.replaceAll('\n', indent))
    .join('\n');
}

function textOf(value: Note | string): string {
  return typeof value === 'string' ? value : render(value);
}

/** `0x11000-0x11fff, …`: the first and the last address of each. */
export function spans(regions: readonly { offset: number; length: number }[]): string {
  return regions
    .map(({ offset, length }) => `${hex(offset)}-${hex(offset + length - 1)}`)
    .join(', ');
}

/** How long it took, and at which rate. */
export function tookRow({ durationMs, bytesPerSecond, baud, bytes }: JobFacts): Row {
  const time = durationText(durationMs);
  const speed = speedText(bytesPerSecond);
  // A device on the network has no rate.
  if (baud === null)
    return [say('cli.rowTook'), bytes === 0 ? time : say('cli.tookOverNetwork', { time, speed })];
  return [
    say('cli.rowTook'),
    bytes === 0 ? say('cli.took', { time, baud }) : say('cli.tookAtSpeed', { time, baud, speed }),
  ];
}
