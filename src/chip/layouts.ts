/** How a calibration sector begins. */
export const CALIBRATION_HEADER: Buffer = Buffer.from('TLV\0', 'latin1');

/** A stretch of flash, in bytes. */
export interface Region {
  offset: number;
  length: number;
}

/** An entry of the partition table that lies in a bootloader ("FAL"), as it stands there. */
export interface PartitionEntry extends Region {
  name: string;
  /** The bytes lie in packets: then offset and length count their data only. */
  packets: boolean;
}

/**
 * Where things usually lie. A partition table in the bootloader, where readable, outranks this.
 * Sources: libretiny's board files and BK7231GUIFlashTool.
 */
export interface Layout {
  /** Application slot. */
  app: Region;
  /** Download (OTA) slot; of length 0 where the chip has none that is known. */
  download: Region;
  /** Where the RF calibration sector ("TLV", with the MAC) can lie, likeliest first. */
  calibration: readonly number[];
}
