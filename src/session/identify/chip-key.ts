import { BOOTLOADER_END } from '../../chip/geometry';
import type { BootloaderFacts } from '../../chip/known/bootloaders';
import { chipsWithId, comesKeyless } from '../../chip/known/chip-queries';
import { type CodeKey, markerKey } from '../../chip/marker';
import { flashRead4K } from '../../protocol/commands/command-table';
import { type Note, say } from '../../texts/note';
import type { Identity } from '../base/identity';
import type { Exchanger } from '../exchange/exchanger';
import { readKey, TUYA_KEY, ZERO_KEY } from '../memory/efuse';

/** What is known of the chip's code when its key is looked for. */
export interface CodeFacts {
  bootloader: BootloaderFacts | undefined;
  /** The bootloader area is blank. */
  blank: boolean;
  /** The key that the application is stored with; undefined where it was not looked at. */
  application: CodeKey | null | undefined;
}

export interface ChipKey {
  /** 32 hex digits; null where it cannot be read. */
  key: string | null;
  encryption: Identity['encryption'];
  /** Why flash was believed instead. */
  warning: Note | null;
}

/** Which code key a full chip has. Reads at most one sector of flash, and only where nothing else tells. */
export async function fullKey(
  exchanger: Exchanger,
  chipId: number | null,
  facts: CodeFacts,
): Promise<ChipKey> {
  const { bootloader, blank, application } = facts;
  const models = chipsWithId(chipId);
  if (!models.some(({ codeKey }) => codeKey.readable)) {
    const keyless = models.some(({ name }) => comesKeyless(name));
    const usual = bootloader?.key ?? (keyless ? 'none' : null);
    // One that contradicts what is usual is asked for again: any application may have been written.
    const doubtful = bootloader === undefined && keyless && !blank && application === 'tuya';
    const own = doubtful ? await bootloaderKey(exchanger, 0) : null;
    return { key: null, encryption: own ?? usual, warning: null };
  }
  const key = await sureKey(exchanger);
  if (key === TUYA_KEY) return { key, encryption: 'tuya', warning: null };
  if (key !== null && key !== ZERO_KEY) return { key, encryption: 'custom', warning: null };
  // Zeros are no key, or a key that must not be read.
  if (bootloader !== undefined) return { key, encryption: bootloader.key, warning: null };
  const stored = blank
    ? await applicationKey(exchanger)
    : ((await bootloaderKey(exchanger, 0)) ?? application ?? null);
  const believed = key === ZERO_KEY && stored === 'tuya';
  return {
    key,
    encryption: stored ?? (key === null ? null : 'none'),
    warning: believed ? say('session.keyNotReadable') : null,
  };
}

/**
 * Which code key a basic chip has, whose eFuse nobody can read: that of its own bootloader, without which
 * it would not answer.
 * @param size of flash, bytes: the bootloader is read through its mirror behind the end
 */
export async function basicKey(
  exchanger: Exchanger,
  size: number,
  { bootloader, application }: CodeFacts,
): Promise<Identity['encryption']> {
  return bootloader?.key ?? (await bootloaderKey(exchanger, size)) ?? application ?? null;
}

/** The key that the bootloader is stored with, by its first words; null where neither known key fits. */
async function bootloaderKey(exchanger: Exchanger, address: number): Promise<CodeKey | null> {
  return markerKey(await exchanger.askUntilTwiceAlike(flashRead4K, { address }), 0, 'bootloader');
}

async function applicationKey(exchanger: Exchanger): Promise<CodeKey | null> {
  return markerKey(
    await exchanger.askUntilTwiceAlike(flashRead4K, { address: BOOTLOADER_END }),
    0,
    'app',
  );
}

/** Tuya's key cannot come out by chance; any other one is read twice. */
async function sureKey(exchanger: Exchanger): Promise<string | null> {
  const key = await readKey(exchanger);
  if (key === TUYA_KEY) return key;
  const again = await readKey(exchanger);
  if (again === key) return key;
  return again === TUYA_KEY ? again : readKey(exchanger);
}
