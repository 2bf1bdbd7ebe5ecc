import { CHIP_MODELS, type ChipName } from '../../chip/known/chips';

/** First letters of the names of modules with chips of Realtek and RDA. Source: BK7231GUIFlashTool. */
const OTHER_MAKES = ['WR', 'WBR', 'WD', 'CR'];

/** First letters of a module's name, and the chip in it. */
const BY_NAME: readonly (readonly [start: string, chip: ChipName | null])[] = [
  ...OTHER_MAKES.map((start) => [start, null] as const),
  ...CHIP_MODELS.flatMap(({ name, tuya }) => tuya.modules.map((start) => [start, name] as const)),
];

/** The chip of a Tuya module by its name, such as `CB2S`; null where the name does not tell. */
export function chipOfModule(module: string): ChipName | null {
  const name = module.toUpperCase().replace(/-/g, '_');
  const fitting = BY_NAME.filter(([start]) => name.startsWith(start));
  const longest = fitting.sort(([one], [other]) => other.length - one.length)[0];
  return longest?.[1] ?? null;
}

/** The chip by the platform's name (`em_sys_env`); null for others than Beken's. */
export function chipOfPlatform(platform: string): ChipName | null {
  const name = platform.toLowerCase();
  return CHIP_MODELS.find(({ tuya }) => tuya.platforms.includes(name))?.name ?? null;
}
