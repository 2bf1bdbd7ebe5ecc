import { readText } from './project';

const SECTION = 'The first quarter of an hour';

/** The labels that the README's first steps have their reader press, in bold there, in this order. */
export function stepsOf(): string[] {
  const [, section = ''] = readText('README.md').split(`## ${SECTION}\n`);
  const steps = section.split('\n## ')[0]?.split('\n') ?? [];
  const numbered = steps.filter((line) => /^(\d+\. | {3}\S)/.test(line)).join('\n');
  return [...numbered.matchAll(/\*\*([^*]+)\*\*/g)].map(([, label = '']) => label);
}
