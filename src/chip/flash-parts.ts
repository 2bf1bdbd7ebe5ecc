/** A serial flash part, and how its block protection is told and taken off. */
export interface FlashPart {
  /** JEDEC id in wire order (maker, type, capacity), 6 lower-case hex digits. */
  id: string;
  /** What the maker calls it; null where only the id is known. */
  name: string | null;
  /** Bytes. */
  size: number;
  /** How many status bytes the part has. */
  statusBytes: 0 | 1 | 2 | 3;
  /** The command that reads each status byte, first byte first. */
  statusRead: readonly number[];
  /** How many data bytes the write-status command 01 takes: a part with two must be given both. */
  statusWrite: 0 | 1 | 2;
  /** The bits that protect blocks, second byte << 8 | first; none of them set means unprotected. */
  protectMask: number;
  /** False for a part that stands in no table: then the numbers are the usual ones of its size. */
  known: boolean;
}

/** BP0 to BP4, and CMP in the second byte. */
const TWO_BYTE_MASK = 0x407c;
const ONE_BYTE_MASK = 0x007c;
const READ_FIRST = 0x05;
const READ_SECOND = 0x35;
const READ_THIRD = 0x15;
/** Macronix has a configuration register in the place of the second status byte. */
const READ_MACRONIX_CONFIGURATION = 0x15;

/** Id, name, status bytes; mask and the command that reads the second byte where not the usual ones. */
type Row = readonly [
  id: string,
  name: string | null,
  statusBytes: 1 | 2 | 3,
  protectMask?: number,
  readSecond?: number,
];

/**
 * Sources: BK7231GUIFlashTool's table, joined by the parts that only bk7231tools has (those without a
 * name). Where the two differ this follows the former; a mask is cut to the bytes that the part has.
 * For 1c7016, which has no mask of its own, the one of its smaller sister 1c7015 stands.
 */
