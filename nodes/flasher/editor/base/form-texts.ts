import { editor } from './node-red';

const PREFIX = 'node-red-contrib-bk72xx/bk-device:bk-device';

/** A text of the forms in the editor's language; they stand with those of the device. @param key as `wiring.title` */
export function text(key: string, values?: Readonly<Record<string, string | number>>): string {
  return editor()._(`${PREFIX}.${key}`, values);
}
