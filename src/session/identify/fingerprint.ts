import { possibleModels } from '../../chip/known/chip-queries';
import type { Region } from '../../chip/layouts';
import type { Identity } from '../base/identity';
import { twiceAlike } from '../base/twice-alike';
import type { Flash } from '../memory/flash';

/** So much of a calibration sector holds the chip's own address (MAC) and its radio's values, bytes. */
const MARKED = 512;
/** How often an answer that speaks against the chip is asked for again: none of them has a frame check. */
const DOUBTS = 3;

/**
 * What tells two chips of one model apart: the chip's checksums of the places where its calibration, and in
 * it its MAC, can lie. Chips without calibration have none, and are all alike.
 */
export class Fingerprint {
  readonly #flash: Flash;
  /** By address. */
  readonly #marks = new Map<number, number>();

  private constructor(flash: Flash) {
    this.#flash = flash;
  }

  /** @throws as an exchange does */
  static async take(flash: Flash, { chip, family }: Identity): Promise<Fingerprint> {
    const print = new Fingerprint(flash);
    const models = possibleModels(chip, family);
    const places = new Set(models.flatMap(({ layout }) => layout.calibration));
    for (const address of places) {
      if (address + MARKED <= flash.size) print.#marks.set(address, await print.#sure(address));
    }
    return print;
  }

  /** A job changes a range: what lies there tells nothing any more. */
  forget({ offset, length }: Region): void {
    for (const address of [...this.#marks.keys()]) {
      if (address < offset + length && offset < address + MARKED) this.#marks.delete(address);
    }
  }

  /** Whether the chip that answers now has it. @throws as an exchange does */
  async fits(): Promise<boolean> {
    for (const [address, mark] of this.#marks) {
      if ((await this.#flash.crc(address, MARKED)) === mark) continue;
      if ((await this.#sure(address)) !== mark) return false;
    }
    return true;
  }

  /** A checksum that came twice in a row, or the last of several. */
  async #sure(address: number): Promise<number> {
    return (await twiceAlike(() => this.#flash.crc(address, MARKED), DOUBTS)).answer;
  }
}
