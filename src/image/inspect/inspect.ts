import { createHash } from 'node:crypto';
import { setImmediate } from 'node:timers/promises';
import { SECTOR } from '../../chip/geometry';
import { chipsOfFirmware } from '../../chip/known/chip-queries';
import { CHIP_MODELS, type ChipName } from '../../chip/known/chips';
import { BkError, hex } from '../../errors';
import { type Note, say } from '../../texts/note';
import { render, renderAll } from '../../texts/render';
import { type AppFacts, readAppParam } from '../code/app-text';
import { type DetectedImage, detectInSteps } from '../detect/detect';
import { findPartialDump } from '../evidence/partial-dump';
import { findOpenBekenConfig } from '../openbeken/find-config';
import type { OpenBekenConfig } from '../openbeken/openbeken-config';
import { openBekenTemplate } from '../openbeken/openbeken-template';
import { readTuyaStorage } from '../tuya/tuya-storage';
import { readUserFiles } from '../tuya/tuya-user-files';
import { esphomeOutline } from './esphome';
import {
  inspectBootloader,
  lookInto,
  misplaced,
  type Place,
  placesInPart,
  placesOf,
} from './inspect-flash';
import { hideOpenBeken, plainWord } from './inspect-secrets';
import { inspectTuya, type TuyaFindings } from './inspect-tuya';
import type { InspectedKind, Inspection, InspectOptions } from './inspect-types';

const MIB = 1024 * 1024;
/** Twice the largest flash, so that UF2 files, which spread out, fit too. */
export const LONGEST_IMAGE = 32 * MIB;
const HASH_SLICE = MIB;
/** The SDK's line about its build ends with the chip. */
const SDK_CHIP = /\bAT (\w+) >$/;

/**
 * Says what bytes are and what they tell: a dump of a whole flash, a part of one, or any image.
 * Lets other work run in between: nothing blocks for long.
 * @throws BkError BK_BAD_IMAGE for no bytes or too many, BK_CANCELLED when the signal says so
 */
export async function inspect(
  given: Uint8Array,
  { secrets = 'hide', signal, pause = setImmediate }: InspectOptions = {},
): Promise<Inspection> {
  if (given.length === 0)
    throw new BkError('BK_BAD_IMAGE', say('inspect.noBytes'), {
      advice: [say('inspect.checkSource')],
    });
  if (given.length > LONGEST_IMAGE)
    throw new BkError('BK_BAD_IMAGE', say('inspect.tooManyBytes', { bytes: given.length }), {
      advice: [say('inspect.checkImage')],
    });
  const rest = async (): Promise<void> => {
    await pause();
    if (signal?.aborted) throw new BkError('BK_CANCELLED', say('inspect.cancelled'));
  };
  const hide = secrets !== 'show';
  const warnings: Note[] = [];

  const sha256 = await hashOf(given, rest);
  const found = await recognise(given, rest);
  const isMoved = 'upright' in found;
  const image = isMoved ? found.upright : found;
  const partial = findPartialDump(given, found);
  const bytes = isMoved ? found.upright.flash : (partial?.flash ?? given);
  if (isMoved) warnings.push(say('inspect.putRight', { found: found.putRight }));
  if (partial !== null) {
    const { start, end } = partial;
    warnings.push(say('inspect.partOfFlash', { start: hex(start), end: hex(end - 1) }));
  }
  warnings.push(...image.damaged, ...image.doubts);
  await rest();

  const storage = readTuyaStorage(bytes);
  await rest();
  const dump = image.kind === 'dump' ? image : null;
  const userFiles = dump === null && partial === null ? null : readUserFiles(bytes);
  await rest();
  const { app, bootloader } = 'app' in image ? image : NO_CODE;
  const appParam = app === null ? null : readAppParam(app.text);
  await rest();
  const tuya = inspectTuya({ storage, userFiles, appParam }, hide);
  warnings.push(...(tuya?.warnings ?? []));
  await rest();

  const { chip, evidence } = tellChip(image, app?.sdk ?? null, tuya, warnings);
  if (dump !== null)
    for (const name of misplaced(dump))
      warnings.push(say('inspect.beyondEnd', { part: plainWord(name) }));
  const { config, damagedAt } = findOpenBekenConfig(bytes, chip);
  if (damagedAt !== null) warnings.push(say('inspect.configDamaged', { offset: hex(damagedAt) }));
  const rf = partial === null ? image.calibration : partial.calibration;
  await rest();
  const parts: Place[] = [
    ...(dump === null ? [] : placesOf(dump, chip)),
    ...(partial === null ? [] : placesInPart(partial, bootloader, chip)),
    ...(rf === null ? [] : [{ name: 'rf', offset: rf.offset, length: SECTOR }]),
    ...(storage === null ? [] : [{ name: 'tuya', offset: storage.offset, length: storage.length }]),
    ...(config === null ? [] : [{ name: 'openbeken', offset: config.offset, length: SECTOR }]),
  ];
  const openbeken =
    config === null ? null : hide ? { ...hideOpenBeken(config), offset: config.offset } : config;
  const kind = kindOf(image, config, storage !== null);
  return {
    kind,
    ...described(kind, image.description),
    chip,
    ...evidenceFor(evidence),
    size: given.length,
    sha256,
    rotated: found.kind === 'rotated-dump' || found.kind === 'swapped-dump',
    start: dump === null ? (partial?.start ?? null) : 0,
    bootloader: bootloader === null ? null : inspectBootloader(bootloader, chip),
    app: appOf(app, image),
    encryptionKey: image.encryptionKey,
    partitions: lookInto(bytes, parts),
    mac: rf?.mac ?? null,
    rf: rf === null ? null : { offset: rf.offset, length: SECTOR },
    tuya: tuya?.tuya ?? null,
    openbeken,
    ...suggestions(tuya, openbeken, chip, app?.project ?? null),
    warnings: renderAll(warnings),
    warningCodes: warnings,
  };
}

