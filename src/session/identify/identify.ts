import { crc32 } from 'node:zlib';
import { flashPart } from '../../chip/flash-parts';
import { BOOTLOADER_END } from '../../chip/geometry';
import { BOOTLOADERS, type BootloaderFacts, NO_BOOTLOADER } from '../../chip/known/bootloaders';
import {
  CHIP_ID_REGISTERS,
  chipsWithId,
  chipThatTellsVersion,
} from '../../chip/known/chip-queries';
import type { ChipName, Family } from '../../chip/known/chips';
import { type StoredKey, storedKey } from '../../chip/marker';
import { BkError, hex } from '../../errors';
import { invertCrc } from '../../protocol/checksum';
import {
  checkCrc,
  flashRead4K,
  readBootVersion,
  readJedecId,
  readRegister,
} from '../../protocol/commands/command-table';
import { anyOf, type Note, say } from '../../texts/note';
import type { Identity } from '../base/identity';
import { twiceAlike } from '../base/twice-alike';
import type { Exchanger } from '../exchange/exchanger';
import { askIfKnown, askUntilAnswered, askUntilTwiceAlike } from '../exchange/repeated-asks';
import { basicKey, type CodeFacts, fullKey } from './chip-key';

const CHECKED = 256;
/** How often a checksum is asked again until two answers agree. */
const DOUBTS = 5;
const MIB = 1024 * 1024;
/** The bounds of what is looked for; less holds no bootloader, without which there is no such chip. */
export const SMALLEST_FLASH = MIB / 8;
const LARGEST_FLASH = 16 * MIB;

/** What a blank sector 0 means and what helps. */
export const BLANK_BOOTLOADER = say('session.blankBootloader');

/** What a first question tells: the checksum of the bootloader's beginning. */
export interface BootloaderLook {
  /** zlib's CRC-32. */
  readonly crc: number;
  readonly known: BootloaderFacts | undefined;
}

/**
 * Asks the first question.
 * @throws BkError BK_UNKNOWN_FLASH where no flash answers
 */
export async function lookAtBootloader(exchanger: Exchanger): Promise<BootloaderLook> {
  const look = await askBootloader(exchanger);
  exchanger.evidence.bootloader(look.crc, look.known !== undefined);
  if (isOneOf(NO_BOOTLOADER.zeros, look.crc)) throw deadFlash(exchanger.transport.port);
  return look;
}

async function askBootloader(exchanger: Exchanger): Promise<BootloaderLook> {
  const crc = invertCrc(await askUntilTwiceAlike(exchanger, checkCrc, { start: 0, end: CHECKED }));
  return { crc, known: BOOTLOADERS.find((bootloader) => bootloader.crc === crc) };
}

/**
 * Finds out what chip answers. Works at any rate; takes some tens of round trips on full chips.
 * @throws BkError BK_UNKNOWN_CHIP, BK_UNKNOWN_FLASH
 */
export async function identify(exchanger: Exchanger, look?: BootloaderLook): Promise<Identity> {
  const { crc, known } = look ?? (await lookAtBootloader(exchanger));
  const found = known === undefined ? await findFamily(exchanger, crc) : { family: known.family };
  const facts: CodeFacts = {
    bootloader: known,
    blank: isOneOf(NO_BOOTLOADER.blank, crc),
    application: 'application' in found ? found.application : undefined,
  };
  return found.family === 'full'
    ? identifyFull(exchanger, crc, facts)
    : identifyBasic(exchanger, crc, facts);
}

/** What lies in the bootloader area now: a job may have changed it. Sector 0 as all FF means that the chip cannot start. */
export async function readBootloader(exchanger: Exchanger): Promise<Identity['bootloader']> {
  const { crc, known } = await askBootloader(exchanger);
  return bootloaderOf(crc, known, isOneOf(NO_BOOTLOADER.blank, crc), null);
}

/**
 * A full chip counts the end byte of a checksum, a basic one does not: the blank bootloader's two
 * checksums tell which, else the first bytes of the application do.
 * @returns with the key of the application where that was read
 */
