import { createDecipheriv } from 'node:crypto';

/** A key that data sectors may be stored with. */
export interface DataKey {
  /** Which platform's rule it follows, such as `8710`; a word where it is another rule. */
  rule: string;
  key: Buffer;
}

const KEY_LENGTH = 16;
/** Opens key sectors and the outer layer of protected ones. Source: the public tools agree, real dumps. */
const MASTER_KEY = Buffer.from('qwertyuiopasdfgh', 'latin1');
/** Goes into every data key. Source: as above. */
const COMMON_PART = Buffer.from('HHRRQbyemofrtytf', 'latin1');
/**
 * First four letters of the platform's name, which also go in. Source: `8710` on every Beken dump
 * seen; the others are those of Tuya's older platforms.
 */
const PLATFORM_PARTS = ['8710', '8721', '8711', 'RDA5'] as const;

/** Every data key that may belong to this device key, likeliest first. */
export function dataKeys(deviceKey: Uint8Array): DataKey[] {
  const mixed = (part: (index: number) => number): Buffer =>
    Buffer.from(
      Array.from(
        { length: KEY_LENGTH },
        (_, at) => ((deviceKey[at] ?? 0) + (COMMON_PART[at] ?? 0) + part(at)) & 0xff,
      ),
    );
  return [
    ...PLATFORM_PARTS.map((rule) => ({ rule, key: mixed((at) => rule.charCodeAt(at & 3)) })),
    // Two rules that BK7231GUIFlashTool knows from other platforms.
    { rule: 'plain', key: mixed(() => 0) },
    { rule: 'twice', key: mixed((at) => COMMON_PART[at] ?? 0) },
  ];
}

/** AES-128-ECB without padding; whole blocks of 16 bytes only. */
export function decrypt(bytes: Uint8Array, key: Uint8Array = MASTER_KEY): Buffer {
  const decipher = createDecipheriv('aes-128-ecb', key, null).setAutoPadding(false);
  return Buffer.concat([decipher.update(bytes), decipher.final()]);
}

/** Sum of the bytes of `[start, end)`, as u32: the only checksum that this storage knows. */
export function byteSum(bytes: Uint8Array, start = 0, end = bytes.length): number {
  let sum = 0;
  for (let at = start; at < end; at++) sum += bytes[at] as number;
  return sum >>> 0;
}
