import type { Note } from '../../../../src/texts/note';
import { render } from '../../../../src/texts/render';
import type { SaidNote } from '../../messages';
import { api, type EngineTexts } from './api';
import { editor } from './node-red';

type Values = Readonly<Record<string, string | number>>;

const PREFIX = 'node-red-contrib-bk72xx/bk-flasher:bk-flasher';

/** A text of this tab in the editor's language. @param key as `action.cancel` */
export function text(key: string, values?: Values): string {
  return editor()._(`${PREFIX}.${key}`, values);
}

/** A text of a node's form: a setting, and what it offers, is said here as there. @param key as `label.backup` */
export function formText(node: 'bk-write' | 'bk-erase', key: string): string {
  return editor()._(`node-red-contrib-bk72xx/${node}:${node}.${key}`);
}

/** A text that there may be none of: what a newer server names need not be known here. */
export function textOr(key: string, other: string, values?: Values): string {
  const found = text(key, values);
  return found.endsWith(`bk-flasher.${key}`) ? other : found;
}

/** As BCP 47 names it; the editor asks the same two. */
function language(): string {
  return localStorage.getItem('editor-language') ?? navigator.language;
}

let engineTexts: EngineTexts = {};

/** Fetches what the engine says in the editor's language. Until then, and where that fails, it is said in English. */
export async function loadEngineTexts(): Promise<void> {
  const wanted = language();
  // Of a language without its country there may be texts where there are none of `de-AT`.
  const names = [...new Set([wanted, wanted.split('-')[0] ?? wanted])];
  for (const name of names) {
    const texts = await api.texts(name).catch(() => ({}));
    if (Object.keys(texts).length === 0) continue;
    engineTexts = texts;
    return;
  }
}

/** A sentence of the engine in the editor's language. */
export function say(note: SaidNote): string {
  return render(note as Note, { language: language(), texts: engineTexts });
}
