import { basename, resolve } from 'node:path';
import { crc32 } from 'node:zlib';
import type { ListedBackup } from '../../backup/catalogue';
import { listBackups } from '../../backup/find';
import type { FoundBackup } from '../../backup/record';
import { BOOTLOADER_END } from '../../chip/geometry';
import { isSameSilicon } from '../../chip/known/chip-queries';
import { BkError, type ErrorCode } from '../../errors';
import { isFilledWith } from '../../image/code/packets';
import { asChipReads } from '../../placement/kinds/place-dump';
import { throwIfAborted } from '../../session/base/abort';
import { type Note, say } from '../../texts/note';
import type { JobContext } from '../base/job-context';
import type { BackupImage, RestoredBackup, WriteOptions } from '../base/job-types';
import type { ChosenImage, LateImage } from '../base/late-image';
import { chipIdOf } from '../chip/chip-calibration';
import { keptAlive } from '../chip/kept-alive';
import { loadAsTold } from '../chip/told-backup';
import { crcOf } from './chip-target';
import {
  chooseBackup,
  type Remains,
  remainsOf,
  type Traces,
  tellingOf,
  tracesOf,
} from './choose-backup';
import { asLoaded, checkConfig } from './load-image';

/** A backup whose bytes are what its sidecar says. */
interface Verified {
  backup: FoundBackup;
  bytes: Buffer;
}

/** A device's newest backup that is, and what of it the chip still holds. */
interface Candidate extends Traces {
  backup: FoundBackup;
}

type Found = Verified & { told: RestoredBackup['told'] };

/**
 * The newest verified backup of the connected chip as the image, which is its own dump. A chip that has lost its MAC is
 * told by its model, flash and key, and by what data it still holds.
 * @throws BkError BK_BAD_SETTING where several devices' backups fit
 */
export function backupImage(options: WriteOptions, wanted: BackupImage): LateImage {
  checkConfig(options);
  return { load: (context) => load(context, options, wanted) };
}

async function load(
  context: JobContext,
  options: WriteOptions,
  wanted: BackupImage,
): Promise<ChosenImage> {
  context.progress.say('identify', say('backup.lookingForBackup'));
  const { backup, bytes, told } = await find(context, wanted);
  await context.hold(backup.path);
  const image = await asLoaded(bytes, options);
  const { chip } = context.session.identity;
  context.adopted = asChipReads(image.detected, chip).calibration?.mac ?? null;
  const { mac, date } = backup.record;
  return {
    image,
    told: { restored: { path: backup.path, mac, date, told } },
    wish: await bootloaderWish(context, options, bytes),
  };
}

/** @throws BkError BK_STORAGE, BK_BAD_SETTING, BK_BAD_IMAGE, BK_WRONG_IMAGE */
async function find(
  context: JobContext,
  { backups: folder, filename }: BackupImage,
): Promise<Found> {
  const { size } = context.flash;
  const all = (await listBackups(folder)).filter(
    ({ record }) => record.kind === 'full' && record.offset === 0 && record.length === size,
  );
  const { mac } = await chipIdOf(context);
  const own = tells(mac) ? mac : null;
  if (filename !== undefined && filename !== '') return named(context, folder, filename, all, own);
  if (own === null) return byRemains(context, folder, all);
  const found = await newestVerified(
    context,
    all.filter(({ record }) => record.mac === own),
  );
  if (found !== null) return { ...found, told: 'mac' };
  throw refused('BK_STORAGE', say('backup.noneOfChip', at(context, folder)));
}

/** Calibrations that tools make up have a MAC that ends in zeros, on any device. */
function tells(mac: string | null): boolean {
  return mac !== null && !mac.endsWith(':00:00:00');
}

/** The one that a person says is this chip's. */
async function named(
  context: JobContext,
  folder: string,
  filename: string,
  all: readonly ListedBackup[],
  own: string | null,
): Promise<Found> {
  const { port } = context.session;
  const wanted = resolve(folder, filename);
  const backup = all.find(({ path }) => resolve(path) === wanted);
  if (backup === undefined) {
    const text = say('backup.noneNamed', { file: filename, ...at(context, folder) });
    throw refused('BK_STORAGE', text);
  }
  const { path, record } = backup;
  if (own !== null && record.mac !== own) {
    const given = record.mac ?? say('backup.noMac');
    throw refused('BK_WRONG_IMAGE', say('backup.namedOfOther', { path, given, own, port }));
  }
  if (!fits(context, backup))
    throw refused('BK_WRONG_IMAGE', say('backup.namedUnfit', { path, port }));
  const bytes = await loadAsTold(backup);
  if (bytes === null) throw damaged(context, backup);
  return { backup, bytes, told: 'filename' };
}