async function findFamily(
  exchanger: Exchanger,
  crc: number,
): Promise<{ family: Family; application?: StoredKey }> {
  if (crc === NO_BOOTLOADER.blank[0]) return { family: 'full' };
  if (crc === NO_BOOTLOADER.blank[1]) return { family: 'basic' };
  const start = BOOTLOADER_END;
  const sector = await askUntilTwiceAlike(exchanger, flashRead4K, { address: start });
  const own = invertCrc(
    await askUntilTwiceAlike(exchanger, checkCrc, { start, end: start + CHECKED }),
  );
  const application = storedKey(sector, 0, 'app');
  if (own === crc32(sector.subarray(0, CHECKED + 1))) return { family: 'full', application };
  if (own === crc32(sector.subarray(0, CHECKED))) return { family: 'basic', application };
  throw new BkError(
    'BK_UNKNOWN_CHIP',
    say('session.fitsNoFamily', { port: exchanger.transport.port, address: hex(start) }),
    {
      phase: 'identify',
      address: start,
      advice: [say('session.tryLowerBaud')],
    },
  );
}

async function identifyFull(
  exchanger: Exchanger,
  crc: number,
  facts: CodeFacts,
): Promise<Identity> {
  const { bootloader: known, blank } = facts;
  const warnings: Note[] = [];
  const chipId = await readChipId(exchanger);
  const jedec = await readJedec(exchanger);
  const size = await findSizeByWrap(exchanger, crc, jedec?.size);
  if (jedec !== null && size < jedec.size) {
    warnings.push(
      say('session.flashSmallerThanItSays', {
        part: jedec.id,
        said: hex(jedec.size),
        found: hex(size),
      }),
    );
  }
  const { key, encryption, warning } = await fullKey(exchanger, chipId, facts);
  const chip = fullChip(chipId, size, encryption);
  if (chip === null) {
    throw new BkError(
      'BK_UNKNOWN_CHIP',
      say('session.unknownChipId', {
        port: exchanger.transport.port,
        chipId: chipId?.toString(16) ?? say('session.noChipId'),
      }),
      {
        phase: 'identify',
        advice: [say('session.reportChipId')],
      },
    );
  }
  if (warning !== null) warnings.push(warning);
  if (blank) {
    warnings.push(BLANK_BOOTLOADER);
  } else if (known === undefined) {
    warnings.push(say('session.unknownBootloaderOfFull', { crc: hex8(crc) }));
  }
  if (jedec !== null && !jedec.part.known) {
    warnings.push(say('session.unknownFlashPart', { part: jedec.id, mebibytes: size / MIB }));
  }
  return {
    family: 'full',
    chip,
    chipId: chipId?.toString(16) ?? null,
    bootloader: bootloaderOf(crc, known, blank, null),
    flash: { id: jedec?.id ?? null, part: jedec?.part ?? null, size },
    key,
    encryption,
    warnings,
  };
}

async function identifyBasic(
  exchanger: Exchanger,
  crc: number,
  facts: CodeFacts,
): Promise<Identity> {
  const known = facts.bootloader;
  const warnings: Note[] = [];
  const version = await readVersion(exchanger);
  // A bootloader that is known and tells no model tells none by its version either.
  const told = version === null ? null : chipThatTellsVersion();
  const chip = known === undefined ? told : known.chip;
  const size = await findSizeByWrap(exchanger, crc, known?.flashSize ?? undefined);
  if (known === undefined) {
    warnings.push(
      chip === null
        ? say('session.unknownBootloaderAndChip', { crc: hex8(crc) })
        : say('session.unknownBootloader', { crc: hex8(crc) }),
    );
  } else if (chip === null) {
    warnings.push(say('session.bootloaderOfSeveral', { chips: anyOf(known.chips) }));
  }
  const { encryption, warning } = await basicKey(exchanger, size, facts);
  if (warning !== null) warnings.push(warning);
  return {
    family: 'basic',
    chip,
    ...(chip === null && known !== undefined ? { models: known.chips } : {}),
    chipId: null,
    bootloader: bootloaderOf(crc, known, false, version),
    flash: { id: null, part: null, size },
    key: null,
    encryption,
    warnings,
  };
}

async function readChipId(exchanger: Exchanger): Promise<number | null> {
  let first: number | null = null;
  for (const address of CHIP_ID_REGISTERS) {
    const id = await askUntilTwiceAlike(exchanger, readRegister, { address });
    if (chipsWithId(id).length > 0) return id;
    first ??= id === 0 ? null : id;
  }
  return first;
}

