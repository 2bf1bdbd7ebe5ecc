import type { QueueJob } from '../../messages';
import { text, textOr } from '../base/texts';

/** `Write, any chip`: what a job is, in a few words. */
export function wordsOf({ operation, target }: QueueJob): string {
  const aim = target === 'any' ? text('queue.any') : target;
  return `${textOr(`operation.${operation}`, operation)}, ${aim}`;
}

/** `42 %`; empty of a job that nobody has begun with. */
export function progressOf({ percent }: QueueJob): string {
  return percent === null ? '' : `${percent} %`;
}
