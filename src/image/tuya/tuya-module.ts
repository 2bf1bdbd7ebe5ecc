import type { ChipName } from '../../chip/families';

/** First letters of a module's name and the chip in it, the longer ones first. Source: BK7231GUIFlashTool. */
const BY_NAME: readonly (readonly [start: string, chip: ChipName | null])[] = [
  // Realtek and RDA, not Beken.
  ['WR', null],
  ['WBR', null],
  ['WD', null],
  ['CR', null],
  ['T34', 'BK7231N'],
  ['T1', 'BK7238'],
  ['T2', 'BK7231N'],
  ['T3', 'BK7236'],
  ['T4', 'BK7252N'],
  ['T5', 'BK7258'],
  ['CB', 'BK7231N'],
  // A revision of a W module that carries the newer chip.
  ['WB2L_M1', 'BK7231N'],
  ['WB', 'BK7231T'],
];

/** What Tuya's firmware calls the platform that it runs on. Source: real dumps, BK7231GUIFlashTool. */
const BY_PLATFORM: ReadonlyMap<string, ChipName> = new Map([
  ['bk7231n', 'BK7231N'],
  ['bk7231nl', 'BK7231N'],
  ['bk7231s_2m', 'BK7231T'],
  ['bk7231', 'BK7231Q'],
  ['t1', 'BK7238'],
]);

/** The chip of a Tuya module by its name, such as `CB2S`; null where the name does not tell. */
export function chipOfModule(module: string): ChipName | null {
  const name = module.toUpperCase().replace(/-/g, '_');
  const fitting = BY_NAME.filter(([start]) => name.startsWith(start));
  const longest = fitting.sort(([one], [other]) => other.length - one.length)[0];
  return longest?.[1] ?? null;
}

/** The chip by the platform's name (`em_sys_env`); null for others than Beken's. */
export function chipOfPlatform(platform: string): ChipName | null {
  return BY_PLATFORM.get(platform.toLowerCase()) ?? null;
}
