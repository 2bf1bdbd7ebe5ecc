import { type Note, say } from '../../texts/note';
import { isFilledWith } from '../code/packets';
import { namedText } from '../evidence/foreign-text';
import { atOnce, type ImageFacts, type ImageFormat, type KindFacts, noFacts } from './image-format';

const NO_FIRMWARE: KindFacts = { nature: 'foreign', atOffset: 'useless' };
const OTHER_MAKE: KindFacts = { nature: 'other-make', atOffset: 'useless' };
/** Flash can be like that, but no file of it is of use. */
const NOTHING_IN_IT: KindFacts = { nature: 'data', atOffset: 'useless' };

const KINDS = {
  empty: NOTHING_IN_IT,
  blank: NOTHING_IN_IT,
  zeros: NOTHING_IN_IT,
  html: NO_FIRMWARE,
  text: NO_FIRMWARE,
  gzip: NO_FIRMWARE,
  archive: NO_FIRMWARE,
  elf: NO_FIRMWARE,
  esp: OTHER_MAKE,
  'other-chip': OTHER_MAKE,
};

export interface ForeignImage extends ImageFacts {
  kind: keyof typeof KINDS;
}

/** Bytes that are surely no image for a BK72xx flash. */
export const foreignFormat: ImageFormat<ForeignImage> = {
  kinds: KINDS,
  parse(bytes) {
    const named = namedForeign(bytes);
    if (named === null) return atOnce(null);
    const { kind, description, advice } = named;
    return atOnce({ ...noFacts(), kind, description, advice: [advice] });
  },
};

interface Foreign {
  kind: ForeignImage['kind'];
  /** Completes "this is …". */
  description: Note;
  /** What to do instead. */
  advice: Note;
}

const WRONG_CHIP = say('image.getFileForChip');

/** First bytes of files, and what they tell. Sources: the formats' own definitions. */
const SIGNATURES: readonly { magic: Buffer; foreign: Foreign }[] = [
  signature('1f8b08', 'gzip', say('image.gzip'), say('image.unpackBin')),
  archive('504b0304', say('image.zip')),
  archive('fd377a585a', say('image.xz')),
  archive('377abcaf', say('image.sevenZip')),
  signature('7f454c46', 'elf', say('image.elf'), say('image.useBinOfBuild')),
  otherChip('999996963fcc66fc', 'Realtek AmebaZ'),
  otherChip('41574948', 'XRadio'),
  otherChip('9fffffa0', 'WinnerMicro'),
  otherChip('42464e50', 'Bouffalo'),
];

/** ESP images begin with this byte and a count of segments. */
const ESP_MAGIC = 0xe9;
const ESP_MOST_SEGMENTS = 16;
/** What an ESP32's application has behind its header; an ESP8266's has none of it. */
const ESP32_APP = 0xabcd5432;
const ESP32_APP_AT = 0x20;
/** Where ESP32's bootloader and partition table lie in images of the whole flash. */
const ESP_BOOTLOADER = 0x1000;
const ESP_PARTITIONS = 0x8000;

/** Names bytes by what they are when that is nothing for a BK72xx flash; null when it may be. */
function namedForeign(bytes: Uint8Array): Foreign | null {
  if (bytes.length === 0) {
    return { kind: 'empty', description: say('image.empty'), advice: say('image.readAgain') };
  }
  if (isFilledWith(bytes, 0xff)) {
    return {
      kind: 'blank',
      description: say('image.onlyFf'),
      advice: say('image.useAnImage'),
    };
  }
  if (isFilledWith(bytes, 0)) {
    return {
      kind: 'zeros',
      description: say('image.onlyZeros'),
      advice: say('image.readOnBetterSupply'),
    };
  }
  const match = SIGNATURES.find(({ magic }) => startsWith(bytes, magic));
  if (match !== undefined) return match.foreign;
  if (isEsp(bytes)) {
    return { kind: 'esp', description: espName(bytes), advice: WRONG_CHIP };
  }
  if (isRealtek(bytes)) return otherChip('', 'Realtek').foreign;
  return namedText(bytes);
}

function signature(
  magic: string,
  kind: Foreign['kind'],
  description: Note,
  advice: Note,
): { magic: Buffer; foreign: Foreign } {
  return { magic: Buffer.from(magic, 'hex'), foreign: { kind, description, advice } };
}

function archive(magic: string, description: Note) {
  return signature(magic, 'archive', description, say('image.unpack'));
}

function otherChip(magic: string, maker: string) {
  return signature(magic, 'other-chip', say('image.otherMake', { maker }), WRONG_CHIP);
}

function startsWith(bytes: Uint8Array, magic: Uint8Array): boolean {
  return magic.every((byte, index) => bytes[index] === byte);
}

function isEsp(bytes: Uint8Array): boolean {
  if (isEspHeader(bytes, 0)) return true;
  const behindBlank =
    bytes.length > ESP_PARTITIONS + 2 &&
    isEspHeader(bytes, ESP_BOOTLOADER) &&
    bytes[ESP_PARTITIONS] === 0xaa &&
    bytes[ESP_PARTITIONS + 1] === 0x50;
  return behindBlank && isFilledWith(bytes, 0xff, 0, ESP_BOOTLOADER);
}

function espName(bytes: Uint8Array): Note {
  const all = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const at = ESP32_APP_AT;
  const isEsp32 =
    all[0] !== ESP_MAGIC || (all.length >= at + 4 && all.readUInt32LE(at) === ESP32_APP);
  return isEsp32 ? say('image.esp32') : say('image.espChip');
}

/** Realtek's marks that do not stand at the very beginning. Source: their SDKs' image tools. */
function isRealtek(bytes: Uint8Array): boolean {
  const has = (text: string, at: number): boolean =>
    Buffer.from(bytes.subarray(at, at + text.length)).toString('latin1') === text;
  return has('RTKWin', 8) || has('RTKWin', 0x28) || has('OTA1', 8);
}

function isEspHeader(bytes: Uint8Array, at: number): boolean {
  const segments = bytes[at + 1] ?? 0;
  // The third byte is the flash mode, 0 to 5.
  return (
    bytes[at] === ESP_MAGIC &&
    segments >= 1 &&
    segments <= ESP_MOST_SEGMENTS &&
    (bytes[at + 2] ?? 0xff) <= 5
  );
}
