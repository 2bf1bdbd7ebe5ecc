import { BLOCK, BOOTLOADER_END, HALF_BLOCK, PAGE, SECTOR } from '../../chip/geometry';
import { BkError, hex } from '../../errors';
import { invertCrc, joinCrcs } from '../../protocol/checksum';
import type { At } from '../../protocol/commands/command';
import {
  checkCrc,
  ERASE_BLOCK,
  ERASE_HALF_BLOCK,
  ERASE_SECTOR,
  flashErase,
  flashRead4K,
  flashWrite,
  flashWrite4K,
  linkCheck,
} from '../../protocol/commands/command-table';
import { say } from '../../texts/note';
import { type Identity, nameOf } from '../base/identity';
import type { Exchanger } from '../exchange/exchanger';
import { askUntilAnswered } from '../exchange/repeated-asks';
import { KnownSectors } from './known-sectors';
import { unprotect } from './protection';

/** What has to be known of a chip to deal with its flash. */
type FlashOf = Pick<Identity, 'family' | 'chip' | 'flash'>;

const OPCODES = {
  [SECTOR]: ERASE_SECTOR,
  [HALF_BLOCK]: ERASE_HALF_BLOCK,
  [BLOCK]: ERASE_BLOCK,
} as const;

/**
 * Flash of a linked chip, by addresses from 0 to its size. The differences between full and basic
 * chips (checksum ends, the mirror of the bootloader, locks and protect bits) end here, and so does
 * every way to the bootloader of a basic chip.
 */
export class Flash {
  /** What need not be asked again, as long as nothing is done to it. */
  readonly known = new KnownSectors();
  readonly #exchanger: Exchanger;
  readonly #identity: FlashOf;
  /** Basic chips: a checksum locks the flash until a link check, and then an erase must come first. */
  #locked = true;
  /** Full chips: protect bits come back with every boot. */
  #unprotected = false;

  constructor(exchanger: Exchanger, identity: FlashOf) {
    this.#exchanger = exchanger;
    this.#identity = identity;
  }

  /** Bytes. */
  get size(): number {
    return this.#identity.flash.size;
  }

  /** To be called when the chip may have rebooted: it is locked and protected then. */
  forget(): void {
    this.known.clear();
    this.#locked = true;
    this.#unprotected = false;
  }

