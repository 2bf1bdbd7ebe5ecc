/** What a command makes the chip do. */
export interface Work {
  /** Ms until the answer begins. */
  ms: number;
  /** null where the chip says nothing. */
  answer: Buffer | null;
  /** Rate that is switched to at once, as asked by the host. */
  baud?: number;
  /** Happens when the time is over. */
  finish?: () => void;
  /** Happens instead when the power goes in the middle; marks work that can brown the chip out. */
  interrupt?: () => void;
  /** The chip restarts when the work is done. */
  reboots?: boolean;
}

/** Little-endian 32-bit words, as every number on this line. */
export function words(...values: number[]): Buffer {
  const bytes = Buffer.alloc(values.length * 4);
  values.forEach((value, index) => {
    bytes.writeUInt32LE(value >>> 0, index * 4);
  });
  return bytes;
}