async function recognise(bytes: Uint8Array, rest: () => Promise<void>): Promise<DetectedImage> {
  const steps = detectInSteps(bytes);
  for (let step = steps.next(); ; step = steps.next()) {
    if (step.done) return step.value;
    await rest();
  }
}

async function hashOf(bytes: Uint8Array, rest: () => Promise<void>): Promise<string> {
  const hash = createHash('sha256');
  for (let at = 0; at < bytes.length; at += HASH_SLICE) {
    hash.update(bytes.subarray(at, at + HASH_SLICE));
    await rest();
  }
  return hash.digest('hex');
}

/** What is read of images without code. */
const NO_CODE = { app: null, bootloader: null };

/** By the application's own texts, else by the head of the file that it came in. */
function appOf(app: AppFacts | null, { project, version }: DetectedImage): Inspection['app'] {
  if (app !== null && (app.project !== null || app.sdk !== null))
    return { project: app.project, version: app.version, sdk: app.sdk };
  return version === null && project === null ? null : { project, version, sdk: null };
}

function tellChip(
  image: DetectedImage,
  sdk: string | null,
  found: TuyaFindings | null,
  warnings: Note[],
): { chip: ChipName | null; evidence: Note[] } {
  const hints = [...(found?.hints ?? [])];
  const named = SDK_CHIP.exec(sdk ?? '')?.[1];
  const bySdk = CHIP_MODELS.find(({ firmware }) => firmware.sdk === named)?.name;
  if (bySdk !== undefined)
    hints.unshift({ chip: bySdk, evidence: say('inspect.builtForChip', { chip: bySdk }) });
  const chips = hints.map(({ chip }) => chipsOfFirmware(chip, image.key)[0] ?? chip);
  const evidence = [...image.evidence, ...hints.map((hint) => hint.evidence)];
  const [first = null] = chips;
  const chip = image.chip ?? (chips.every((name) => name === first) ? first : null);
  const others = chips.filter((name) => name !== chip);
  if (others.length > 0)
    warnings.push(
      say('inspect.chipsContradict', {
        chips: [...new Set([chip ?? first, ...others])].join(', '),
      }),
    );
  return { chip, evidence };
}

function kindOf(
  { kind }: Exclude<DetectedImage, { upright: unknown }>,
  config: { offset: number } | null,
  hasStorage: boolean,
): InspectedKind {
  if (kind !== 'unknown') return kind;
  if (config?.offset === 0) return 'openbeken-config';
  return hasStorage ? 'tuya-storage' : kind;
}

/** What other firmware would have to be told about this device. */
function suggestions(
  found: TuyaFindings | null,
  openbeken: OpenBekenConfig | null,
  chip: ChipName | null,
  project: string | null,
): Pick<Inspection, 'template' | 'esphome'> {
  const tuya = found?.tuya ?? null;
  const module = tuya?.module ?? null;
  const commands = found?.commands ?? [];
  // Pins that a person has set up outrank those that the maker had once.
  if (openbeken !== null && Object.keys(openbeken.pins).length > 0) {
    const { pins, startCommand, name, flags } = openbeken;
    const lines = startCommand.split(/[\r\n]+/).filter((line) => line !== '');
    const facts = { pins, commands: lines, chip, module, tuyaMcuBaud: null };
    return {
      template: openBekenTemplate({ ...facts, vendor: '', name, flags }),
      esphome: esphomeOutline(facts),
    };
  }
  const facts = { pins: tuya?.pins ?? {}, commands, chip, module };
  const name = project ?? module ?? 'Tuya device';
  return {
    template: openBekenTemplate({ ...facts, vendor: 'Tuya', name }),
    esphome: esphomeOutline({ ...facts, tuyaMcuBaud: tuya?.tuyaMcuBaud ?? null }),
  };
}

/** What the bytes are; some kinds only a closer look tells. */
function described(
  kind: InspectedKind,
  known: Note,
): Pick<Inspection, 'description' | 'descriptionCode'> {
  const said = closer(kind) ?? known;
  return { description: render(said), descriptionCode: said };
}

function closer(kind: InspectedKind): Note | null {
  if (kind === 'tuya-storage') return say('inspect.tuyaStorage');
  return kind === 'openbeken-config' ? say('inspect.openBekenConfig') : null;
}

function evidenceFor(
  evidence: readonly Note[],
): Pick<Inspection, 'chipEvidence' | 'chipEvidenceCodes'> {
  const notes = evidence;
  return { chipEvidence: renderAll(notes), chipEvidenceCodes: notes };
}