async function readJedec(exchanger: Exchanger) {
  const id = await askUntilTwiceAlike(exchanger, readJedecId, undefined);
  if (id.every((byte) => byte === 0x00) || id.every((byte) => byte === 0xff)) return null;
  const part = flashPart(id.toString('hex'));
  // A part that is not known is believed where modules have such sizes, others where a bootloader has room.
  const smallest = part.known ? SMALLEST_FLASH : MIB / 2;
  if (part.size < smallest || part.size > 64 * MIB) return null;
  return { id: id.toString('hex'), part, size: part.size };
}

/** Tuya's bootloader of one model tells its version; others stay silent. */
function readVersion(exchanger: Exchanger): Promise<string | null> {
  return askIfKnown(exchanger, readBootVersion, undefined);
}

/**
 * Addresses wrap at the flash size, and so at each of its multiples: where the bootloader's checksum comes again at
 * half of what is taken for the size, that is too much. A working basic chip always has a bootloader there, so that
 * this cannot be fooled by blank flash. A size that is taken for more than there is would lead round into the
 * bootloader; so the half is looked at even where the bootloader or the part names its `usual` size.
 */
async function findSizeByWrap(
  exchanger: Exchanger,
  crc: number,
  usual: number | undefined,
): Promise<number> {
  // Everything looks like a blank bootloader that is blank.
  const isBlank = isOneOf(NO_BOOTLOADER.blank, crc);
  if (usual !== undefined && isBlank) return usual;
  const largest = usual ?? LARGEST_FLASH;
  if (isBlank || (usual === undefined && !(await wrapsAt(exchanger, largest, crc)))) {
    throw new BkError(
      'BK_UNKNOWN_FLASH',
      say('session.unknownFlashSize', { port: exchanger.transport.port }),
      { phase: 'identify', advice: [say('session.reportModule')] },
    );
  }
  let size = largest;
  while (size > SMALLEST_FLASH && (await wrapsAt(exchanger, size / 2, crc))) size /= 2;
  return size;
}

/** @param crc of the bootloader */
async function wrapsAt(exchanger: Exchanger, address: number, crc: number): Promise<boolean> {
  const range = { start: address, end: address + CHECKED };
  const ask = () => askUntilAnswered(exchanger, checkCrc, range);
  const { answer } = await twiceAlike(ask, DOUBTS);
  if (invertCrc(answer) !== crc) return false;
  // A checksum's answer does not tell what it is of, and this one has been on the wire before: whatever was under way
  // has to have arrived before the question.
  const fenced = await twiceAlike(async () => {
    await exchanger.synchronise();
    return ask();
  }, DOUBTS);
  return invertCrc(fenced.answer) === crc;
}

function fullChip(
  chipId: number | null,
  size: number,
  encryption: Identity['encryption'],
): ChipName | null {
  const candidates = chipsWithId(chipId);
  // The same silicon under two names: only the key tells them apart.
  if (candidates.every(({ codeKey }) => codeKey.readable)) {
    const byKey = candidates.find(({ codeKey }) => codeKey.usual === encryption);
    return (byKey ?? candidates[0])?.name ?? null;
  }
  // Models with one id differ by their flash, the smaller ones first.
  const bySize = candidates.findLast((chip) => chip.flashSize <= size);
  return (bySize ?? candidates[0])?.name ?? null;
}

function bootloaderOf(
  crc: number,
  known: BootloaderFacts | undefined,
  blank: boolean,
  version: string | null,
): Identity['bootloader'] {
  return {
    name: known?.name ?? (blank ? 'blank' : 'unknown'),
    version: version ?? known?.version ?? null,
    crc: hex8(crc),
    known: known !== undefined,
    blank,
  };
}

function deadFlash(port: string): BkError {
  return new BkError('BK_UNKNOWN_FLASH', say('session.deadFlash', { port }), {
    phase: 'identify',
    likely: [
      {
        cause: say('session.flashDoesNotAnswer'),
        confidence: 0.85,
        evidence: say('session.checksumOfZeros'),
      },
    ],
    advice: [say('session.holdP24Low')],
  });
}

function isOneOf(values: readonly number[], crc: number): boolean {
  return values.includes(crc);
}

export function hex8(value: number): string {
  return value.toString(16).padStart(8, '0');
}