const ROWS: readonly Row[] = [
  ['c44010', 'GT25Q05D', 2],
  ['c44011', 'GT25Q10D', 2],
  ['854412', 'PY25D22U', 1],
  ['854512', 'PY25D24U', 1],
  ['b36012', 'UC25HQ20', 2],
  ['c44012', 'GT25Q20D', 2],
  ['eb6012', 'TH25D20HA', 2],
  ['1c3113', 'PN25F04B', 1, 0x3c],
  ['514013', 'GD25D40', 1, 0x1c],
  ['856013', 'P25Q40', 2],
  ['b36013', 'UC25HQ40', 2],
  ['c22313', 'MX25V4035F', 2],
  ['c44013', 'GT25Q40D', 2],
  ['c84013', 'GD25Q41B', 1, 0x1c],
  ['c86413', 'GD25Q41BT', 1, 0x1c],
  ['c86513', 'GD25Q41B', 2],
  ['cd6013', 'TH25D40HB', 2],
  ['cd7113', 'TH25D40UC', 2],
  ['e04013', 'PN25Q40A', 1, 0x1c],
  ['0b4014', 'XT25F08F', 2],
  ['514014', 'GD25D80', 1, 0x1c],
  ['5e4014', 'PN25F08B', 1, 0x3c],
  ['856014', 'P25Q80', 2],
  ['c22014', 'MX25V80066', 1],
  ['c22314', 'MX25V8035F', 2, 0x103c, READ_MACRONIX_CONFIGURATION],
  ['c84014', 'GD25D80', 2],
  ['c86414', 'GD25WD80E', 1],
  ['c86514', 'GD25WQ80E', 2],
  ['cd6014', 'TH25Q80HB', 2],
  ['e04014', 'PN25Q80A', 1, 0x1c],
  ['0b4015', 'XT25F16B', 2],
  ['1c7015', 'EN25QH16B', 1, 0x3c],
  ['4b4015', 'XT25F16B_1', 2],
  ['852015', 'P25Q16HBK', 2],
  ['854215', 'P25Q16HB', 1],
  ['856015', 'P25Q16SU', 2],
  ['c22315', 'MX25V1635F', 2, 0x103c, READ_MACRONIX_CONFIGURATION],
  ['c46015', 'GT25Q16B', 3],
  ['c84015', 'GD25Q16B', 2],
  ['c86515', 'GD25WQ16E', 2],
  ['cd7115', 'TH25Q16UC', 2],
  ['eb6015', 'TH25Q16HB', 2],
  ['0b4016', 'XT25F32B', 2],
  ['0e4016', null, 2],
  ['1c4116', 'EN25QE32A', 2],
  ['1c6116', 'EN25QW32A', 2],
  ['1c7016', null, 1, 0x3c],
  ['204016', 'XM25QH32D', 2],
  ['852016', 'P25Q32HB', 2],
  ['856016', 'P25Q32H', 2],
  ['856516', 'PY25Q32LB', 2],
  ['c84016', 'GD25Q32E', 2],
  ['c86516', 'GD25WQ32E', 2],
  ['cd6016', 'TH25Q32UB', 2],
  ['ef4016', null, 2],
  ['0b4017', 'XT25F64B', 2],
  ['0b6017', 'XT25Q64B', 2],
  ['204017', 'XM25QH64D', 2],
  ['852017', 'PY25Q64HA', 2],
  ['856017', 'P25Q64H', 2],
  ['c84017', 'GD25Q64C', 2],
  ['c86517', 'GD25WQ64E', 2],
  ['cd6017', 'TH25Q64HB', 2],
  ['eb6017', 'TH25Q64HA', 2],
  ['0b4018', 'XT25F128F', 3],
  ['0b6018', 'XT25Q128B', 3],
  ['204018', 'XM25QH128D', 2],
  ['204118', 'XM25QU128C', 2],
  ['5e5018', 'ZB25LQ128C', 2],
  ['684018', 'BY25Q128ES', 2, 0x7c7c],
  ['686018', 'BY25Q128EL', 2],
  ['852018', 'P25Q128HA', 2],
  ['856518', 'PY25Q128LA', 2],
  ['a16018', 'FM25LQ128I', 2],
  ['c44018', 'GT25Q128EZ', 2],
  ['c84018', 'GD25Q128C', 2],
  ['c86018', 'GD25LQ128E', 2],
  ['c86518', 'GD25WQ128E', 2],
  ['ef4018', 'WB25Q128JV', 2],
  ['ef6018', 'WB25Q128JW_IQ', 2],
  ['ef8018', 'WB25Q128JW_IM', 2],
  ['204019', 'XM25QH256D', 2],
  ['c84019', 'GD25Q256C', 2],
  ['c86019', 'GD25LQ256E', 2],
  ['c86819', 'GD25LX256E', 1],
  ['c8471a', 'GD25Q512C', 2],
];

/** What some chips say of flash inside their own package; it has no status register. */
const BUILT_IN: FlashPart = {
  id: '014b42',
  name: 'BK',
  size: 0x80000,
  statusBytes: 0,
  statusRead: [],
  statusWrite: 0,
  protectMask: 0,
  known: true,
};

const PARTS: ReadonlyMap<string, FlashPart> = new Map(
  [BUILT_IN, ...ROWS.map(fromRow)].map((part) => [part.id, part]),
);

/** All parts of the table. */
export function knownFlashParts(): FlashPart[] {
  return [...PARTS.values()];
}

/**
 * The part with this JEDEC id; for an id that stands in no table, the usual two-byte part of the size
 * that its third byte tells.
 * @param id 6 hex digits in wire order, as `eb6015`
 */
export function flashPart(id: string): FlashPart {
  const key = id.toLowerCase();
  const part = PARTS.get(key);
  if (part !== undefined) return part;
  return { ...fromRow([key, null, 2]), known: false };
}

function fromRow([id, name, statusBytes, protectMask, readSecond]: Row): FlashPart {
  const single = statusBytes === 1;
  const commands = [READ_FIRST, readSecond ?? READ_SECOND, READ_THIRD];
  return {
    id,
    name,
    // JEDEC's convention, which all parts of the table keep.
    size: 2 ** Number.parseInt(id.slice(4, 6), 16),
    statusBytes,
    statusRead: commands.slice(0, statusBytes),
    statusWrite: single ? 1 : 2,
    protectMask: protectMask ?? (single ? ONE_BYTE_MASK : TWO_BYTE_MASK),
    known: true,
  };
}
