import { type Note, say } from '../../texts/note';
/** What text is; the fields of `Foreign`. */
export interface NamedText {
  kind: 'html' | 'text';
  /** Completes "this is …". */
  description: Note;
  /** What to do instead. */
  advice: Note;
}

/** So much of the beginning decides whether it is text. */
const SAMPLE = 4096;
/** Letters and signs by number, with tab and ends of lines; in other encodings also 80 and up. */
const PRINTABLE = /^[\t\n\r\x20-\x7e\x80-\uffff]*$/;
const HTML = /^<(!doctype|!--|html|\?xml|head|body|[a-z])/i;

/** Names bytes that are text, in any usual encoding; null for anything else. */
export function namedText(bytes: Uint8Array): NamedText | null {
  const text = textOf(bytes);
  if (text === null) return null;
  if (HTML.test(text)) {
    return {
      kind: 'html',
      description: say('image.webPage'),
      advice: say('image.downloadItself'),
    };
  }
  if (text.startsWith('version https://git-lfs')) {
    return {
      kind: 'text',
      description: say('image.lfsPointer'),
      advice: say('image.downloadRaw'),
    };
  }
  return {
    kind: 'text',
    description: /^(:[0-9a-f]{10}|S0[0-9a-f]{6})/i.test(text)
      ? say('image.hexText')
      : say('image.text'),
    advice: say('image.useBin'),
  };
}

/** The beginning as text without leading blanks; null where it is none. */
function textOf(bytes: Uint8Array): string | null {
  const sample = Buffer.from(bytes.subarray(0, SAMPLE));
  const utf16 = utf16Of(sample);
  if (utf16 !== null) return PRINTABLE.test(utf16) ? utf16.trimStart() : null;
  const text = sample.toString('utf8').replace(/^\ufeff/, '');
  // Cut in the middle of a character, the last one may be damaged; any other damage means no UTF-8.
  const whole = text.slice(0, -1).includes('\ufffd') ? sample.toString('latin1') : text;
  if (!PRINTABLE.test(whole)) return null;
  // In Latin-1 every byte is a letter: only what begins like a page is sure to be text.
  if (whole !== text && !HTML.test(whole.trimStart())) return null;
  return whole.trimStart();
}

/** Text that begins with the mark of UTF-16 or with its `<`, in either order of the bytes; else null. */
function utf16Of(sample: Buffer): string | null {
  const start = sample.length < 2 ? 0 : sample.readUInt16BE(0);
  const big = start === 0xfeff || start === 0x003c;
  if (!big && start !== 0xfffe && start !== 0x3c00) return null;
  const pairs = sample.subarray(0, sample.length & ~1);
  return (big ? Buffer.from(pairs).swap16() : pairs).toString('utf16le').replace(/^\ufeff/, '');
}
