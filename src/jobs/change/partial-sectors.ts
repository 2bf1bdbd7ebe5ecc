import type { FileMode } from '../../backup/atomic';
import { makeFolder } from '../../backup/folder';
import {
  keepsPartialSectors,
  keptPartialSectors,
  PartialBackup,
} from '../../backup/unfinished/partial';
import { SECTOR } from '../../chip/geometry';
import type { Region } from '../../chip/layouts';
import { outward } from '../../chip/regions';
import { hex } from '../../errors';
import type { Piece } from '../../placement/base/place-types';
import { say } from '../../texts/note';
import type { JobContext } from '../base/job-context';
import type { BackupOptions } from '../base/job-types';
import { chipIdOf } from '../chip/chip-calibration';
import { readSector } from '../chip/read-sector';
import { type Plan, touchedBy } from './change-plan';

/** Of bytes that have nothing to do with each other one in ten is alike by chance. */
const ALIKE = 0.75;

/** A sector of which a write changes a part only. */
interface PartialSector {
  address: number;
  /** What the sector held before any write of the same began. */
  bytes: Buffer;
  /** Whether any byte that is not the write's own is more than blank. */
  matters: boolean;
  file: PartialBackup | null;
}

/**
 * The sectors at the ends of pieces that do not begin or end at sector boundaries. Flash is erased by whole
 * sectors: a write that ends between the erase and the program, for whatever reason, would cost the bytes
 * beside the image. So they are kept in a hidden file in the folder of the backups until the write is done,
 * and the next write puts them back.
 */
export class PartialSectors {
  readonly #context: JobContext;
  readonly #folder: string | undefined;
  readonly #mode: FileMode | undefined;
  readonly #sectors: PartialSector[] = [];

  /** @param backup without a folder, or with an empty one, nothing is kept */
  constructor(context: JobContext, backup: BackupOptions | undefined) {
    this.#context = context;
    this.#folder = backup?.folder || undefined;
    this.#mode = backup?.fileMode;
  }

  /** Fills a piece up to whole sectors with what belongs beside it. */
  async fill(piece: Piece): Promise<Piece> {
    const whole = outward({ offset: piece.offset, length: piece.bytes.length });
    const start = piece.offset - whole.offset;
    const end = start + piece.bytes.length;
    if (start === 0 && end === whole.length) return piece;
    const bytes = Buffer.alloc(whole.length, 0xff);
    const last = whole.length - SECTOR;
    for (const at of new Set([...(start > 0 ? [0] : []), ...(end < whole.length ? [last] : [])])) {
      const own = { from: Math.max(0, start - at), to: Math.min(SECTOR, end - at) };
      (await this.#sector(whole.offset + at, own)).copy(bytes, at);
    }
    piece.bytes.copy(bytes, start);
    return { offset: whole.offset, bytes };
  }

  /** Keeps what the plan is going to erase. To be called before anything is changed. */
  async keep(plan: Plan): Promise<void> {
    const touched = plan.blocks.flatMap(touchedBy);
    for (const sector of this.#sectors) {
      if (!sector.matters || !touched.some((range) => holds(range, sector.address))) continue;
      // Nothing is worse without it: a folder that cannot be made costs the safety only.
      if (this.#folder !== undefined) await makeFolder(this.#folder, this.#mode).catch(() => {});
      sector.file ??= await this.#open(sector.address);
      await sector.file?.keep(sector.address, sector.bytes);
    }
  }

  /** What was kept stays for the next write. May be called again. */
  async close(): Promise<void> {
    for (const { file } of this.#sectors) await file?.close();
  }

  /** @param own what the write brings itself, as positions in the sector */
  async #sector(address: number, own: { from: number; to: number }): Promise<Buffer> {
    const held = await readSector(this.#context, address, 'compare');
    const folder = this.#folder;
    const any = folder !== undefined && (await keepsPartialSectors(folder));
    const file = any ? await this.#open(address) : null;
    const kept = Buffer.alloc(SECTOR, 0xff);
    file?.fill(kept);
    const beside = (bytes: Buffer) => [bytes.subarray(0, own.from), bytes.subarray(own.to)];
    const broken = (file?.has(address) ?? false) && isRemainder(beside(held), beside(kept));
    if (broken) {
      this.#context.warnings.push(say('job.brokenOffBefore', { address: hex(address) }));
    }
    const bytes = broken ? kept : held;
    const matters = beside(bytes).some((part) => part.some((byte) => byte !== 0xff));
    this.#sectors.push({ address, bytes, matters, file });
    return bytes;
  }

  #open(address: number): Promise<PartialBackup | null> {
    if (this.#folder === undefined) return Promise.resolve(null);
    return openKept(this.#context, this.#folder, address, this.#mode);
  }
}

/**
 * What was kept of sectors that a job has changed as a whole, and to its end, is history.
 * @param ranges in flash. To be called before the calibration sector is forgotten: it names the chip.
 */
export async function forgetPartialSectors(
  context: JobContext,
  folder: string | undefined,
  ranges: readonly Region[],
): Promise<void> {
  if (!folder || !(await keepsPartialSectors(folder))) return;
  for (const address of await keptPartialSectors(folder, await chipIdOf(context))) {
    if (!ranges.some((range) => holds(range, address))) continue;
    await (await openKept(context, folder, address))?.remove();
  }
}

/** The hidden file for one sector of this chip; null for a chip without a MAC. */
async function openKept(
  context: JobContext,
  folder: string,
  address: number,
  mode?: FileMode,
): Promise<PartialBackup | null> {
  const sector = { offset: address, length: SECTOR };
  const subject = { ...(await chipIdOf(context)), kind: 'part' as const, ...sector };
  return PartialBackup.open(folder, subject, sector, 'edge', mode);
}

function holds({ offset, length }: Region, address: number): boolean {
  return offset <= address && address < offset + length;
}

/**
 * Whether flash holds what an erase or a program that broke off has left of the bytes: an erase sets bits, a
 * program has not cleared all of them, and some cells come out by chance. Bytes that are as they were need
 * nothing; others in most places are somebody else's since, and are left alone.
 */
function isRemainder(held: readonly Buffer[], kept: readonly Buffer[]): boolean {
  let bytes = 0;
  let equal = 0;
  let alike = 0;
  for (const [part, now] of held.entries()) {
    for (const [at, byte] of now.entries()) {
      const then = kept[part]?.[at] ?? 0xff;
      bytes++;
      if (byte === then) equal++;
      if ((byte & then) === then) alike++;
    }
  }
  return equal < bytes && alike >= ALIKE * bytes;
}
