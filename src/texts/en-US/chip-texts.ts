export const CHIP = {
  /* What a stretch of flash holds: each completes "the chip has …". */
  userFiles: "files of Tuya's firmware",
  tuyaStorage: "Tuya's storage",
  openBekenConfig: "OpenBeken's configuration, or settings of another firmware",
} as const;
