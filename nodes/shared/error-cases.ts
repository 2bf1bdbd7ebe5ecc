import type { BkError, TextCode } from '../../src';

/*
 * Some error codes cover cases in which a person does quite different things: the badge tells them apart. By the
 * code of what is said, as words come in many languages.
 */

/** Keys of the badges' catalogue, with what is said in each case. */
const CASES: Readonly<Record<string, readonly TextCode[]>> = {
  // BK_WRONG_IMAGE
  imageOfOtherChip: [
    'placement.forOtherChip',
    'placement.likelyOtherModel',
    'placement.mixtureForOtherChip',
    'placement.forOtherCore',
    'placement.forSomeOtherCore',
    'placement.forOtherMake',
    'placement.isOtherMake',
    'placement.uf2Of',
    'placement.uf2OfUnknown',
  ],
  imageTellsNoChip: ['placement.appContradicts', 'placement.bootloaderContradicts'],
  imageWithOtherKey: ['placement.otherKey', 'placement.otherKeys'],
  chipModelUnknown: ['placement.modelNotTold'],
  chipKeyUnknown: ['placement.keyNotSureToFit'],
  imageOfOtherDevice: ['placement.otherCalibration', 'placement.onlyOwnDump'],
  dumpOfOtherSize: ['placement.otherFlashSize'],
  imageTooLong: [
    'placement.tooMuchCode',
    'placement.updateTooLong',
    'placement.unpackedTooLong',
    'placement.overlap',
    'placement.partTooFar',
  ],
  imageOverData: [
    'placement.overData',
    'placement.updateOverCalibration',
    'placement.storageOverCalibration',
  ],
  imageOverBootloader: ['placement.partOverBootloader'],
  placeUnknown: [
    'placement.placeUnknown',
    'placement.calibrationPlaceUnknown',
    'placement.noDownloadSlot',
  ],
  updateAsApp: ['placement.updateAsApp', 'placement.updateAsAppOf'],
  updateUnfit: [
    'placement.otherPartition',
    'placement.noUpdate',
    'placement.packedWith',
    'placement.packedUnknown',
    'placement.noPartForCable',
  ],
  noSureBootloader: ['placement.couldBeApplication', 'placement.noWholeBootloader'],
  configOfOtherPins: [
    'placement.configOfOther',
    'placement.configOfOtherMake',
    'placement.configTellsNoPins',
    'placement.configOfOtherPins',
  ],
  // BK_STORAGE
  fileNotFound: ['backup.noSuchFile'],
  noBackupOfChip: ['backup.noneOfChip', 'backup.noneThatFits', 'backup.noneNamed'],
  fileUnreadable: [
    'backup.fileUnreadable',
    'backup.folderUnread',
    'backup.folderUnreadable',
    'backup.noBackups',
    'backup.noPlainFile',
    'backup.noFileName',
  ],
  // BK_BAD_SETTING
  chooseBackup: ['backup.severalFit', 'backup.noneIsTold'],
  severalAdapters: ['transport.adaptersAlike'],
};

const CASE_BY_CODE: ReadonlyMap<string, string> = new Map(
  Object.entries(CASES).flatMap(([name, codes]) => codes.map((code) => [code, name] as const)),
);

/** Which case of its code an error is, as the badge names it; undefined where the code says it all. */
export function caseOf({ text }: BkError): string | undefined {
  const { why } = text.params;
  const isRefusal = text.code === ('placement.refused' satisfies TextCode);
  const said = isRefusal && typeof why === 'object' && 'code' in why ? why : text;
  return CASE_BY_CODE.get(said.code);
}
