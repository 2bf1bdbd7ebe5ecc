import { BOOTLOADER_END } from '../../chip/geometry';
import { type CodeKey, markerKey } from '../../chip/marker';
import { readAppCode } from '../code/app';
import type { BootloaderImage } from '../code/bootloader';
import { ownContainer } from '../code/check-container';
import { countValidPackets, PACKET, stripPackets } from '../code/packets';
import { findContainers, hasBootloaderHeader } from '../code/rbl';
import { hasCode } from './dump';

/** `either`: code in clear, where nothing tells a bootloader from an application. */
export type CodeKind = 'app' | 'qio' | 'bootloader' | 'packets' | 'either';

/** So many packets behind the bootloader's place tell whether code goes on there. */
const SAMPLE = 64;

/**
 * Which part of a flash bytes are that begin with code packets. In slices of some milliseconds.
 * @param bootloader what they are if they begin with one
 */
export function* classifyCode(
  bytes: Uint8Array,
  bootloader: BootloaderImage,
): Generator<void, { kind: CodeKind; key: CodeKey | null }> {
  const boot = bootloader.key;
  if (boot !== null && markerKey(bytes, BOOTLOADER_END, 'app') === boot)
    return { kind: 'qio', key: boot };
  const app = markerKey(bytes, 0, 'app');
  const key = boot ?? app;
  // In clear, code for both places begins alike, and with other keys nothing of it is known.
  if (hasBootloaderHeader(bytes))
    return { kind: hasCode(bytes, BOOTLOADER_END) ? 'qio' : 'bootloader', key };
  if (boot === 'tuya') return { kind: 'bootloader', key };
  if (app === 'tuya') return { kind: 'app', key };
  const own = findContainers(bytes).find(({ header }) => header.partition === 'app');
  if (key === 'none') return { kind: own === undefined ? inClear(bytes, bootloader) : 'app', key };
  const found = yield* ownContainer(bytes);
  const isApp = found?.check.whole && found.own.header.partition === 'app';
  return { kind: isApp ? 'app' : 'packets', key };
}

/** Code in clear without any header: only what it says tells what it is, or that it is too long. */
function inClear(bytes: Uint8Array, { known, name, partitions }: BootloaderImage): CodeKind {
  const goesOn = countValidPackets(bytes, BOOTLOADER_END, SAMPLE).valid > 0;
  const isBoot = known !== null || name !== null || partitions.length > 0;
  // Behind a bootloader there may be an application whose beginning is damaged.
  if (goesOn) return isBoot ? 'either' : 'app';
  const { project, sdk } = readAppCode(stripPackets(bytes, 0, BOOTLOADER_END / PACKET));
  const isApp = project !== null || sdk !== null;
  if (isBoot === isApp) return 'either';
  return isBoot ? 'bootloader' : 'app';
}
