import assert from 'node:assert/strict';
import { EXIT_STATUSES, STATUS_OF } from '../../../cli/exit-status';
import { COMMANDS } from '../../../cli/run';
import { commandHelp, programHelp } from '../../../cli/words/help';
import { typed } from '../../../cli/words/option';
import { ERROR_CODES } from '../../../src';
import { readText } from '../../support/project';

const PAGE = readText('docs/bk72xx.md');

describe('bk72xx: help', () => {
  it('names every command and every exit status', () => {
    const help = programHelp(COMMANDS);
    assert.match(help, /^Usage: bk72xx COMMAND/m);
    for (const { name } of COMMANDS) assert.match(help, new RegExp(`^  ${name} `, 'm'));
    for (const { status } of EXIT_STATUSES) assert.match(help, new RegExp(`^  ${status} `, 'm'));
  });

  for (const command of COMMANDS) {
    const { name, options, operand } = command;
    it(`names every option of ${name}, and so does its page`, () => {
      const help = commandHelp(command);
      assert.ok(help.includes(`Usage: bk72xx ${name} `), help);
      if (operand !== undefined) assert.match(help, new RegExp(`^  ${operand.name} `, 'm'));
      const section = PAGE.split(/^## /m).find((part) => part.startsWith(`${name}\n`)) ?? '';
      const common = PAGE.split(/^## /m).find((part) => part.startsWith('The chip\n')) ?? '';
      for (const [key, { value, standard }] of Object.entries(options)) {
        const shown = `--${value === null && standard === 'true' ? 'no-' : ''}${typed(key)}`;
        assert.match(help, new RegExp(`^  ${shown}( |$)`, 'm'));
        if (name === 'sim' && !['chip', 'tcp', 'host'].includes(key)) continue;
        assert.ok(`${section}${common}`.includes(`\`${shown}`), `${name} ${shown} in docs`);
      }
    });
  }
});

describe('bk72xx: exit statuses', () => {
  it('are there for every error code, and nothing else', () => {
    assert.deepEqual(Object.keys(STATUS_OF).sort(), [...ERROR_CODES].sort());
    const known = EXIT_STATUSES.map(({ status }) => status);
    for (const code of ERROR_CODES) {
      assert.ok(known.includes(STATUS_OF[code]), code);
      assert.notEqual(STATUS_OF[code], 0);
    }
  });

  it('stand on its page with the codes of each', () => {
    const rows = [...PAGE.matchAll(/^\| (\d+) \|([^|]*)\|([^|]*)\|$/gm)];
    assert.deepEqual(
      rows.map(([, status]) => Number(status)),
      EXIT_STATUSES.map(({ status }) => status),
    );
    for (const [, status, , codes] of rows) {
      const listed = [...(codes ?? '').matchAll(/BK_\w+/g)].map(([code]) => code);
      const meant = ERROR_CODES.filter((code) => STATUS_OF[code] === Number(status));
      assert.deepEqual(listed.sort(), [...meant].sort(), `status ${status}`);
    }
  });
});