  /**
   * Reads one sector.
   * @param then the sectors that will be asked for then, in this order, as far as that is known
   * @returns a view of 4096 bytes that is valid only until the next exchange
   */
  readSector(address: number, then: readonly number[] = []): Promise<Buffer> {
    const [first, ...row] = [address, ...then].map((one) => {
      this.#mustFit(one, SECTOR);
      return { address: this.#readable(one) };
    });
    return this.#exchanger.askWithNext(flashRead4K, first as At, row);
  }

  /** The chip's own checksum of a range, as zlib's CRC-32. The length is at least 1. */
  async crc(offset: number, length: number): Promise<number> {
    this.#mustFit(offset, length);
    // In portions: a chip that reboots in the midst of a long one would be missed too late.
    let crc = 0;
    for (let done = 0; done < length; ) {
      const part = Math.min(length - done, this.#exchanger.checksumReach);
      const range = this.#checked(offset + done, part);
      const own = invertCrc(await this.#exchanger.sendOnce(checkCrc, range));
      crc = done === 0 ? own : joinCrcs(crc, own, part);
      done += part;
    }
    return crc;
  }

  /** The same of a few bytes, asked until it is answered. */
  async sureCrc(offset: number, length: number): Promise<number> {
    this.#mustFit(offset, length);
    return invertCrc(
      await askUntilAnswered(this.#exchanger, checkCrc, this.#checked(offset, length)),
    );
  }

  /** A range as the chip takes it. */
  #checked(offset: number, length: number): { start: number; end: number } {
    const full = this.#identity.family === 'full';
    if (!full) this.#locked = true;
    return { start: offset, end: offset + length - (full ? 1 : 0) };
  }

  /** Erases a sector (4 KiB). */
  eraseSector(address: number): Promise<void> {
    return this.#erase(address, SECTOR);
  }

  /** Erases a block (64 KiB). */
  eraseBlock(address: number): Promise<void> {
    return this.#erase(address, BLOCK);
  }

  /** Erases half a block (32 KiB), where the chip knows that; a refusal is its word that it does not. */
  eraseHalfBlock(address: number): Promise<void> {
    return this.#erase(address, HALF_BLOCK);
  }

  /** Programs one sector that is blank. */
  async program(address: number, data: Buffer): Promise<void> {
    await this.#prepareSector(address, data);
    await this.#exchanger.sendOnce(flashWrite4K, { address, data });
  }

  /** The same page by page; blank pages are left out. */
  async programPages(address: number, data: Buffer): Promise<void> {
    await this.#prepareSector(address, data);
    for (let offset = 0; offset < SECTOR; offset += PAGE) {
      const page = data.subarray(offset, offset + PAGE);
      if (page.every((byte) => byte === 0xff)) continue;
      await this.#exchanger.sendOnce(flashWrite, { address: address + offset, data: page });
    }
  }

  async #prepareSector(address: number, data: Buffer): Promise<void> {
    this.#mustBeWritable(address, SECTOR);
    if (data.length !== SECTOR) {
      throw new BkError(
        'BK_OUT_OF_RANGE',
        say('session.notOneSector', { length: data.length, address: hex(address) }),
        { address },
      );
    }
    // A basic chip that was locked takes data only after an erase; the sector is blank, so that
    // erasing it loses nothing.
    if (this.#identity.family === 'basic' && this.#locked) await this.eraseSector(address);
    await this.#prepare();
  }

  async #erase(address: number, length: keyof typeof OPCODES): Promise<void> {
    this.#mustBeWritable(address, length);
    await this.#prepare();
    const size = OPCODES[length];
    await this.#exchanger.sendOnce(flashErase, { address, size });
  }

  async #prepare(): Promise<void> {
    if (this.#identity.family === 'basic') {
      if (!this.#locked) return;
      await this.#exchanger.sendOnce(linkCheck, undefined);
      this.#locked = false;
      return;
    }
    if (this.#unprotected) return;
    const { part } = this.#identity.flash;
    if (part !== null) await unprotect(this.#exchanger, part);
    this.#unprotected = true;
  }

  /** A basic chip does not read its bootloader out directly, but its mirror behind the end of flash. */
  #readable(address: number): number {
    const guarded = this.#identity.family === 'basic' && address < BOOTLOADER_END;
    return guarded ? address + this.size : address;
  }

  #mustFit(offset: number, length: number): void {
    const whole = Number.isInteger(offset) && Number.isInteger(length);
    if (!whole || offset < 0 || length < 1 || offset + length > this.size) {
      throw new BkError(
        'BK_OUT_OF_RANGE',
        say('session.doesNotFitFlash', {
          length: hex(length),
          offset: hex(offset),
          size: hex(this.size),
          port: this.#exchanger.transport.port,
        }),
        { address: offset },
      );
    }
  }

  /**
   * The last door before the wire. On a basic chip the bootloader is the only way in: without it
   * nothing but SPI helps, so there is no override.
   */
  #mustBeWritable(address: number, length: number): void {
    this.known.forget({ offset: address, length });
    this.#mustFit(address, length);
    if (address % length !== 0) {
      throw new BkError(
        'BK_OUT_OF_RANGE',
        say('session.notMultiple', { address: hex(address), unit: hex(length) }),
        {
          address,
        },
      );
    }
    if (this.#identity.family === 'basic' && address < BOOTLOADER_END) {
      throw new BkError(
        'BK_BOOTLOADER_PROTECTED',
        say('session.bootloaderProtected', {
          chip: nameOf(this.#identity),
          port: this.#exchanger.transport.port,
          end: hex(BOOTLOADER_END),
        }),
        { address, advice: [say('session.useAddressesFrom', { start: hex(BOOTLOADER_END) })] },
      );
    }
  }
}
