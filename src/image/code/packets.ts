import { PACKET, PACKET_DATA, type PacketCount, packetState } from '../../chip/code-packets';

// What the chip's own facts say of packets, for those who read images.
export {
  countValidPackets,
  crc16,
  isFilledWith,
  PACKET,
  PACKET_DATA,
  type PacketCount,
} from '../../chip/code-packets';

/** Behind so many blank packets there is no more code. */
export const ENOUGH_BLANK = 64;

/** Packets in a row that are alike. */
export interface PacketRun {
  state: keyof PacketCount;
  packets: number;
}

/** The packets of `bytes[offset, end)` as runs, in their order; bytes that fill no packet are left out. */
export function* packetRuns(
  bytes: Uint8Array,
  offset = 0,
  end = bytes.length,
): Generator<PacketRun> {
  let run = null as PacketRun | null;
  const last = Math.min(end, bytes.length) - PACKET;
  for (let at = offset; at <= last; at += PACKET) {
    const state = packetState(bytes, at);
    if (run?.state === state) run.packets++;
    else {
      if (run !== null) yield run;
      run = { state, packets: 1 };
    }
  }
  if (run !== null) yield run;
}

/** Where a byte of code that the processor sees at `logical` lies on flash. */
export function onFlash(logical: number): number {
  return logical + Math.floor(logical / PACKET_DATA) * (PACKET - PACKET_DATA);
}

/** Where the processor sees the byte of a packet that lies at `offset` of flash. */
export function forProcessor(offset: number): number {
  return offset - Math.floor(offset / PACKET) * (PACKET - PACKET_DATA);
}

/** The data of up to `packets` packets from `offset` on, without their check bytes. */
export function stripPackets(bytes: Uint8Array, offset: number, packets: number): Buffer {
  const whole = Math.max(0, Math.min(packets, Math.floor((bytes.length - offset) / PACKET)));
  const data = Buffer.alloc(whole * PACKET_DATA);
  for (let index = 0; index < whole; index++) {
    const start = offset + index * PACKET;
    data.set(bytes.subarray(start, start + PACKET_DATA), index * PACKET_DATA);
  }
  return data;
}
