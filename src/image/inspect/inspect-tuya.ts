import type { ChipName } from '../../chip/known/chips';
import { type Note, say } from '../../texts/note';
import { withoutEndNuls } from '../nul-text';
import {
  isObject,
  type Json,
  type JsonObject,
  parseTuyaJson,
  parseTuyaObject,
} from '../tuya/tuya-json';
import { chipOfModule, chipOfPlatform } from '../tuya/tuya-module';
import { tuyaPins } from '../tuya/tuya-pins';
import type { TuyaStorage } from '../tuya/tuya-storage';
import type { TuyaUserFiles } from '../tuya/tuya-user-files';
import { clipped, hideSettings, hideValue, plainWord } from './inspect-secrets';
import type { InspectedTuya } from './inspect-types';

/** Everything of Tuya's that was found in the bytes. */
export interface TuyaSources {
  storage: TuyaStorage | null;
  userFiles: TuyaUserFiles | null;
  /** Settings in the application's own code. */
  appParam: JsonObject | null;
}

export interface TuyaFindings {
  tuya: InspectedTuya;
  /** OpenBeken's start commands for this device. */
  commands: string[];
  /** What module and platform say about the chip. */
  hints: { chip: ChipName; evidence: Note }[];
  warnings: Note[];
}

const SETTINGS = 'user_param_key';
/** User files that hold the settings as well, the usual one first. */
const SETTINGS_FILES = ['oem_cfg', SETTINGS] as const;
const PRINTABLE = /^[\t\n\r\x20-\x7e]*$/;

/** Puts together what the storage, the user files and the application say; null where none is Tuya's. */
export function inspectTuya(sources: TuyaSources, hide: boolean): TuyaFindings | null {
  const { storage, userFiles } = sources;
  const settings = findSettings(sources);
  if (storage === null && userFiles === null && settings === null) return null;
  const { pins, commands, notes } = tuyaPins(settings?.param ?? {});
  const module = settings === null ? null : wordOf(settings.param.module);
  const platform = wordOf(storedValue(storage, 'em_sys_env'));
  const values = [...(storage?.items ?? [])].map(([name, { value }]): [string, Json] => {
    const readable = clipped(readableValue(value));
    return [name, hide ? hideValue(name, readable) : readable];
  });
  const files = [...(userFiles?.files ?? [])].map(([name, { length }]) => [name, length]);
  const shown = (word: string | null) => (word === null || !hide ? word : plainWord(word));
  const param = clipped(settings?.param ?? {}) as JsonObject;
  return {
    tuya: {
      module: shown(module),
      platform: shown(platform),
      pins,
      pinsFrom: settings?.from ?? null,
      userParam: hide ? hideSettings(param) : param,
      keys: [...(storage?.items.keys() ?? [])],
      tuyaMcuBaud: baudOf(storedValue(storage, 'baud_cfg')),
      values: Object.fromEntries(values),
      userFiles: Object.fromEntries(files),
    },
    commands,
    hints: chipHints(module, platform),
    warnings: [...notes, ...doubts(sources, settings?.from ?? null)],
  };
}

/** The settings of the pins: of the storage, else of a user file, else of the application. */
function findSettings({
  storage,
  userFiles,
  appParam,
}: TuyaSources): { param: JsonObject; from: NonNullable<InspectedTuya['pinsFrom']> } | null {
  const stored = storedValue(storage, SETTINGS);
  if (isObject(stored)) return { param: stored, from: 'storage' };
  for (const name of SETTINGS_FILES) {
    const content = userFiles?.files.get(name)?.content;
    const param = content ? parseTuyaObject(content) : null;
    if (param !== null) return { param, from: 'user-file' };
  }
  return appParam === null ? null : { param: appParam, from: 'app' };
}

function chipHints(module: string | null, platform: string | null): TuyaFindings['hints'] {
  const byPlatform = platform === null ? null : chipOfPlatform(platform);
  const byModule = module === null ? null : chipOfModule(module);
  return [
    ...(byPlatform === null
      ? []
      : [
          {
            chip: byPlatform,
            evidence: say('inspect.platformName', { platform: plainWord(platform ?? '') }),
          },
        ]),
    ...(byModule === null
      ? []
      : [
          {
            chip: byModule,
            evidence: say('inspect.moduleName', { module: plainWord(module ?? '') }),
          },
        ]),
  ];
}

function doubts({ storage }: TuyaSources, from: InspectedTuya['pinsFrom']): Note[] {
  const damaged = storage?.damaged ?? [];
  return [
    ...(from === 'app' ? [say('inspect.builtInPins')] : []),
    ...(damaged.length > 0
      ? [say('inspect.damagedValues', { names: damaged.map(plainWord).join(', ') })]
      : []),
  ];
}

function storedValue(storage: TuyaStorage | null, name: string): Json | undefined {
  const item = storage?.items.get(name);
  return item === undefined ? undefined : parseTuyaJson(item.value);
}

function readableValue(value: Buffer): Json {
  const parsed = parseTuyaJson(value);
  if (parsed !== undefined && !(typeof parsed === 'string' && !PRINTABLE.test(parsed)))
    return parsed;
  const text = withoutEndNuls(value.toString('latin1'));
  return PRINTABLE.test(text) ? text : value.toString('hex');
}

function wordOf(value: Json | undefined): string | null {
  if (typeof value !== 'string') return null;
  const word = value.replace(/^"|"$/g, '').trim();
  return word === '' ? null : word;
}

function baudOf(value: Json | undefined): number | null {
  const baud = isObject(value) ? value.baud : undefined;
  return typeof baud === 'number' && Number.isInteger(baud) && baud > 0 ? baud : null;
}
