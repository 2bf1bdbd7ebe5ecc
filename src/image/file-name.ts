/** How releases of OpenBeken are named, and backups of BK7231GUIFlashTool. */
const OPENBEKEN =
  /^Open(BK72\w{2,4}?)_(?:ALT_|Tuya_)?(?:(UA|QIO|UG)_)?v?(\d+(?:\.\d+)+)\w*\.(bin|rbl)$/i;
const EASY_FLASHER = /^readResult_(BK72\w{2,4})_(QIO|UA)_.*\.bin$/i;

const USES: Readonly<Record<string, string>> = {
  ua: 'for flashing by cable behind the bootloader',
  qio: 'with a bootloader, for flashing by SPI, or by cable on full chips',
  ug: "for going over from Tuya's firmware without a cable",
  ota: 'for updating over the air',
};

/**
 * What the name of a file says, as a sentence to show; null where it says nothing. A name proves
 * nothing: no decision may rest on it.
 * @param name without folders
 */
export function fileNameHint(name: string): string | null {
  const release = OPENBEKEN.exec(name);
  if (release !== null) {
    const [, chip = '', kind = 'ota', version = ''] = release;
    const use = USES[kind.toLowerCase()] ?? '';
    return `By its name it is OpenBeken ${version} for ${chip.toUpperCase()}, ${use}.`;
  }
  const backup = EASY_FLASHER.exec(name);
  if (backup === null) return null;
  const start = backup[2]?.toUpperCase() === 'UA' ? '0x11000' : '0x0';
  return `By its name it was read by BK7231GUIFlashTool from a ${backup[1]?.toUpperCase()}, from ${start} on.`;
}
