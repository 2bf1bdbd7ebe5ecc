/** Sizes of flash, in bytes; the same for every part in these modules. */
export const SECTOR = 0x1000;
export const HALF_BLOCK = 0x8000;
export const BLOCK = 0x10000;
export const PAGE = 0x100;

/** First byte after the bootloader on every BK72xx: its 64 KiB stored as 34-byte packets take 68 KiB. */
export const BOOTLOADER_END = 0x11000;
