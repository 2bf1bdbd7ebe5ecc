import { CHIPS } from '../../chip/known/chips';
import { slotInTable, slotOf } from '../../placement/base/place-target';
import type { Session } from '../../session/session';
import type { JobContext } from '../base/job-context';
import type { ChipReport } from '../base/job-types';

/** What is known of the linked chip. The chip is not asked: MAC and layout are as far as a job came to know them. */
export function chipReport({ identity, workingBaud, linked }: Session): ChipReport {
  const { chip, family, chipId, flash, encryption, partitions } = identity;
  const { name, version, crc, known } = identity.bootloader;
  const { offset: calibration, mac } = identity.calibration ?? { offset: null, mac: null };
  const target = { chip, flashSize: flash.size, partitions, calibration };
  const isTold = slotInTable(target, 'download') !== null;
  return {
    chip,
    aliases: chip === null ? [] : CHIPS[chip].aliases,
    family,
    chipId,
    bootloader: { name, version, crc, known },
    flash: { id: flash.id, name: flash.part?.name ?? null, size: flash.size },
    encryptionKey: encryption,
    mac,
    layout: {
      app: slotOf(target, 'app'),
      download: slotOf(target, 'download'),
      calibration,
      from: isTold ? 'table' : 'model',
    },
    baud: workingBaud,
    linkMs: Math.round(linked.ms),
  };
}

/** Tells who looks on what is known of the chip by now. */
export function tellChip({ session, watch }: JobContext): void {
  watch.onChip?.(chipReport(session));
}
