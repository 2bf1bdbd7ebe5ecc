import { BOOT_BAUD } from '../base/link-state';

/**
 * Rates by which a chip's 26 MHz divider and usual adapters come out close enough, fastest first.
 * 1.5 Mbit/s is 2 % off and 3 Mbit/s 8 %: left out.
 */
export const BAUD_LADDER: readonly number[] = [
  2_000_000, 1_000_000, 921_600, 500_000, 460_800, 230_400, 115_200,
];

/** The first rate to try: practically every adapter does it, and practically all wiring carries it. */
const FIRST_BAUD = 921_600;

/**
 * What to try next, given which rates have proved themselves on this wiring and which have not.
 * @param remembered the rate of the last link to this chip: it is gone to straight away
 */
export function nextBaud(
  setting: number | 'auto',
  proved: ReadonlySet<number>,
  failed: ReadonlySet<number>,
  remembered: number | null = null,
): number | null {
  const best = Math.max(BOOT_BAUD, ...proved);
  const open = (rate: number): boolean => rate > best && !failed.has(rate);
  if (setting !== 'auto') {
    if (proved.has(setting)) return null;
    if (!failed.has(setting) && setting !== BOOT_BAUD) return setting;
    return BAUD_LADDER.find((rate) => rate < setting && open(rate)) ?? null;
  }
  if (proved.size === 0 && remembered !== null && open(remembered)) return remembered;
  // The middle of the ladder first: a rate that fails can cost the link, so each step up is taken from
  // a rate that is proved.
  if (open(FIRST_BAUD)) return FIRST_BAUD;
  if (best < FIRST_BAUD) return BAUD_LADDER.find((rate) => rate < FIRST_BAUD && open(rate)) ?? null;
  return BAUD_LADDER.find(open) ?? null;
}
