/** Files that are complete or absent: backups with their sidecars, and the files of images. */

export { type FoundBackup, findBackups, loadVerified } from './find';
export { checkFolder } from './folder';
export { readImageFile } from './image-file';
export type { ChipId } from './names';
export type { BackupRecord, BackupSubject } from './record';
export { type BackupRequest, type WrittenBackup, writeBackup } from './write';
