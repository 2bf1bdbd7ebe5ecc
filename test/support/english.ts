import { type Said, sentence } from '../../src/texts/note';
import { render } from '../../src/texts/render';

/** What people read in English of what the engine says by codes. */
export function english(said: Said): string {
  return render(sentence(said));
}

/** The same of several sentences. */
export function allEnglish(said: readonly Said[]): string[] {
  return said.map(english);
}
