import type { Note } from '../../src/texts/note';
import { render } from '../../src/texts/render';

/** What people read in English of what the engine says by codes; text, such as that of nothing, as it is. */
export function english(said: Note | string): string {
  return typeof said === 'string' ? said : render(said);
}

/** The same of several sentences. */
export function allEnglish(said: readonly Note[]): string[] {
  return said.map(english);
}