/** What is left of the chip says whose backup is its own. */
async function byRemains(
  context: JobContext,
  folder: string,
  all: readonly ListedBackup[],
): Promise<Found> {
  const devices = new Map<string, [ListedBackup, ...ListedBackup[]]>();
  for (const backup of all) {
    // A backup without a MAC may be one of a chip that had lost it.
    const { mac } = backup.record;
    if (mac === null || !tells(mac) || !fits(context, backup)) continue;
    const [first = backup, ...older] = devices.get(mac) ?? [];
    devices.set(mac, first === backup ? [backup] : [first, ...older, backup]);
  }
  const candidates: Candidate[] = [];
  // A device whose backups cannot be read fits all the same: that they are damaged speaks for no other one.
  const unread: FoundBackup[] = [];
  let remains: Remains | null = null;
  const keepAlive = keptAlive(context.session);
  for (const [first, ...older] of devices.values()) {
    throwIfAborted(context.signal, context.session.port);
    await keepAlive();
    const newest = await newestVerified(context, [first, ...older]);
    if (newest === null) unread.push(first);
    else {
      // There may be hundreds of devices: none of their flash is held longer than this.
      remains ??= await remainsOf(context);
      candidates.push({ backup: newest.backup, ...tracesOf(newest.bytes, remains) });
    }
  }
  if (remains === null)
    throw refused('BK_STORAGE', say('backup.noneThatFits', at(context, folder)));
  const telling = tellingOf(remains, candidates);
  const choice = chooseBackup(candidates, telling);
  const { port } = context.session;
  const fitting = [...candidates.map(({ backup }) => backup), ...unread];
  const list = { port, candidates: fitting.map(candidateNote) };
  switch (choice.kind) {
    case 'contents': {
      const { backup } = choice.chosen;
      const bytes = await loadAsTold(backup);
      if (bytes === null) throw damaged(context, backup);
      const counts = { same: choice.same, all: telling.size };
      context.warnings.push(say('backup.toldByContents', { ...nameOf(backup), ...counts }));
      return { backup, bytes, told: 'contents' };
    }
    case 'only':
      // Nothing speaks against it, and nothing for it: a new module of the same kind is as blank.
      throw toBeChosen(say(unread.length > 0 ? 'backup.severalFit' : 'backup.onlyOneFits', list));
    case 'several':
      throw toBeChosen(say('backup.severalFit', list));
    case 'other':
      throw toBeChosen(say('backup.noneIsTold', list));
  }
}

/** Whether a backup can be of the chip by what does not go away when flash is erased. */
function fits(context: JobContext, { record, traits }: ListedBackup): boolean {
  const { chip, flash, encryption } = context.session.identity;
  const isModel = chip === null || record.chip === null || isSameSilicon(chip, record.chip);
  const { flashId, encryptionKey } = traits;
  const isFlash = flash.id === null || flashId === null || flash.id === flashId;
  const isKey = encryption === null || encryptionKey === null || encryption === encryptionKey;
  return isModel && isFlash && isKey;
}

/** The first of them that is what its sidecar says. @param backups newest first */
async function newestVerified(
  context: JobContext,
  backups: readonly FoundBackup[],
): Promise<Verified | null> {
  const damaged: Note[] = [];
  for (const backup of backups) {
    const bytes = await loadAsTold(backup);
    if (bytes !== null) {
      context.warnings.push(...damaged);
      return { backup, bytes };
    }
    damaged.push(say('backup.newerDamaged', { file: basename(backup.path) }));
  }
  return null;
}

/**
 * A chip whose mask ROM serves it gets a bootloader back that is gone: there is none to be kept. One that is there is
 * kept unless a person wants it replaced, which is said where it may be the reason that nothing starts.
 */
async function bootloaderWish(
  context: JobContext,
  { part = 'image', bootloader = 'keep' }: WriteOptions,
  dump: Buffer,
): Promise<Pick<WriteOptions, 'bootloader'>> {
  const { family, bootloader: own } = context.session.identity;
  if (family !== 'full' || part !== 'image' || bootloader === 'replace') return {};
  if (isFilledWith(dump, 0xff, 0, BOOTLOADER_END)) return {};
  if (own.blank) {
    context.warnings.push(say('backup.bootloaderBack'));
    return { bootloader: 'replace' };
  }
  const crc = await crcOf(context, { offset: 0, length: BOOTLOADER_END });
  if (crc !== crc32(dump.subarray(0, BOOTLOADER_END)))
    context.warnings.push(say('backup.bootloaderDiffers'));
  return {};
}

function candidateNote({ path, record }: FoundBackup): Note {
  const mac = record.mac ?? say('backup.noMac');
  return say('backup.candidate', { file: basename(path), mac, date: record.date });
}

function nameOf(backup: FoundBackup) {
  return { file: basename(backup.path), mac: backup.record.mac ?? say('backup.noMac') };
}

function at({ session }: JobContext, folder: string) {
  return { folder, port: session.port };
}

function refused(code: ErrorCode, text: Note): BkError {
  return new BkError(code, text, {
    phase: 'identify',
    advice: [say('backup.otherFolderOfBackups')],
  });
}

function damaged({ session }: JobContext, { path }: FoundBackup): BkError {
  return refused('BK_BAD_IMAGE', say('backup.namedDamaged', { path, port: session.port }));
}

function toBeChosen(text: Note): BkError {
  return new BkError('BK_BAD_SETTING', text, {
    phase: 'identify',
    advice: [say('backup.chooseFile')],
  });
}
