import { BOOTLOADER_END } from '../../chip/geometry';
import type { BootloaderFacts } from '../../chip/known/bootloaders';
import { chipsWithId, comesKeyless } from '../../chip/known/chip-queries';
import { type CodeKey, keyOfFlash, type StoredKey, storedKey } from '../../chip/marker';
import { flashRead4K } from '../../protocol/commands/command-table';
import { type Note, say } from '../../texts/note';
import type { Identity } from '../base/identity';
import type { Exchanger } from '../exchange/exchanger';
import { askUntilTwiceAlike } from '../exchange/repeated-asks';
import { hasTuyaKey, readKey, TUYA_KEY, ZERO_KEY } from '../memory/efuse';

/** What is known of the chip's code when its key is looked for. */
export interface CodeFacts {
  bootloader: BootloaderFacts | undefined;
  /** The bootloader area is blank. */
  blank: boolean;
  /** What the application tells; undefined where it was not looked at. */
  application: StoredKey | undefined;
}

export interface ChipKey {
  /** 32 hex digits; null where it cannot be read. */
  key: string | null;
  encryption: Identity['encryption'];
  /** Why flash was believed instead, or what is not known. */
  warning: Note | null;
}

/**
 * Which code key a full chip has. eFuse is believed where it has one. Zeros there are no key, or one that must not be
 * read: then the code on flash tells it, and where there is none that does, nobody knows. Code that fits neither key
 * that is known outranks eFuse whatever that says: nobody but the maker of the device can have made it. Reads two
 * sectors of flash at most, and none where the bootloader is one whose key is known.
 */
export async function fullKey(
  exchanger: Exchanger,
  chipId: number | null,
  facts: CodeFacts,
): Promise<ChipKey> {
  const models = chipsWithId(chipId);
  const key = models.some(({ codeKey }) => codeKey.readable) ? await sureKey(exchanger) : null;
  if (key !== null && key !== TUYA_KEY && key !== ZERO_KEY)
    return { key, encryption: 'custom', warning: null };
  const known = facts.bootloader?.key ?? null;
  if (known === 'custom') return ownKey(key);
  if (key === TUYA_KEY && known !== null) return { key, encryption: 'tuya', warning: null };
  // Its checksum is that of the code as it is stored.
  if (known !== null) return { key, encryption: known, warning: null };
  // Code for another core begins otherwise, so that its key cannot be seen.
  if (!models.some(({ core }) => core === 'arm9')) return { key, encryption: null, warning: null };

  const bootloader = facts.blank ? null : await bootloaderKey(exchanger, 0);
  const application = facts.application ?? (await applicationKey(exchanger));
  if (key === TUYA_KEY) {
    // An application with another key may have been written by mistake where the bootloader has this one.
    const isOwn = bootloader !== 'tuya' && keyOfFlash(bootloader, application) === 'other';
    return isOwn ? ownKey(key) : { key, encryption: 'tuya', warning: null };
  }
  const stored = keyOfFlash(bootloader, application);
  if (stored === 'other') return ownKey(key);
  // Any application may have been written to a chip that comes without a key, and then does not start.
  const keyless = models.some(({ name }) => comesKeyless(name));
  const told = keyless && stored === 'tuya' && bootloader !== 'tuya' ? null : stored;
  return { key, encryption: told, warning: doubtOf(key, told) };
}

/** @param key in eFuse, null where that cannot be read */
function ownKey(key: string | null): ChipKey {
  return { key, encryption: 'custom', warning: ownKeyNote(key) };
}

function ownKeyNote(key: string | null): Note {
  if (key === ZERO_KEY) return say('session.ownKeyNotReadable');
  return key === TUYA_KEY ? say('session.ownKeyNotTuya') : say('session.ownKey');
}

/** @param key null where it could not be read */
function doubtOf(key: string | null, told: CodeKey | null): Note | null {
  if (told === null)
    return say(key === ZERO_KEY ? 'session.keyUntold' : 'session.keyUntoldByFlash');
  return key === ZERO_KEY && told === 'tuya' ? say('session.keyNotReadable') : null;
}

/**
 * Which code key a basic chip has, whose eFuse nobody can read: that of its own bootloader, without which
 * it would not answer.
 * @param size of flash, bytes: the bootloader is read through its mirror behind the end
 */
export async function basicKey(
  exchanger: Exchanger,
  size: number,
  { bootloader, application = null }: CodeFacts,
): Promise<ChipKey> {
  const known = bootloader?.key ?? null;
  if (known === 'custom') return ownKey(null);
  if (known !== null) return { key: null, encryption: known, warning: null };
  const own = await bootloaderKey(exchanger, size);
  // The application may be one that does not start: it counts only where the bootloader tells nothing.
  const stored = own === null || own === 'misplaced' ? keyOfFlash(null, application) : own;
  if (stored === 'other') return ownKey(null);
  return { key: null, encryption: stored, warning: doubtOf(null, stored) };
}

/** What the bootloader tells of the key that it is stored with. */
async function bootloaderKey(exchanger: Exchanger, address: number): Promise<StoredKey> {
  return storedKey(await askUntilTwiceAlike(exchanger, flashRead4K, { address }), 0, 'bootloader');
}

async function applicationKey(exchanger: Exchanger): Promise<StoredKey> {
  const sector = await askUntilTwiceAlike(exchanger, flashRead4K, { address: BOOTLOADER_END });
  return storedKey(sector, 0, 'app');
}

/** Tuya's key cannot come out by chance; any other one is read twice. */
async function sureKey(exchanger: Exchanger): Promise<string | null> {
  if (await hasTuyaKey(exchanger)) return TUYA_KEY;
  const key = await readKey(exchanger);
  const again = await readKey(exchanger);
  if (again === key) return key;
  return again === TUYA_KEY ? again : readKey(exchanger);
}
