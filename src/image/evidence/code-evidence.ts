import type { ChipName } from '../../chip/known/chips';
import type { CodeKey } from '../../chip/marker';
import type { Note } from '../../texts/note';

/** What one piece of code in an image tells: the application, or the bootloader. */
export interface CodeEvidence {
  /** The key that it is stored with; `other` where that is none that is known. */
  key: CodeKey | 'other';
  /** Chips that it may be for; empty where it does not tell, or contradicts itself. */
  chips: ChipName[];
  /** Its own texts contradict each other. */
  mixed: boolean;
  /** What it says, a sentence each. */
  says: Note[];
  /** What is damaged, a sentence each. */
  damaged: Note[];
  /** Offset in the image where it begins, and its length, bytes. */
  offset: number;
  length: number;
}

export interface BootloaderEvidence extends CodeEvidence {
  /** It is a bootloader for sure, by more than its place: code without a key begins alike everywhere. */
  told: boolean;
  /** zlib CRC-32 of the whole bootloader area; null where the image does not hold all of it. */
  crc: number | null;
}

/** The code in an image; null for what it does not hold. */
export interface ImageCode {
  app: CodeEvidence | null;
  bootloader: BootloaderEvidence | null;
}
